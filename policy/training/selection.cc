#include "policy/training/selection.h"

#include <cmath>
#include <memory>
#include <utility>

#include "policy/training/rollout.h"
#include "sim/episode.h"

namespace skein::policy {

Selection::Selection(const SelectionOptions& options, TrainingWorld world)
    : options_(options), outside_(std::move(world)) {}

absl::Status Selection::PlayBaseline() {
  for (int day = 0; day < options_.days; ++day) {
    const std::uint64_t seed = options_.first_seed + static_cast<std::uint64_t>(day);
    SKEIN_ASSIGN_OR_RETURN(const auto network, outside_.network(options_.source, seed));
    SKEIN_ASSIGN_OR_RETURN(const auto dispatcher,
                           outside_.dispatcher(options_.baseline, network, seed));
    SKEIN_ASSIGN_OR_RETURN(const sim::EpisodeReport report,
                           sim::RunEpisode(network, seed, *dispatcher));
    baseline_usd_.push_back(static_cast<double>(report.summary.profit_cents()) / 100);
  }
  return absl::OkStatus();
}

absl::StatusOr<SelectionResult> Selection::Measure(Learner& learner) {
  if (baseline_usd_.empty()) SKEIN_RETURN_IF_ERROR(PlayBaseline());
  const auto days = static_cast<std::size_t>(options_.days);
  std::vector<std::unique_ptr<Environment>> environments;
  for (std::size_t k = 0; k < days; ++k) {
    environments.push_back(std::make_unique<Environment>(options_.source, outside_));
    SKEIN_RETURN_IF_ERROR(environments[k]->Begin(options_.first_seed + k, ""));
  }
  std::vector<std::size_t> running(days);
  for (std::size_t k = 0; k < days; ++k) running[k] = k;
  std::vector<const captain::Features*> batch;
  std::vector<captain::Evaluation> said;
  while (!running.empty()) {
    batch.clear();
    for (const std::size_t k : running) batch.push_back(&environments[k]->features());
    said.resize(batch.size());
    learner.Evaluate(batch, said);
    std::vector<std::size_t> still;
    for (std::size_t at = 0; at < running.size(); ++at) {
      SKEIN_ASSIGN_OR_RETURN(const StepResult result,
                             environments[running[at]]->Step(BestAction(said[at].logits)));
      if (!result.terminated) still.push_back(running[at]);
    }
    running = std::move(still);
  }
  SelectionResult result;
  double square = 0;
  for (std::size_t k = 0; k < days; ++k) {
    result.profit_usd += static_cast<double>(environments[k]->profit_cents()) / 100;
    result.baseline_usd += baseline_usd_[k];
  }
  const auto count = static_cast<double>(days);
  result.profit_usd /= count;
  result.baseline_usd /= count;
  const double mean = result.profit_usd - result.baseline_usd;
  for (std::size_t k = 0; k < days; ++k) {
    const double off =
        static_cast<double>(environments[k]->profit_cents()) / 100 - baseline_usd_[k] - mean;
    square += off * off;
  }
  constexpr double kNormal95 = 1.96;
  result.difference_ci95_usd = kNormal95 * std::sqrt(square / (count - 1) / count);
  return result;
}

}  // namespace skein::policy
