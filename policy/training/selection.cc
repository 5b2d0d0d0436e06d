#include "policy/training/selection.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "policy/evaluation/parallel_jobs.h"
#include "policy/evaluation/statistics.h"
#include "policy/training/rollout.h"
#include "sim/episode.h"

namespace skein::policy {
namespace {

constexpr std::size_t kGroup = 8;  // days that the network is asked for at once

SelectionResult Compare(const std::vector<double>& learner, const std::vector<double>& baseline) {
  const PairedComparison paired = ComparePaired(learner, baseline);
  const Interval interval = paired.ci95.value_or(Interval{});  // two days at least
  return {.profit_usd = Mean(learner),
          .baseline_usd = Mean(baseline),
          .difference_ci95_usd = (interval.high - interval.low) / 2};
}

}  // namespace

Selection::Selection(const SelectionOptions& options, TrainingWorld world, int threads)
    : options_(options), outside_(std::move(world)), threads_(threads) {}

absl::StatusOr<double> Selection::PlayBaseline(std::size_t day) const {
  const std::uint64_t seed = options_.first_seed + day;
  SKEIN_ASSIGN_OR_RETURN(const auto network, outside_.network(options_.source, seed));
  SKEIN_ASSIGN_OR_RETURN(const auto dispatcher,
                         outside_.dispatcher(options_.baseline, network, seed));
  SKEIN_ASSIGN_OR_RETURN(const sim::EpisodeReport report,
                         sim::RunEpisode(network, seed, *dispatcher));
  return static_cast<double>(report.summary.profit_cents()) / 100;
}

absl::Status Selection::Play(Learner& learner, std::size_t begin,
                             std::span<double> profit_usd) const {
  std::vector<std::unique_ptr<Environment>> playing;
  std::vector<std::size_t> days;
  for (std::size_t k = 0; k < profit_usd.size(); ++k) {
    playing.push_back(std::make_unique<Environment>(options_.source, outside_));
    SKEIN_RETURN_IF_ERROR(playing.back()->Begin(options_.first_seed + begin + k, ""));
    days.push_back(k);
  }
  std::vector<const captain::Features*> batch;
  std::vector<captain::Evaluation> said;
  while (!days.empty()) {
    batch.clear();
    for (const std::size_t k : days) batch.push_back(&playing[k]->features());
    said.resize(batch.size());
    learner.Evaluate(batch, said);
    std::vector<std::size_t> still;
    for (std::size_t at = 0; at < days.size(); ++at) {
      Environment& environment = *playing[days[at]];
      SKEIN_ASSIGN_OR_RETURN(const StepResult result,
                             environment.Step(BestAction(said[at].logits)));
      if (result.terminated) {
        profit_usd[days[at]] = static_cast<double>(environment.profit_cents()) / 100;
      } else {
        still.push_back(days[at]);
      }
    }
    days = std::move(still);
  }
  return absl::OkStatus();
}

absl::StatusOr<SelectionResult> Selection::Measure(Learner& learner) {
  const auto count = static_cast<std::size_t>(options_.days);
  if (baseline_usd_.empty()) {
    std::vector<double> baseline(count);
    const absl::Status status =
        RunInParallel(count, threads_, [&](std::size_t day) -> absl::Status {
          SKEIN_ASSIGN_OR_RETURN(baseline[day], PlayBaseline(day));
          return absl::OkStatus();
        });
    SKEIN_RETURN_IF_ERROR(status);
    baseline_usd_ = std::move(baseline);
  }
  std::vector<double> profit_usd(count);
  SKEIN_RETURN_IF_ERROR(
      RunInParallel((count + kGroup - 1) / kGroup, threads_, [&](std::size_t group) {
        const std::size_t begin = group * kGroup;
        return Play(learner, begin, {&profit_usd[begin], std::min(kGroup, count - begin)});
      }));
  return Compare(profit_usd, baseline_usd_);
}

}  // namespace skein::policy
