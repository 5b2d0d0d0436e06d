#include "policy/evaluation/evaluation_dispatcher.h"

#include <algorithm>
#include <utility>

#include "policy/planners/genetic/clairvoyant.h"
#include "policy/planners/genetic/options.h"
#include "policy/registry.h"
#include "sim/realised_day.h"

namespace skein::policy {

absl::StatusOr<std::unique_ptr<Dispatcher>> MakeEvaluationDispatcher(
    const std::string& name, std::shared_ptr<const sim::Network> network, std::uint64_t seed) {
  const std::string clairvoyant = "ga-clairvoyant";
  if (name == clairvoyant || name.rfind(clairvoyant + ":", 0) == 0) {
    const std::string text = name.substr(std::min(name.size(), clairvoyant.size() + 1));
    SKEIN_ASSIGN_OR_RETURN(const GeneticOptions options, ParseGeneticOptions(text));
    return MakeClairvoyantGenetic(
        options, seed, std::make_shared<const sim::RealisedDay>(std::move(network), seed));
  }
  return MakeDispatcher(name, {.network = std::move(network), .seed = seed});
}

}  // namespace skein::policy
