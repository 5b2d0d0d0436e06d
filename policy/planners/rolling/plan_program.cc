#include "policy/planners/rolling/plan_program.h"

#include <algorithm>
#include <utility>

#include "sim/domain/draw.h"

namespace skein::policy {
namespace {

constexpr double kMostPatiences = 100;  // nobody is left after so many times the patience

// Calls visit(step, level, weight) for the up to four grid points around a readiness; what lies
// beyond the horizon is left out.
template <class Visit>
void SpreadOver(const PlanNetwork& plan, const Readiness& ready, const Visit& visit) {
  const GridPoint time = plan.grid().At(ready.in);
  const GridPoint level = Locate(plan.levels_wh(), static_cast<double>(ready.charge_wh));
  for (std::size_t a = 0; a < 2; ++a) {
    const double in_time = a == 0 ? 1 - time.share : time.share;
    if (in_time == 0 || time.lower + a >= plan.grid().steps()) continue;
    for (std::size_t b = 0; b < 2; ++b) {
      const double in_level = b == 0 ? 1 - level.share : level.share;
      if (in_level != 0) visit(time.lower + a, level.lower + b, in_time * in_level);
    }
  }
}

}  // namespace

PlanProgram::PlanProgram(std::shared_ptr<const PlanNetwork> plan_network,
                         const RollingOptions& options)
    : plan_(std::move(plan_network)),
      seats_(options.seat_fill * plan_->network().scenario().aircraft_type.seats),
      steps_(plan_->grid().steps()),
      levels_(plan_->levels_wh().size()) {
  AddRows();
  AddHolds();
  AddFlights();
  AddStands();
  AddPassengers();
}

int PlanProgram::FlowRow(std::size_t v, std::size_t l, std::size_t k) const {
  return static_cast<int>((v * levels_ + l) * steps_ + k);
}
int PlanProgram::StandRow(std::size_t v, std::size_t k) const {
  return static_cast<int>((plan_->vertiports() * levels_ + v) * steps_ + k);
}
int PlanProgram::SeatRow(std::size_t p, std::size_t k) const {
  return static_cast<int>((plan_->vertiports() * (levels_ + 1) + p) * steps_ + k);
}
int PlanProgram::QueueRow(std::size_t p, std::size_t k) const {
  return SeatRow(plan_->pairs().size() + p, k);
}
int PlanProgram::StandColumn(std::size_t v, std::size_t k) const {
  return first_stand_column_ + static_cast<int>(v * steps_ + k);
}
int PlanProgram::BoardColumn(std::size_t p, std::size_t k) const {
  return first_board_column_ + static_cast<int>(2 * (p * steps_ + k));
}

void PlanProgram::AddRows() {
  const std::size_t nodes = plan_->vertiports() * (levels_ + 1) * steps_;
  const std::size_t pairs = plan_->pairs().size() * steps_;
  for (std::size_t k = 0; k < nodes; ++k) program_.AddRow(0, 0);
  for (std::size_t k = 0; k < pairs; ++k) program_.AddRow(-kNoBound, 0);  // seats
  for (std::size_t k = 0; k < pairs; ++k) program_.AddRow(0, 0);          // queues
}

void PlanProgram::AddReady(std::size_t v, const Readiness& ready) {
  SpreadOver(*plan_, ready, [&](std::size_t k, std::size_t l, double weight) {
    program_.AddEntry(FlowRow(v, l, k), -weight);
  });
}

void PlanProgram::AddHolds() {
  for (std::size_t v = 0; v < plan_->vertiports(); ++v) {
    const VertiportId id{static_cast<std::int32_t>(v)};
    for (std::size_t l = 0; l < levels_; ++l) {
      for (std::size_t k = 0; k < steps_; ++k) {
        program_.AddColumn(0, 0, kNoBound);
        program_.AddEntry(FlowRow(v, l, k), 1);
        StartWithLatestColumn(FlowRow(v, l, k));
        const auto charge = static_cast<std::int64_t>(plan_->levels_wh()[l]);
        AddReady(v, {plan_->grid().begin(k + 1),
                     plan_->ChargeAfter(id, charge, plan_->grid().length(k))});
      }
    }
  }
}

void PlanProgram::AddFlights() {
  flight_columns_.assign(plan_->pairs().size() * levels_ * steps_, -1);
  const sim::Network& network = plan_->network();
  for (std::size_t p = 0; p < plan_->pairs().size(); ++p) {
    const PlanPair& pair = plan_->pairs()[p];
    for (std::size_t l = 0; l < levels_; ++l) {
      const auto charge = static_cast<std::int64_t>(plan_->levels_wh()[l]);
      if (charge - pair.energy_wh < network.reserve_wh) continue;
      for (std::size_t k = 0; k < steps_; ++k) {
        const SimDuration begin = plan_->grid().begin(k);
        const Readiness ready = plan_->ReadyAfterLanding(
            pair.destination, begin + network.expected_delay(pair.origin) + pair.block,
            charge - pair.energy_wh);
        const int column = program_.AddColumn(0, 0, 0);
        arcs_.push_back({p, l, k, column, ready.in - begin});
        flight_columns_[(p * levels_ + l) * steps_ + k] = column;
        program_.AddEntry(FlowRow(pair.origin.index(), l, k), 1);
        AddReady(pair.destination.index(), ready);
        program_.AddEntry(StandRow(pair.origin.index(), k), 1);
        program_.AddEntry(StandRow(pair.destination.index(), k), -1);
        program_.AddEntry(SeatRow(p, k), -seats_);
      }
    }
  }
}

void PlanProgram::AddStands() {
  first_stand_column_ = program_.columns();
  for (std::size_t v = 0; v < plan_->vertiports(); ++v) {
    for (std::size_t k = 0; k < steps_; ++k) {
      program_.AddColumn(0, -kNoBound, 0);
      program_.AddEntry(StandRow(v, k), 1);
      StartWithLatestColumn(StandRow(v, k));
      if (k + 1 < steps_) program_.AddEntry(StandRow(v, k + 1), -1);
    }
  }
}

void PlanProgram::AddPassengers() {
  first_board_column_ = program_.columns();
  const auto patience_ms = static_cast<double>(plan_->network().scenario().demand.patience.count());
  for (std::size_t p = 0; p < plan_->pairs().size(); ++p) {
    for (std::size_t k = 0; k < steps_; ++k) {
      program_.AddColumn(0, 0, kNoBound);
      program_.AddEntry(SeatRow(p, k), 1);
      program_.AddEntry(QueueRow(p, k), 1);
      program_.AddColumn(0, 0, kNoBound);
      program_.AddEntry(QueueRow(p, k), 1);
      StartWithLatestColumn(QueueRow(p, k));
      if (k + 1 == steps_) continue;
      const auto step_ms = static_cast<double>(plan_->grid().length(k).count());
      const double stay =
          step_ms < kMostPatiences * patience_ms ? PortableExp(-step_ms / patience_ms) : 0;
      program_.AddEntry(QueueRow(p, k + 1), -stay);
    }
  }
}

void PlanProgram::Fill(const PlanInput& input) {
  FillFleet(input);
  FillFlights(input);
  for (std::size_t p = 0; p < plan_->pairs().size(); ++p)
    for (std::size_t k = 0; k < steps_; ++k)
      SetRow(QueueRow(p, k), input.passengers[p * steps_ + k]);
}

void PlanProgram::SetRow(int row, double value) {
  program_.row_lower[static_cast<std::size_t>(row)] = value;
  program_.row_upper[static_cast<std::size_t>(row)] = value;
}

void PlanProgram::StartWithLatestColumn(int row) {
  program_.first_basis[static_cast<std::size_t>(row)] = program_.columns() - 1;
}

void PlanProgram::FillFleet(const PlanInput& input) {
  std::vector<double> supply(static_cast<std::size_t>(StandRow(0, 0)), 0.0);
  for (const PlanInput::Supply& aircraft : input.aircraft) {
    SpreadOver(*plan_, aircraft.ready, [&](std::size_t k, std::size_t l, double weight) {
      supply[static_cast<std::size_t>(FlowRow(aircraft.vertiport.index(), l, k))] += weight;
    });
  }
  for (std::size_t row = 0; row < supply.size(); ++row) SetRow(static_cast<int>(row), supply[row]);
  for (std::size_t v = 0; v < plan_->vertiports(); ++v) {
    // A vertiport that is over its stands now may stay so, but not take more.
    const double most = std::max(input.stands[v], input.stands_taken[v]);
    for (std::size_t k = 0; k < steps_; ++k) {
      const double before = k == 0 ? input.stands_taken[v] : 0;
      SetRow(StandRow(v, k), before - input.stand_releases[v * steps_ + k]);
      program_.upper[static_cast<std::size_t>(StandColumn(v, k))] = most;
    }
  }
}

// While the day goes on, a flight that outlasts the horizon counts for the part within it: else the
// last steps would be worth as much as the first at no cost in time.
void PlanProgram::FillFlights(const PlanInput& input) {
  const bool day_goes_on = plan_->grid().horizon() < input.until_close;
  for (const FlightArc& arc : arcs_) {
    const std::size_t at = arc.pair * steps_ + arc.step;
    const SimDuration inside = plan_->grid().horizon() - plan_->grid().begin(arc.step);
    double part = 1;
    if (day_goes_on && arc.cycle > inside)
      part = static_cast<double>(inside.count()) / static_cast<double>(arc.cycle.count());
    const auto column = static_cast<std::size_t>(arc.column);
    const bool flyable = input.flyable[(arc.pair * levels_ + arc.level) * steps_ + arc.step] != 0;
    program_.cost[column] = part * input.flight_usd[at];
    program_.upper[column] = flyable ? kNoBound : 0;
    // Passengers board per pair: the fullest level, which comes last, sets their part.
    program_.cost[static_cast<std::size_t>(BoardColumn(arc.pair, arc.step))] =
        -part * input.margin_usd[at];
  }
}

}  // namespace skein::policy
