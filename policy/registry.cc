#include "policy/registry.h"

#include "absl/strings/str_join.h"
#include "policy/captain/captain_dispatcher.h"
#include "policy/external/external.h"
#include "policy/planners/rolling/rolling.h"
#include "policy/rules/rules.h"

namespace skein::policy {
namespace {

absl::StatusOr<std::unique_ptr<Dispatcher>> MakeCaptainOf(const std::string& path,
                                                          const DispatcherOptions& options) {
  if (!options.captain_backend)
    return absl::FailedPreconditionError("captain has no backend here; use --backend torch");
  SKEIN_ASSIGN_OR_RETURN(const captain::Checkpoint checkpoint, captain::ReadCheckpoint(path));
  SKEIN_ASSIGN_OR_RETURN(std::unique_ptr<captain::Backend> backend,
                         options.captain_backend(checkpoint));
  return captain::MakeCaptain(options.network, std::move(backend));
}

}  // namespace

std::vector<std::string> DispatcherNames() {
  return {
      "random", "fcfs", "greedy", "rolling", "hold", "captain:CHECKPOINT", "external:HOST:PORT"};
}

absl::StatusOr<std::unique_ptr<Dispatcher>> MakeDispatcher(const std::string& name,
                                                           const DispatcherOptions& options) {
  if (name == "hold") return MakeHold();
  if (name == "random") return MakeRandom(options.seed);
  if (name == "fcfs") return MakeFcfs();
  if (name == "greedy") return MakeGreedy(options.network);
  if (name == "rolling") return MakeRolling(options.network);
  const std::string captain = "captain:";
  if (name.rfind(captain, 0) == 0) return MakeCaptainOf(name.substr(captain.size()), options);
  const std::string external = "external:";
  if (name.rfind(external, 0) == 0)
    return MakeExternal({.target = name.substr(external.size()),
                         .network = options.network,
                         .deadline = options.deadline});
  return absl::InvalidArgumentError(absl::StrCat("policy = \"", name, "\", want one of ",
                                                 absl::StrJoin(DispatcherNames(), ", ")));
}

}  // namespace skein::policy
