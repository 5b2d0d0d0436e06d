#include "policy/planners/bound/hindsight_program.h"

#include <algorithm>
#include <cmath>

namespace skein::policy {
namespace {

constexpr double kMillicentsPerCent = 1000;
constexpr double kPerCent = 1e7;  // micro-USD per kWh × Wh → cents
// Windows in which the fleet's time is counted: lengths, and the step from one to the next.
constexpr SimDuration kWindowStep = kHour;
constexpr int kWindowSteps[] = {1, 2, 3};
// Time in 65.536 s and not in ms: the coefficients stay exact and near one.
double TimeUnits(SimDuration time) { return static_cast<double>(time.count()) / 65536; }

// At most one party of more than half the seats, or two of exactly half, fit on a flight.
double PatternWeight(int passengers, int seats) {
  return 2 * passengers > seats ? 1 : 2 * passengers == seats ? 0.5 : 0;
}

// The part of [window, window + length] that a flight takes up at least.
SimDuration LeastOverlap(const FlightArc& arc, const TimeGrid& grid, SimTime window, SimTime end) {
  // Quasi-concave in the anchor, so least at one end of the bin.
  SimDuration least = SimDuration::max();
  for (const SimTime anchor : {grid.Begin(arc.bin), grid.Begin(arc.bin + 1)}) {
    const SimTime from = std::max(anchor, window);
    const SimTime to = std::min(anchor + arc.least_cycle, end);
    least = std::min(least, std::max(to - from, SimDuration{}));
  }
  return least;
}

}  // namespace

// Adds rows, then columns with their entries.
class ProgramBuilder {
 public:
  ProgramBuilder(const sim::Network& network, const sim::RealisedDay& day,
                 const ProgramOptions& options, HindsightProgram& out)
      : network_(network),
        scenario_(network.scenario()),
        out_(out),
        lp_(out.program_),
        arcs_(out.arcs_),
        groups_(GroupParties(network, day, out.grid_)),
        levels_(options.charge_levels),
        fleet_(static_cast<double>(scenario_.aircraft.size())) {
    ChooseQuantum();
  }

  void Build() {
    AddRows();
    AddHolds();
    AddFlights();
    AddParties();
    AddStands();
    SetAllowance();
  }

 private:
  // Charge is counted in quanta, rounded up. A quantum divides what a bin of charging gives.
  void ChooseQuantum() {
    if (levels_ <= 1) {
      levels_ = 1;
      return;
    }
    std::int64_t power = 0;
    for (std::int32_t v = 0; v < network_.vertiport_count(); ++v)
      power = std::max(power, ChargePowerW(network_, VertiportId{v}));
    const double gain = Charged(power, out_.grid_.width);
    const double least = static_cast<double>(network_.battery_wh) / (levels_ - 1);
    quantum_wh_ = gain <= least ? least : gain / std::floor(gain / least);
    levels_ =
        static_cast<int>(std::ceil(static_cast<double>(network_.battery_wh) / quantum_wh_ - 1e-9)) +
        1;
  }
  static double Charged(std::int64_t power_w, SimDuration time) {
    return static_cast<double>(power_w) * static_cast<double>(time.count()) / 3'600'000;
  }
  int LevelAbove(double charge_wh) const {
    if (levels_ == 1) return 0;
    return std::clamp(static_cast<int>(std::ceil(charge_wh / quantum_wh_ - 1e-9)), 0, levels_ - 1);
  }
  // After charging, an aircraft is at most at the target, or where it was.
  int Capped(int before, double charge_wh) const {
    return std::min(LevelAbove(charge_wh),
                    std::max(before, LevelAbove(static_cast<double>(network_.charge_target_wh))));
  }

  int Node(VertiportId v, int bin, int level) const {
    return (static_cast<int>(v.index()) * out_.grid_.bins + bin) * levels_ + level;
  }

  void AddRows();
  void AddHolds();
  void AddFlights();
  void AddParties();
  void AddStands();
  void AddWindows();
  void SetAllowance();

  const sim::Network& network_;
  const Scenario& scenario_;
  HindsightProgram& out_;
  LinearProgram& lp_;
  std::vector<FlightArc>& arcs_;
  const std::vector<PartyGroup> groups_;
  int levels_;
  double fleet_;
  double quantum_wh_ = 0;

