#include "server/network_directory.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/reason.h"

namespace skein::server {

NetworkDirectory::NetworkDirectory(int max_networks, Factory factory)
    : max_networks_(max_networks), factory_(std::move(factory)) {}

absl::StatusOr<std::shared_ptr<NetworkActor>> NetworkDirectory::Admitted(
    const std::shared_ptr<NetworkActor>& actor) {
  if (actor->Admit()) return actor;
  return WithReason(
      absl::ResourceExhaustedError(absl::StrCat("too many requests wait for network networks/",
                                                actor->id(), ", try again later")),
      kQueueFull);
}

absl::StatusOr<std::shared_ptr<NetworkActor>> NetworkDirectory::Find(const std::string& id) const {
  MutexLock lock(&mutex_);
  const auto found = ordinals_.find(id);
  if (found == ordinals_.end())
    return absl::NotFoundError(absl::StrCat("network networks/", id, " does not exist"));
  return Admitted(by_ordinal_.at(found->second));
}

absl::StatusOr<std::shared_ptr<NetworkActor>> NetworkDirectory::FindOrAdd(const std::string& id) {
  MutexLock lock(&mutex_);
  const auto found = ordinals_.find(id);
  if (found != ordinals_.end()) return Admitted(by_ordinal_.at(found->second));
  if (by_ordinal_.size() >= static_cast<std::size_t>(max_networks_))
    return absl::ResourceExhaustedError(
        absl::StrCat("the server has ", max_networks_, " networks already"));
  const int ordinal = next_ordinal_++;
  const std::shared_ptr<NetworkActor> actor = factory_(id, ordinal);
  by_ordinal_[ordinal] = actor;
  ordinals_[id] = ordinal;
  return Admitted(actor);
}

void NetworkDirectory::ForgetIfAbsent(const std::string& id) {
  MutexLock lock(&mutex_);
  const auto found = ordinals_.find(id);
  if (found == ordinals_.end()) return;
  const std::shared_ptr<NetworkActor>& actor = by_ordinal_.at(found->second);
  if (actor->exists() || !actor->idle()) return;
  by_ordinal_.erase(found->second);
  ordinals_.erase(found);
}

std::vector<std::pair<int, std::shared_ptr<NetworkActor>>> NetworkDirectory::List(int start,
                                                                                  int count) const {
  std::vector<std::pair<int, std::shared_ptr<NetworkActor>>> networks;
  MutexLock lock(&mutex_);
  for (auto it = by_ordinal_.lower_bound(start); it != by_ordinal_.end(); ++it) {
    if (networks.size() == static_cast<std::size_t>(count)) break;
    networks.emplace_back(*it);
  }
  return networks;
}

std::vector<std::shared_ptr<NetworkActor>> NetworkDirectory::All() const {
  std::vector<std::shared_ptr<NetworkActor>> networks;
  MutexLock lock(&mutex_);
  for (const auto& [ordinal, actor] : by_ordinal_) networks.push_back(actor);
  return networks;
}

}  // namespace skein::server
