#include "cli/report/first_day_traces.h"

#include <cstdint>
#include <utility>

#include "cli/report/day_tracer.h"
#include "policy/evaluation/evaluation_dispatcher.h"
#include "proto/codec/resource_name.h"
#include "sim/episode.h"

namespace skein::cli {

absl::StatusOr<std::vector<v1::DayTrace>> FirstDayTraces(const DayNetworks& networks,
                                                         const v1::EvaluationReport& report,
                                                         const policy::CaptainParts& captain,
                                                         const std::function<bool()>& stop) {
  const std::uint64_t seed = report.protocol().first_seed();
  SKEIN_ASSIGN_OR_RETURN(const auto network, networks.Of(seed));
  std::vector<v1::DayTrace> traces;
  for (const v1::PolicyResult& policy : report.policies()) {
    SKEIN_ASSIGN_OR_RETURN(
        const auto dispatcher,
        policy::MakeEvaluationDispatcher(policy.name(),
                                         {.network = network, .seed = seed, .captain = captain}));
    DayTracer tracer(*network, networks.NameOf(seed), seed, policy.name());
    sim::EpisodeHooks hooks;
    hooks.stop = stop;
    tracer.Watch(&hooks);
    SKEIN_ASSIGN_OR_RETURN(const sim::EpisodeReport episode,
                           sim::RunEpisode(network, seed, *dispatcher, hooks));
    v1::DayTrace trace = tracer.Finish();
    if (codec::HexDigest(episode.digest) == policy.days(0).digest())
      traces.push_back(std::move(trace));
  }
  return traces;
}

}  // namespace skein::cli
