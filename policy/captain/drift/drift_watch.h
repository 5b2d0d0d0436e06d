#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "policy/captain/drift/drift_reference.h"

namespace skein::policy::captain {

// Compares what a policy sees and chooses with its training. The window is the latest whole parts
// of a day, one of each: a part counts from its end until it ends again.
//
// Allocates nothing after construction.
//
// Threads: compatible.
class DriftWatch {
 public:
  // Requires: `reference` is not null.
  explicit DriftWatch(std::shared_ptr<const DriftReference> reference)
      : reference_(std::move(reference)) {}

  // The next decision; `chosen` is the index of the vertiport.
  void Add(const Features& features, std::size_t chosen);

  // Nothing before the first part has ended.
  std::optional<PolicyDrift> drift() const { return drift_; }

 private:
  const std::shared_ptr<const DriftReference> reference_;
  std::size_t part_ = 0;
  PartProfile running_;  // of the part that has not ended
  DayProfile window_{};
  std::optional<PolicyDrift> drift_;
};

}  // namespace skein::policy::captain
