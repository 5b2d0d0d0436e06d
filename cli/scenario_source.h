#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "sim/domain/scenario.h"
#include "sim/domain/scenario_changes.h"
#include "sim/domain/status.h"
#include "sim/network.h"

namespace skein::cli {

struct ScenarioOptions {
  // Sizes of `paper`; default: those of sim::PaperOptions. Other scenarios have sizes of their own.
  std::optional<int> vertiports;
  std::optional<int> aircraft;
  // Seconds between an aircraft's telemetry reports; reports older than three periods are stale
  // (G8). 0: as the scenario says.
  int telemetry_s = 0;
  ScenarioChanges changes = {};
};

// The built-in scenario called `name`: paper:SEED or metro:NAME.
// Errors: INVALID_ARGUMENT, with the names there are, or if a size is given but not for `paper`;
//         those of ApplyChanges.
absl::StatusOr<Scenario> ResolveBuiltInScenario(const std::string& name,
                                                const ScenarioOptions& options = {});

// Whether `name` is paper or that of a built-in scenario, and so no file.
bool IsBuiltInScenario(const std::string& name);

// Whether it is paper or paper:SEED, which are drawn in the sizes that one asks for.
bool HasSizes(const std::string& name);

// As ResolveBuiltInScenario; anything that is not a built-in name is a file.
// Errors: those of ResolveBuiltInScenario and of codec::ReadScenarioFile.
absl::StatusOr<Scenario> ResolveScenario(const std::string& name,
                                         const ScenarioOptions& options = {});

// The networks of the days of a scenario: one for all days or, for plain `paper`, one per seed.
//
// Threads: compatible.
class DayNetworks {
 public:
  // Errors: those of ResolveScenario; for plain `paper` they come from Of.
  static absl::StatusOr<DayNetworks> Create(std::string name, const ScenarioOptions& options);

  // The network of the day with this seed.
  absl::StatusOr<std::shared_ptr<const sim::Network>> Of(std::uint64_t seed) const;
  // The name under which that network's scenario can be asked for: "paper:7".
  std::string NameOf(std::uint64_t seed) const;
  // Whether each day draws its own.
  bool per_seed() const { return fixed_ == nullptr; }

 private:
  std::string name_;
  ScenarioOptions options_;
  std::shared_ptr<const sim::Network> fixed_;
};

}  // namespace skein::cli
