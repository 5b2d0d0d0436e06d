#include "policy/evaluation/evaluation_dispatcher.h"

#include <algorithm>

#include "policy/planners/genetic/clairvoyant.h"
#include "policy/planners/genetic/options.h"
#include "sim/realised_day.h"

namespace skein::policy {

absl::StatusOr<std::unique_ptr<Dispatcher>> MakeEvaluationDispatcher(
    const std::string& name, const DispatcherOptions& options) {
  const std::string clairvoyant = "ga-clairvoyant";
  if (name == clairvoyant || name.rfind(clairvoyant + ":", 0) == 0) {
    const std::string text = name.substr(std::min(name.size(), clairvoyant.size() + 1));
    SKEIN_ASSIGN_OR_RETURN(const GeneticOptions genetic, ParseGeneticOptions(text));
    return MakeClairvoyantGenetic(
        genetic, options.seed,
        std::make_shared<const sim::RealisedDay>(options.network, options.seed));
  }
  return MakeDispatcher(name, options);
}

}  // namespace skein::policy
