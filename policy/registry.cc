#include "policy/registry.h"

#include "absl/strings/str_join.h"
#include "policy/external/external.h"
#include "policy/planners/rolling/rolling.h"
#include "policy/rules/rules.h"

namespace skein::policy {

std::vector<std::string> DispatcherNames() {
  return {"random", "fcfs", "greedy", "rolling", "hold", "external:HOST:PORT"};
}

absl::StatusOr<std::unique_ptr<Dispatcher>> MakeDispatcher(const std::string& name,
                                                           const DispatcherOptions& options) {
  if (name == "hold") return MakeHold();
  if (name == "random") return MakeRandom(options.seed);
  if (name == "fcfs") return MakeFcfs();
  if (name == "greedy") return MakeGreedy(options.network);
  if (name == "rolling") return MakeRolling(options.network);
  const std::string external = "external:";
  if (name.rfind(external, 0) == 0)
    return MakeExternal({.target = name.substr(external.size()),
                         .network = options.network,
                         .deadline = options.deadline});
  return absl::InvalidArgumentError(absl::StrCat("policy = \"", name, "\", want one of ",
                                                 absl::StrJoin(DispatcherNames(), ", ")));
}

}  // namespace skein::policy
