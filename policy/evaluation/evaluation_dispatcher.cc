#include "policy/evaluation/evaluation_dispatcher.h"

#include <utility>

#include "policy/registry.h"

namespace skein::policy {

absl::StatusOr<std::unique_ptr<Dispatcher>> MakeEvaluationDispatcher(
    const std::string& name, std::shared_ptr<const sim::Network> network, std::uint64_t seed) {
  return MakeDispatcher(name, {.network = std::move(network), .seed = seed});
}

}  // namespace skein::policy
