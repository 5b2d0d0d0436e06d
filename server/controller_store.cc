// The part of the controller that goes between the store and the networks: at the start, and on a
// server that follows another one.

#include <map>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/sequencer.h"
#include "server/controller.h"
#include "server/network_actor.h"
#include "server/network_directory.h"
#include "sim/domain/mutex.h"
#include "sim/domain/status.h"

namespace skein::server {

absl::Status Controller::LoadNetworks() {
  SKEIN_ASSIGN_OR_RETURN(const std::vector<storage::NetworkRecord> records,
                         parts_.store->ListNetworks());
  if (records.size() > static_cast<std::size_t>(options_.max_networks))
    return absl::FailedPreconditionError(absl::StrCat(
        "the store has ", records.size(), " networks, maxNetworks is ", options_.max_networks));
  return Adopt(records);
}

absl::Status Controller::Adopt(const std::vector<storage::NetworkRecord>& records) {
  std::map<const NetworkActor*, const storage::NetworkRecord*> record_of;
  std::vector<std::shared_ptr<NetworkActor>> added;
  absl::Status status;
  for (const storage::NetworkRecord& record : records) {
    const auto actor = directory_->FindOrAdd(record.id);
    status.Update(actor.status());
    if (!actor.ok()) continue;
    if ((*actor)->exists()) {
      (*actor)->Release();
      continue;
    }
    record_of[actor->get()] = &record;
    added.push_back(*actor);
  }
  RunOnAll(added, [&](NetworkActor& actor) {
    actor.LoadFromStore(*record_of.at(&actor));
    actor.Release();
  });
  return status;
}

void Controller::RunOnAll(const std::vector<std::shared_ptr<NetworkActor>>& actors,
                          const std::function<void(NetworkActor&)>& task) {
  struct {
    Mutex mutex;
    std::size_t left ABSL_GUARDED_BY(mutex) = 0;
  } work;
  const auto finish_one = [&] {
    MutexLock lock(&work.mutex);
    --work.left;
  };
  {
    MutexLock lock(&work.mutex);
    work.left = actors.size();
  }
  for (const std::shared_ptr<NetworkActor>& actor : actors) {
    const bool posted = actor->sequencer()->Post(actor, [&task, &finish_one, actor] {
      task(*actor);
      finish_one();
    });
    if (!posted) finish_one();
  }
  MutexLock lock(&work.mutex);
  executor_->Await(&work.mutex, [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return work.left == 0; });
}

absl::Status Controller::FindNewNetworks() {
  SKEIN_ASSIGN_OR_RETURN(const std::vector<storage::NetworkRecord> records,
                         parts_.store->ListNetworks());
  return Adopt(records);
}

void Controller::Reload() {
  RunOnAll(directory_->All(), [](NetworkActor& actor) { actor.Reload(); });
}

absl::Status Controller::TakeOver(const std::function<void()>& lead) {
  SKEIN_RETURN_IF_ERROR(FindNewNetworks());
  RunOnAll(directory_->All(), [](NetworkActor& actor) { actor.TakeOver(); });
  lead();
  // Their timers are due from now on.
  RunOnAll(directory_->All(), [](NetworkActor&) {});
  return absl::OkStatus();
}

void Controller::StepDown() {
  // They are due for a look at what the new writer adds.
  RunOnAll(directory_->All(), [](NetworkActor&) {});
}

}  // namespace skein::server
