#include "cli/evaluation/evaluation_plan.h"

#include <unordered_set>
#include <utility>

#include "cli/build_commit.h"
#include "policy/evaluation/evaluation_dispatcher.h"
#include "proto/codec/field_checker.h"
#include "proto/codec/resource_name.h"
#include "proto/codec/scenario_changes_codec.h"
#include "sim/archive.h"

namespace skein::cli {
namespace {

// The network's hash or, if each day has its own, a hash of all their hashes in seed order.
absl::StatusOr<std::uint64_t> HashDays(const EvaluationSpec& spec, const DayNetworks& networks,
                                       const std::function<bool()>& stop) {
  if (!networks.per_seed()) {
    SKEIN_ASSIGN_OR_RETURN(const auto network, networks.Of(spec.first_seed));
    return network->hash();
  }
  sim::Hasher hasher;
  for (int day = 0; day < spec.days; ++day) {
    if (stop()) return absl::CancelledError("interrupted before the first day");
    SKEIN_ASSIGN_OR_RETURN(const auto network,
                           networks.Of(spec.first_seed + static_cast<unsigned>(day)));
    hasher.Word(network->hash());
  }
  return hasher.value();
}

}  // namespace

absl::StatusOr<PlannedEvaluation> PlanEvaluation(const EvaluationSpec& spec,
                                                 const std::function<bool()>& stop) {
  SKEIN_ASSIGN_OR_RETURN(DayNetworks networks, DayNetworks::Create(spec.path, spec.options));
  SKEIN_ASSIGN_OR_RETURN(const std::uint64_t hash, HashDays(spec, networks, stop));
  SKEIN_ASSIGN_OR_RETURN(const auto first, networks.Of(spec.first_seed));
  const Scenario& scenario = first->scenario();
  v1::EvaluationProtocol protocol;
  protocol.set_commit(kBuildCommit);
  protocol.set_scenario(spec.scenario);
  protocol.set_scenario_hash(codec::HexDigest(hash));
  protocol.set_first_seed(spec.first_seed);
  protocol.set_days(spec.days);
  protocol.set_version(SKEIN_VERSION);
  protocol.set_rules_version(scenario.rules_version);
  protocol.set_vertiports(static_cast<int>(scenario.vertiports.size()));
  protocol.set_aircraft(static_cast<int>(scenario.aircraft.size()));
  if (spec.options.changes != ScenarioChanges{})
    *protocol.mutable_changes() = codec::EncodeScenarioChanges(spec.options.changes);
  return PlannedEvaluation{spec.name, std::move(protocol), std::move(networks)};
}

absl::Status CheckPolicies(const std::vector<std::string>& policies,
                           const PlannedEvaluation& evaluation,
                           const policy::CaptainParts& captain) {
  if (policies.empty()) return absl::InvalidArgumentError("policies is empty, want at least 1");
  const std::uint64_t seed = evaluation.protocol.first_seed();
  SKEIN_ASSIGN_OR_RETURN(const auto network, evaluation.networks.Of(seed));
  std::unordered_set<std::string> names;
  for (const std::string& policy : policies) {
    if (!names.insert(policy).second)
      return absl::InvalidArgumentError(
          absl::StrCat("policies has ", codec::Quoted(policy), " twice, want each once"));
    SKEIN_RETURN_IF_ERROR(policy::MakeEvaluationDispatcher(
                              policy, {.network = network, .seed = seed, .captain = captain})
                              .status());
  }
  return absl::OkStatus();
}

}  // namespace skein::cli
