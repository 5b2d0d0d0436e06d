#include "policy/training/environment.h"

#include <utility>

#include "sim/domain/check.h"

namespace skein::policy {

Environment::Environment(TrainingSource source, TrainingWorld world)
    : source_(std::move(source)), outside_(std::move(world)) {}

absl::Status Environment::Begin(std::uint64_t seed, const std::string& expert) {
  SKEIN_ASSIGN_OR_RETURN(std::shared_ptr<const sim::Network> network,
                         outside_.network(source_, seed));
  if (network != network_) {
    network_ = std::move(network);
    extractor_ = std::make_unique<captain::FeatureExtractor>(network_);
  }
  expert_.reset();
  if (!expert.empty()) {
    SKEIN_ASSIGN_OR_RETURN(expert_, outside_.dispatcher(expert, network_, seed));
  }
  seed_ = seed;
  actions_.clear();
  simulator_.emplace(network_, seed);
  SKEIN_ASSIGN_OR_RETURN(const bool decides, GoToDecision());
  if (!decides) return absl::FailedPreconditionError("a day without decisions teaches nothing");
  return absl::OkStatus();
}

absl::StatusOr<bool> Environment::GoToDecision() {
  while (simulator_->world().open_points().empty()) {
    const auto event = simulator_->NextEvent();
    if (!event.has_value()) return false;
    SKEIN_RETURN_IF_ERROR(simulator_->Apply(*event));
  }
  simulator_->world().Observe(simulator_->world().open_points().front(), &observation_);
  extractor_->Extract(point(), &features_);
  return true;
}

absl::StatusOr<int> Environment::Label() {
  const DecisionPoint at = point();
  SKEIN_RETURN_IF_ERROR(expert_->DecideBatch({&at, 1}, {&choice_, 1}));
  return choice_.action.kind == ActionKind::kHold ? observation_.vertiport.value
                                                  : choice_.action.destination.value;
}

absl::StatusOr<StepResult> Environment::Step(int action) {
  const VertiportId chosen{action};
  const Decision decision{observation_.aircraft,
                          chosen == observation_.vertiport ? Action::Hold() : Action::Fly(chosen),
                          {}};
  const SimTime before = observation_.now;
  const std::int64_t profit_before = profit_cents();
  const Verdict verdict = simulator_->Commit(decision);
  SKEIN_CHECK(verdict.accepted(), "an action that the mask allows is accepted");
  actions_.push_back(action);
  SKEIN_ASSIGN_OR_RETURN(const bool decides, GoToDecision());
  const double unit = extractor_->full_flight_cents() *
                      static_cast<double>(network_->scenario().aircraft.size()) /
                      captain::kValueScale;
  return StepResult{
      .reward = static_cast<double>(profit_cents() - profit_before) / unit,
      .elapsed_s = static_cast<double>((simulator_->world().now() - before).count()) / 1000,
      .terminated = !decides};
}

}  // namespace skein::policy
