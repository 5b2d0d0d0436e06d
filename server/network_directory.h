#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "server/network_actor.h"
#include "sim/domain/mutex.h"

namespace skein::server {

// Which networks there are, by name and in order of creation.
//
// Threads: safe.
class NetworkDirectory {
 public:
  using Factory = std::function<std::shared_ptr<NetworkActor>(const std::string& id, int ordinal)>;

  // `factory` makes the actor of a network; the ordinal counts them from 0.
  NetworkDirectory(int max_networks, Factory factory);

  // The network with a place in its queue taken (NetworkActor::Admit).
  // Errors: NOT_FOUND; RESOURCE_EXHAUSTED (QUEUE_FULL).
  absl::StatusOr<std::shared_ptr<NetworkActor>> Find(const std::string& id) const;
  // Find, or a new network. Errors: RESOURCE_EXHAUSTED (QUEUE_FULL), or if there are too many.
  absl::StatusOr<std::shared_ptr<NetworkActor>> FindOrAdd(const std::string& id);

  // Forgets the network if it was never made and nobody waits for it.
  void ForgetIfAbsent(const std::string& id);

  // At most `count` networks from ordinal `start` on, with their ordinals.
  std::vector<std::pair<int, std::shared_ptr<NetworkActor>>> List(int start, int count) const;
  std::vector<std::shared_ptr<NetworkActor>> All() const;

 private:
  static absl::StatusOr<std::shared_ptr<NetworkActor>> Admitted(
      const std::shared_ptr<NetworkActor>& actor);

  const int max_networks_;
  const Factory factory_;

  mutable Mutex mutex_;
  std::map<int, std::shared_ptr<NetworkActor>> by_ordinal_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, int> ordinals_ ABSL_GUARDED_BY(mutex_);
  int next_ordinal_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace skein::server
