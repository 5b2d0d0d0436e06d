#include "sim/domain/scenario_changes.h"

#include <algorithm>
#include <cmath>

#include "sim/domain/fault_list.h"
#include "sim/domain/weather.h"

namespace skein {
namespace {

constexpr double kMaxFactor = 100;
constexpr double kMaxDemandSigma = 3;
constexpr std::int64_t kNoon = 12;  // local hour

int ScaledChargers(int chargers, double factor) {
  if (chargers == 0) return 0;  // a vertistop stays one
  return std::max(1, static_cast<int>(std::lround(chargers * factor)));
}

bool HasFogInTheMorning(const Scenario& scenario, const WeatherDay& day) {
  for (std::int64_t hour = ToMs(scenario.operations.open_time) / kHour.count(); hour < kNoon;
       ++hour)
    if (InFog(scenario.weather, day, hour)) return true;
  return false;
}

}  // namespace

std::vector<Fault> Validate(const ScenarioChanges& changes) {
  FaultList faults;
  faults.Range({"corridorClosureFactor"}, changes.corridor_closure_factor, 0, kMaxFactor);
  faults.Range({"failureFactor"}, changes.failure_factor, 0, kMaxFactor);
  faults.Range({"demandFactor"}, changes.demand_factor, 0, kMaxFactor);
  faults.Range({"demandSigma"}, changes.demand_sigma.value_or(0), 0, kMaxDemandSigma);
  faults.Range({"chargerFactor"}, changes.charger_factor, 0, kMaxFactor);
  return faults.Take();
}

absl::StatusOr<Scenario> ApplyChanges(const ScenarioChanges& changes, Scenario scenario) {
  for (Corridor& corridor : scenario.corridors)
    corridor.closure_probability =
        std::min(1.0, corridor.closure_probability * changes.corridor_closure_factor);
  for (Aircraft& aircraft : scenario.aircraft)
    aircraft.failure_probability =
        std::min(1.0, aircraft.failure_probability * changes.failure_factor);
  for (double& rate : scenario.demand.requests_per_hour) rate *= changes.demand_factor;
  if (changes.demand_sigma.has_value()) scenario.demand.intensity_sigma = *changes.demand_sigma;
  for (Vertiport& vertiport : scenario.vertiports)
    vertiport.chargers = ScaledChargers(vertiport.chargers, changes.charger_factor);
  if (!changes.foggy_mornings_only) return scenario;
  std::erase_if(scenario.weather.days,
                [&scenario](const WeatherDay& day) { return !HasFogInTheMorning(scenario, day); });
  if (scenario.weather.days.empty())
    return absl::InvalidArgumentError(
        "foggyMorningsOnly = true, want a scenario with a weather day of fog before noon");
  return scenario;
}

}  // namespace skein
