#include "policy/captain/captain_dispatcher.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "policy/captain/drift/drift_watch.h"
#include "policy/captain/features/extractor.h"

namespace skein::policy::captain {
namespace {

class CaptainDispatcher final : public Dispatcher {
 public:
  CaptainDispatcher(std::shared_ptr<const sim::Network> network, std::unique_ptr<Backend> backend,
                    std::string checksum, CaptainWatch watch)
      : extractor_(std::move(network)),
        backend_(std::move(backend)),
        version_{std::move(checksum), backend_->name(), /*repeatable=*/true},
        clock_(std::move(watch.clock)) {
    if (watch.reference != nullptr) drift_watch_.emplace(std::move(watch.reference));
  }

  absl::Status DecideBatch(std::span<const DecisionPoint> points,
                           std::span<Choice> choices) override {
    features_time_ = {};
    for (std::size_t k = 0; k < points.size(); ++k)
      SKEIN_RETURN_IF_ERROR(Decide(points[k], &choices[k]));
    return absl::OkStatus();
  }
  std::string name() const override { return "captain"; }
  PolicyVersion version() const override { return version_; }
  std::chrono::nanoseconds features_time() const override { return features_time_; }
  std::optional<PolicyDrift> drift() const override {
    return drift_watch_.has_value() ? drift_watch_->drift() : std::nullopt;
  }

 private:
  void Extract(const DecisionPoint& point) {
    if (!clock_) return extractor_.Extract(point, &features_);
    const std::chrono::nanoseconds begin = clock_();
    extractor_.Extract(point, &features_);
    features_time_ += clock_() - begin;
  }

  absl::Status Decide(const DecisionPoint& point, Choice* choice) {
    Extract(point);
    const Features* const features = &features_;
    SKEIN_RETURN_IF_ERROR(backend_->Evaluate({&features, 1}, {&evaluation_, 1}));
    const std::vector<float>& logits = evaluation_.logits;
    for (const float logit : logits)
      if (!std::isfinite(logit)) return absl::DataLossError("a logit is not finite");
    if (!std::isfinite(evaluation_.value)) return absl::DataLossError("the value is not finite");
    const auto best = std::max_element(logits.begin(), logits.end());
    const auto index = static_cast<std::size_t>(best - logits.begin());
    if (features_.action_mask[index] == 0)
      return absl::InternalError("the network prefers an illegal action");
    if (drift_watch_.has_value()) drift_watch_->Add(features_, index);
    const VertiportId chosen{static_cast<std::int32_t>(index)};
    choice->action = chosen == point.observation->vertiport ? Action::Hold() : Action::Fly(chosen);
    double sum = 0;
    for (const float logit : logits) sum += std::exp(static_cast<double>(logit - *best));
    choice->probability = static_cast<float>(1 / sum);
    choice->value = static_cast<float>(static_cast<double>(evaluation_.value) / kValueScale *
                                       static_cast<double>(features_.aircraft.size()) *
                                       extractor_.full_flight_cents() / 100);
    choice->scores = logits;
    choice->features_hash = Hash(features_);
    return absl::OkStatus();
  }

  FeatureExtractor extractor_;
  const std::unique_ptr<Backend> backend_;
  const PolicyVersion version_;
  const PolicyClock clock_;
  std::chrono::nanoseconds features_time_{};  // of the last batch
  std::optional<DriftWatch> drift_watch_;
  Features features_;
  Evaluation evaluation_;
};

}  // namespace

std::unique_ptr<Dispatcher> MakeCaptain(std::shared_ptr<const sim::Network> network,
                                        std::unique_ptr<Backend> backend, std::string checksum,
                                        CaptainWatch watch) {
  return std::make_unique<CaptainDispatcher>(std::move(network), std::move(backend),
                                             std::move(checksum), std::move(watch));
}

}  // namespace skein::policy::captain