  struct FlightRows {
    int count = -1;  // Σ over levels
    int seats = -1;
    int pattern = -1;
    std::vector<std::pair<int, double>> links;
  };
  struct Window {
    SimTime begin, end;
    int row;
  };
  std::vector<FlightRows> flight_rows_;  // per arc
  std::vector<std::size_t> arc_of_;      // [V·V·bins] undiverted
  std::vector<Window> windows_;
  int stand_row_ = 0;
  struct PartyColumn {
    std::size_t group;
    int row;   // of the group
    int link;  // -1: none
    std::size_t arc;
  };
  std::vector<PartyColumn> party_columns_;
};

void ProgramBuilder::AddRows() {
  const auto count = static_cast<std::size_t>(network_.vertiport_count());
  const auto bins = static_cast<std::size_t>(out_.grid_.bins);
  std::vector<double> start(count * bins * static_cast<std::size_t>(levels_), 0);
  for (const Aircraft& aircraft : scenario_.aircraft) {
    const double initial = std::floor(
        aircraft.initial_state_of_charge * static_cast<double>(network_.battery_wh) + 0.5);
    const double charged = initial + Charged(ChargePowerW(network_, aircraft.vertiport),
                                             out_.grid_.open.time_since_epoch());
    start[static_cast<std::size_t>(
        Node(aircraft.vertiport, 0, Capped(LevelAbove(initial), charged)))] += 1;
  }
  for (const double aircraft : start) lp_.AddRow(aircraft, aircraft);

  flight_rows_.resize(arcs_.size());
  arc_of_.assign(count * count * bins, arcs_.size());
  for (std::size_t k = 0; k < arcs_.size(); ++k) {
    const FlightArc& arc = arcs_[k];
    if (levels_ > 1) flight_rows_[k].count = lp_.AddRow(0, 0);
    if (!arc.diverted())
      arc_of_[(arc.origin.index() * count + arc.destination.index()) * bins +
              static_cast<std::size_t>(arc.bin)] = k;
  }
  const int seats = scenario_.aircraft_type.seats;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const PartyGroup& group = groups_[g];
    int row = -1;
    for (int bin = group.first_bin; bin <= group.last_bin; ++bin) {
      const std::size_t k =
          arc_of_[(group.origin.index() * count + group.destination.index()) * bins +
                  static_cast<std::size_t>(bin)];
      if (k == arcs_.size()) continue;
      if (row < 0) row = lp_.AddRow(-kUnbounded, group.parties);
      FlightRows& rows = flight_rows_[k];
      if (rows.seats < 0) rows.seats = lp_.AddRow(-kUnbounded, 0);
      if (rows.pattern < 0 && PatternWeight(group.passengers, seats) > 0)
        rows.pattern = lp_.AddRow(-kUnbounded, 0);
      int link = -1;
      if (group.parties * group.passengers < seats) {
        link = lp_.AddRow(-kUnbounded, 0);
        rows.links.push_back({link, -static_cast<double>(group.parties)});
      }
      party_columns_.push_back({g, row, link, k});
    }
  }
  stand_row_ = lp_.row_count();
  for (std::size_t v = 0; v < count; ++v) {
    double on_ground = 0;
    for (const Aircraft& aircraft : scenario_.aircraft)
      on_ground += aircraft.vertiport.index() == v;
    for (std::size_t bin = 0; bin < bins; ++bin) {
      const double value = bin == 0 ? on_ground : 0;
      lp_.AddRow(value, value);
    }
  }
  AddWindows();
}

void ProgramBuilder::AddWindows() {
  const TimeGrid& grid = out_.grid_;
  const auto add = [&](SimTime begin, SimTime end) {
    windows_.push_back({begin, end, lp_.AddRow(-kUnbounded, fleet_ * TimeUnits(end - begin))});
  };
  add(grid.open, grid.close);
  for (const int steps : kWindowSteps)
    for (SimTime begin = grid.open; begin + kWindowStep * steps <= grid.close; begin += kWindowStep)
      add(begin, begin + kWindowStep * steps);
}

void ProgramBuilder::AddHolds() {
  for (std::int32_t v = 0; v < network_.vertiport_count(); ++v) {
    const double gain = Charged(ChargePowerW(network_, VertiportId{v}), out_.grid_.width);
    for (int bin = 0; bin < out_.grid_.bins; ++bin) {
      for (int level = 0; level < levels_; ++level) {
        lp_.AddColumn(0, 0, fleet_);
        lp_.AddEntry(Node(VertiportId{v}, bin, level), 1);
        if (bin + 1 == out_.grid_.bins) continue;
        const int after = Capped(level, level * quantum_wh_ + gain);
        lp_.AddEntry(Node(VertiportId{v}, bin + 1, after), -1);
      }
    }
  }
}

