#include "policy/captain/drift/drift_watch.h"

namespace skein::policy::captain {

void DriftWatch::Add(const Features& features, std::size_t chosen) {
  const std::size_t part = DayPartOf(features);
  if (part != part_ && running_.decisions > 0) {
    window_[part_] = running_;
    drift_ = DriftOf(window_, *reference_);
    running_ = {};
  }
  part_ = part;
  running_.Add(features, chosen);
}

}  // namespace skein::policy::captain
