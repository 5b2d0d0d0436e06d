#include "policy/planners/rolling/plan.h"

#include <utility>

namespace skein::policy {

Plan::Plan(std::shared_ptr<const PlanNetwork> plan_network, const PlanProgram& program,
           const LinearSolution& solution)
    : plan_(std::move(plan_network)), profit_usd_(-solution.cost) {
  const std::size_t steps = plan_->grid().steps();
  const std::size_t levels = plan_->levels_wh().size();
  const auto dual = [&](int row) { return solution.dual[static_cast<std::size_t>(row)]; };
  for (std::size_t v = 0; v < plan_->vertiports(); ++v) {
    for (std::size_t l = 0; l < levels; ++l)
      for (std::size_t k = 0; k < steps; ++k)
        aircraft_value_.push_back(-dual(program.FlowRow(v, l, k)));
    for (std::size_t k = 0; k < steps; ++k) stand_price_.push_back(dual(program.StandRow(v, k)));
  }
  for (std::size_t p = 0; p < plan_->pairs().size(); ++p) {
    for (std::size_t k = 0; k < steps; ++k) {
      double flights = 0;
      for (std::size_t l = 0; l < levels; ++l) {
        const int column = program.FlightColumn(p, l, k);
        if (column >= 0) flights += solution.primal[static_cast<std::size_t>(column)];
      }
      flights_.push_back(flights);
    }
  }
}

double Plan::InTime(const double* series, SimDuration in) const {
  const std::size_t steps = plan_->grid().steps();
  const GridPoint at = plan_->grid().At(in);
  double value = 0;
  if (at.lower < steps) value += (1 - at.share) * series[at.lower];
  if (at.lower + 1 < steps) value += at.share * series[at.lower + 1];
  return value;
}

double Plan::AircraftValue(VertiportId at, const Readiness& ready) const {
  const std::size_t steps = plan_->grid().steps();
  const std::size_t levels = plan_->levels_wh().size();
  const GridPoint level = Locate(plan_->levels_wh(), static_cast<double>(ready.charge_wh));
  const double* const series = &aircraft_value_[(at.index() * levels + level.lower) * steps];
  double value = (1 - level.share) * InTime(series, ready.in);
  if (level.share > 0) value += level.share * InTime(series + steps, ready.in);
  return value;
}

double Plan::StandPrice(VertiportId at, SimDuration in) const {
  return InTime(&stand_price_[at.index() * plan_->grid().steps()], in);
}

double Plan::PlannedFlights(VertiportId origin, VertiportId destination, SimDuration until) const {
  const int pair = plan_->PairIndex(origin, destination);
  if (pair < 0) return 0;
  const std::size_t steps = plan_->grid().steps();
  const double* const series = &flights_[static_cast<std::size_t>(pair) * steps];
  const GridPoint at = plan_->grid().At(until);
  double flights = 0;
  for (std::size_t k = 0; k < at.lower; ++k) flights += series[k];
  if (at.lower < steps) flights += at.share * series[at.lower];
  return flights;
}

}  // namespace skein::policy