void ProgramBuilder::AddFlights() {
  const TimeGrid& grid = out_.grid_;
  for (std::size_t k = 0; k < arcs_.size(); ++k) {
    const FlightArc& arc = arcs_[k];
    const sim::Link& link = network_.link(arc.origin, arc.destination);
    const double energy_cents = static_cast<double>(link.energy_wh) *
                                static_cast<double>(network_.min_energy_price) / kPerCent;
    const bool rounds = network_.passenger_cost_millicents(arc.origin, arc.destination) % 1000 != 0;
    const double objective =
        -static_cast<double>(network_.flight_cost_cents(arc.origin, arc.destination)) -
        energy_cents + 0.5 + (rounds && !arc.diverted() ? 0.5 : 0);
    const double most = fleet_ * static_cast<double>(1 + grid.width / arc.least_cycle);
    const FlightRows& rows = flight_rows_[k];
    out_.flight_columns_.push_back(lp_.AddColumn(objective, 0, most));
    if (rows.seats >= 0) lp_.AddEntry(rows.seats, -scenario_.aircraft_type.seats);
    if (rows.pattern >= 0) lp_.AddEntry(rows.pattern, -1);
    for (const auto& [row, value] : rows.links) lp_.AddEntry(row, value);
    const auto stand = [&](VertiportId v) {
      return stand_row_ + static_cast<int>(v.index()) * grid.bins + arc.bin;
    };
    lp_.AddEntry(stand(arc.origin), 1);
    if (!arc.diverted()) lp_.AddEntry(stand(arc.destination), -1);
    for (const Window& window : windows_) {
      const SimDuration overlap = LeastOverlap(arc, grid, window.begin, window.end);
      if (overlap > SimDuration{}) lp_.AddEntry(window.row, TimeUnits(overlap));
    }
    if (levels_ == 1) {
      if (arc.ready_bin == arc.bin && arc.origin == arc.landing) continue;
      lp_.AddEntry(Node(arc.origin, arc.bin, 0), 1);
      if (arc.ready_bin < grid.bins) lp_.AddEntry(Node(arc.landing, arc.ready_bin, 0), -1);
      continue;
    }
    lp_.AddEntry(rows.count, -1);
    for (int level = 0; level < levels_; ++level) {
      if (level * quantum_wh_ < arc.least_charge_wh - 1e-6) continue;
      const int after = Capped(level, level * quantum_wh_ - arc.charge_used_wh);
      lp_.AddColumn(0, 0, most);
      lp_.AddEntry(rows.count, 1);
      if (arc.ready_bin == arc.bin && arc.origin == arc.landing && after == level) continue;
      lp_.AddEntry(Node(arc.origin, arc.bin, level), 1);
      if (arc.ready_bin < grid.bins) lp_.AddEntry(Node(arc.landing, arc.ready_bin, after), -1);
    }
  }
}

void ProgramBuilder::AddParties() {
  for (const PartyColumn& column : party_columns_) {
    const PartyGroup& group = groups_[column.group];
    const double margin =
        static_cast<double>(group.fare_cents_per_passenger) -
        static_cast<double>(network_.passenger_cost_millicents(group.origin, group.destination)) /
            kMillicentsPerCent;
    lp_.AddColumn(margin * group.passengers, 0, group.parties);
    lp_.AddEntry(column.row, 1);
    const FlightRows& rows = flight_rows_[column.arc];
    lp_.AddEntry(rows.seats, group.passengers);
    const double weight = PatternWeight(group.passengers, scenario_.aircraft_type.seats);
    if (weight > 0) lp_.AddEntry(rows.pattern, weight);
    if (column.link >= 0) lp_.AddEntry(column.link, 1);
  }
}

void ProgramBuilder::AddStands() {
  const TimeGrid& grid = out_.grid_;
  SimDuration shortest = SimDuration::max();
  bool diversions = false;
  for (const FlightArc& arc : arcs_) {
    shortest = std::min(shortest, arc.least_cycle);
    diversions = diversions || arc.diverted();
  }
  const double least =
      diversions ? -fleet_ * static_cast<double>(1 + (grid.close - grid.open) / shortest) : 0;
  for (std::size_t v = 0; v < scenario_.vertiports.size(); ++v) {
    const Vertiport& vertiport = scenario_.vertiports[v];
    for (int bin = 0; bin < grid.bins; ++bin) {
      const int row = stand_row_ + static_cast<int>(v) * grid.bins + bin;
      lp_.AddColumn(0, least, vertiport.stands - vertiport.contingency_stands);
      lp_.AddEntry(row, 1);
      if (bin + 1 < grid.bins) lp_.AddEntry(row + 1, -1);
    }
  }
}

void ProgramBuilder::SetAllowance() {
  const OperatingRules& rules = scenario_.operations;
  const SimDuration least_hold = rules.wake_on_change ? std::min(rules.hold, kMinute) : rules.hold;
  const auto cancels = (rules.close_time - rules.open_time) / least_hold + 2;
  out_.allowance_cents_ = 0.5 * (fleet_ * static_cast<double>(1 + cancels) + 1);
}

HindsightProgram::HindsightProgram(const sim::Network& network, const sim::RealisedDay& day,
                                   const ProgramOptions& options)
    : grid_(network, options.bin), arcs_(ListFlightArcs(network, day, grid_, options.faults)) {
  ProgramBuilder(network, day, options, *this).Build();
}

}  // namespace skein::policy
