#include "policy/captain/drift/profile_recorder.h"

#include <algorithm>
#include <utility>

namespace skein::policy::captain {

ProfileRecorder::ProfileRecorder(std::unique_ptr<Backend> inner, DayProfile* day)
    : inner_(std::move(inner)), day_(day) {}

absl::Status ProfileRecorder::Evaluate(std::span<const Features* const> batch,
                                       std::span<Evaluation> out) {
  SKEIN_RETURN_IF_ERROR(inner_->Evaluate(batch, out));
  for (std::size_t k = 0; k < batch.size(); ++k) {
    const std::vector<float>& logits = out[k].logits;
    const auto best = std::max_element(logits.begin(), logits.end());
    (*day_)[DayPartOf(*batch[k])].Add(*batch[k], static_cast<std::size_t>(best - logits.begin()));
  }
  return absl::OkStatus();
}

}  // namespace skein::policy::captain
