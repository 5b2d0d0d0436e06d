#include "policy/evaluation/day_runner.h"

#include <utility>

#include "policy/evaluation/evaluation_dispatcher.h"
#include "policy/planners/bound/bound.h"

namespace skein::policy {

absl::StatusOr<EvaluatedDay> RunDay(const std::shared_ptr<const sim::Network>& network,
                                    std::uint64_t seed, const std::string& policy,
                                    const DayHooks& hooks) {
  SKEIN_ASSIGN_OR_RETURN(auto inner,
                         MakeEvaluationDispatcher(
                             policy, {.network = network, .seed = seed, .captain = hooks.captain}));
  TimedDispatcher dispatcher(std::move(inner), hooks.clock);
  sim::EpisodeHooks episode_hooks;
  episode_hooks.stop = hooks.stop;
  EvaluatedDay day;
  const std::chrono::nanoseconds start = hooks.clock();
  SKEIN_ASSIGN_OR_RETURN(day.episode, sim::RunEpisode(network, seed, dispatcher, episode_hooks));
  day.wall = hooks.clock() - start;
  day.decisions = dispatcher.times();
  return day;
}

absl::StatusOr<BoundedDay> BoundDay(const std::shared_ptr<const sim::Network>& network,
                                    std::uint64_t seed, const DayHooks& hooks) {
  BoundOptions options;
  options.stop = hooks.stop;
  const std::chrono::nanoseconds start = hooks.clock();
  SKEIN_ASSIGN_OR_RETURN(const BoundReport report, HindsightBound(network, seed, options));
  return BoundedDay{report.bound_cents, hooks.clock() - start};
}

}  // namespace skein::policy
