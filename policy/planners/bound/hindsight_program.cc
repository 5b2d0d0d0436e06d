#include "policy/planners/bound/hindsight_program.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "policy/planners/bound/charge_levels.h"
#include "policy/planners/bound/energy_prices.h"

namespace skein::policy {
namespace {

constexpr double kMillicentsPerCent = 1000;
// Windows in which the fleet's time is counted: the step from one to the next, and lengths in
// steps.
constexpr SimDuration kWindowStep = kHour;
constexpr int kWindowSteps[] = {1, 2, 3};

// Time and energy in units of a power of two: coefficients stay exact, and near one.
double TimeUnits(SimDuration time) { return static_cast<double>(time.count()) / 65536; }
double EnergyUnits(double energy_wh) { return energy_wh / 1024; }
constexpr double kEnergyUnitWh = 1024;

// At most one party of more than half the seats fits on a flight, or two of exactly half.
double PatternWeight(int passengers, int seats) {
  return 2 * passengers > seats ? 1 : 2 * passengers == seats ? 0.5 : 0;
}

// The part of [begin, end] that a flight takes up at least. Quasi-concave in the anchor, so it is
// least at one end of the bin.
SimDuration LeastOverlap(const FlightArc& flight, const TimeGrid& grid, SimTime begin,
                         SimTime end) {
  SimDuration least = SimDuration::max();
  for (const SimTime anchor : {grid.Begin(flight.bin), grid.Begin(flight.bin + 1)}) {
    const SimDuration overlap =
        std::min(anchor + flight.least_cycle, end) - std::max(anchor, begin);
    least = std::min(least, std::max(overlap, SimDuration{}));
  }
  return least;
}

}  // namespace

// Adds all rows, then the columns with their entries.
class ProgramBuilder {
 public:
  ProgramBuilder(const sim::Network& network, const sim::RealisedDay& day,
                 const ProgramOptions& options, HindsightProgram& out)
      : network_(network),
        scenario_(network.scenario()),
        out_(out),
        grid_(out.grid_),
        flights_(out.flights_),
        program_(out.program_),
        groups_(GroupParties(network, day, grid_)),
        levels_(network, grid_.width, options.charge_levels),
        prices_(network, grid_),
        fleet_(static_cast<double>(scenario_.aircraft.size())) {
    out.charge_levels_ = levels_.count();
    for (const FlightArc& flight : flights_) {
      shortest_cycle_ = std::min(shortest_cycle_, flight.least_cycle);
      any_diverted_ = any_diverted_ || flight.diverted();
    }
  }

  void Build() {
    AddNodeRows();
    AddFlightRows();
    AddPartyRows();
    AddStandRows();
    AddWindowRows();
    AddEnergyRows();
    AddHolds();
    AddFlights();
    AddParties();
    AddStands();
    AddEnergy();
    SetAllowance();
  }

 private:
  // Rows of one flight; -1: none.
  struct FlightRows {
    int levels = -1;          // its sum over charge levels
    int seats = -1;           // passengers
    int pattern = -1;         // large parties
    std::vector<int> groups;  // groups that it carries only if it is flown
    std::vector<double> group_sizes;
  };
  // Boarding of a group on a flight.
  struct Boarding {
    std::size_t group = 0;
    std::size_t flight = 0;
    int group_row = -1;
    int flown_row = -1;  // -1: none
  };
  struct Window {
    SimTime begin;
    SimTime end;
    int row = -1;
  };

  int Node(VertiportId v, int bin, int level) const {
    return (static_cast<int>(v.index()) * grid_.bins + bin) * levels_.count() + level;
  }
  int StandRow(VertiportId v, int bin) const {
    return first_stand_row_ + static_cast<int>(v.index()) * grid_.bins + bin;
  }
  std::size_t Slot(VertiportId i, VertiportId j, int bin) const {
    const auto count = static_cast<std::size_t>(network_.vertiport_count());
    return (i.index() * count + j.index()) * static_cast<std::size_t>(grid_.bins) +
           static_cast<std::size_t>(bin);
  }

  void AddNodeRows();
  void AddFlightRows();
  void AddPartyRows();
  void AddPartyRow(std::size_t group);
  void AddStandRows();
  void AddWindowRows();
  void AddEnergyRows();
  void AddHolds();
  void AddFlights();
  void AddFlight(std::size_t k);
  void AddFlightLevels(const FlightArc& flight, int sum_row, double most);
  void EnterMove(const FlightArc& flight, int level, int level_after);
  double FlightCents(const FlightArc& flight) const;
  void AddParties();
  void AddStands();
  void AddEnergy();
  void SetAllowance();

  const sim::Network& network_;
  const Scenario& scenario_;
  HindsightProgram& out_;
  const TimeGrid& grid_;
  const std::vector<FlightArc>& flights_;
  LinearProgram& program_;
  const std::vector<PartyGroup> groups_;
  const ChargeLevels levels_;
  const EnergyPrices prices_;
  const double fleet_;
  SimDuration shortest_cycle_ = kDay;
  bool any_diverted_ = false;
  std::vector<FlightRows> flight_rows_;
  std::vector<std::size_t> flight_at_;  // undiverted, by Slot; flights_.size(): none
  std::vector<Boarding> boardings_;
  std::vector<Window> windows_;
  int first_stand_row_ = 0;
  int first_energy_row_ = 0;
};

void ProgramBuilder::AddNodeRows() {
  const auto nodes = static_cast<std::size_t>(
      Node(VertiportId{network_.vertiport_count() - 1}, grid_.bins - 1, levels_.count() - 1) + 1);
  std::vector<double> starting(nodes, 0);
  for (const Aircraft& aircraft : scenario_.aircraft)
    starting[static_cast<std::size_t>(Node(aircraft.vertiport, 0, levels_.AtOpening(aircraft)))] +=
        1;
  for (const double aircraft : starting) program_.AddRow(aircraft, aircraft);
}

void ProgramBuilder::AddFlightRows() {
  const VertiportId last{network_.vertiport_count() - 1};
  flight_at_.assign(Slot(last, last, grid_.bins - 1) + 1, flights_.size());
  flight_rows_.resize(flights_.size());
  for (std::size_t k = 0; k < flights_.size(); ++k) {
    const FlightArc& flight = flights_[k];
    if (levels_.count() > 1) flight_rows_[k].levels = program_.AddRow(0, 0);
    if (!flight.diverted()) flight_at_[Slot(flight.origin, flight.destination, flight.bin)] = k;
  }
}

void ProgramBuilder::AddPartyRows() {
  for (std::size_t g = 0; g < groups_.size(); ++g) AddPartyRow(g);
}

void ProgramBuilder::AddPartyRow(std::size_t g) {
  const PartyGroup& group = groups_[g];
  const int seats = scenario_.aircraft_type.seats;
  Boarding boarding{g, 0, -1, -1};
  for (int bin = group.first_bin; bin <= group.last_bin; ++bin) {
    boarding.flight = flight_at_[Slot(group.origin, group.destination, bin)];
    if (boarding.flight == flights_.size()) continue;
    FlightRows& rows = flight_rows_[boarding.flight];
    if (boarding.group_row < 0) boarding.group_row = program_.AddRow(-kUnbounded, group.parties);
    if (rows.seats < 0) rows.seats = program_.AddRow(-kUnbounded, 0);
    if (rows.pattern < 0 && PatternWeight(group.passengers, seats) > 0)
      rows.pattern = program_.AddRow(-kUnbounded, 0);
    // A group that fills the seats is bound by the seats already.
    boarding.flown_row = -1;
    if (group.parties * group.passengers < seats) {
      boarding.flown_row = program_.AddRow(-kUnbounded, 0);
      rows.groups.push_back(boarding.flown_row);
      rows.group_sizes.push_back(group.parties);
    }
    boardings_.push_back(boarding);
  }
}

void ProgramBuilder::AddStandRows() {
  first_stand_row_ = program_.row_count();
  std::vector<double> standing(scenario_.vertiports.size(), 0);
  for (const Aircraft& aircraft : scenario_.aircraft) standing[aircraft.vertiport.index()] += 1;
  for (const double aircraft : standing) {
    program_.AddRow(aircraft, aircraft);
    for (int bin = 1; bin < grid_.bins; ++bin) program_.AddRow(0, 0);
  }
}

void ProgramBuilder::AddWindowRows() {
  const auto add = [this](SimTime begin, SimTime end) {
    windows_.push_back({begin, end, program_.AddRow(-kUnbounded, fleet_ * TimeUnits(end - begin))});
  };
  add(grid_.open, grid_.close);
  for (const int steps : kWindowSteps)
    for (SimTime begin = grid_.open; begin + kWindowStep * steps <= grid_.close;
         begin += kWindowStep)
      add(begin, begin + kWindowStep * steps);
}

void ProgramBuilder::AddEnergyRows() {
  first_energy_row_ = program_.row_count();
  if (!prices_.vary()) return;
  for (int bin = 0; bin < grid_.bins; ++bin) program_.AddRow(0, 0);
}

void ProgramBuilder::AddHolds() {
  for (std::int32_t v = 0; v < network_.vertiport_count(); ++v) {
    const VertiportId vertiport{v};
    for (int bin = 0; bin < grid_.bins; ++bin) {
      for (int level = 0; level < levels_.count(); ++level) {
        program_.AddColumn(0, 0, fleet_);
        program_.AddEntry(Node(vertiport, bin, level), 1);
        if (bin + 1 < grid_.bins)
          program_.AddEntry(Node(vertiport, bin + 1, levels_.AfterHolding(level, vertiport)), -1);
      }
    }
  }
}

void ProgramBuilder::AddFlights() {
  for (std::size_t k = 0; k < flights_.size(); ++k) AddFlight(k);
}

void ProgramBuilder::AddFlight(std::size_t k) {
  const FlightArc& flight = flights_[k];
  const FlightRows& rows = flight_rows_[k];
  // An aircraft can start as many flights in a bin as cycles begin in it.
  const double most = fleet_ * static_cast<double>(1 + grid_.width / flight.least_cycle);
  out_.flight_columns_.push_back(program_.AddColumn(FlightCents(flight), 0, most));
  if (rows.seats >= 0) program_.AddEntry(rows.seats, -scenario_.aircraft_type.seats);
  if (rows.pattern >= 0) program_.AddEntry(rows.pattern, -1);
  for (std::size_t at = 0; at < rows.groups.size(); ++at)
    program_.AddEntry(rows.groups[at], -rows.group_sizes[at]);
  program_.AddEntry(StandRow(flight.origin, flight.bin), 1);
  if (!flight.diverted()) program_.AddEntry(StandRow(flight.destination, flight.bin), -1);
  for (const Window& window : windows_) {
    const SimDuration overlap = LeastOverlap(flight, grid_, window.begin, window.end);
    if (overlap > SimDuration{}) program_.AddEntry(window.row, TimeUnits(overlap));
  }
  if (prices_.vary()) {
    const auto energy_wh = network_.link(flight.origin, flight.destination).energy_wh;
    program_.AddEntry(first_energy_row_ + flight.bin, EnergyUnits(static_cast<double>(energy_wh)));
  }
  if (levels_.count() == 1) {
    EnterMove(flight, 0, 0);
  } else {
    program_.AddEntry(rows.levels, -1);
    AddFlightLevels(flight, rows.levels, most);
  }
}

void ProgramBuilder::AddFlightLevels(const FlightArc& flight, int sum_row, double most) {
  constexpr double kToleranceWh = 1e-6;
  for (int level = 0; level < levels_.count(); ++level) {
    const double charge_wh = levels_.ChargeWh(level);
    if (charge_wh < flight.least_charge_wh - kToleranceWh) continue;
    program_.AddColumn(0, 0, most);
    program_.AddEntry(sum_row, 1);
    EnterMove(flight, level, levels_.AfterCharging(charge_wh - flight.charge_used_wh));
  }
}

// Takes the aircraft from node to node. A flight may begin and end in one: then nothing moves.
void ProgramBuilder::EnterMove(const FlightArc& flight, int level, int level_after) {
  const int from = Node(flight.origin, flight.bin, level);
  if (flight.ready_bin == grid_.bins) {
    program_.AddEntry(from, 1);
    return;
  }
  const int to = Node(flight.landing, flight.ready_bin, level_after);
  if (to == from) return;
  program_.AddEntry(from, 1);
  program_.AddEntry(to, -1);
}

// What a flight without passengers earns at most: its cost, with each rounding in its favour.
double ProgramBuilder::FlightCents(const FlightArc& flight) const {
  constexpr double kRounding = 0.5;
  const sim::Link& link = network_.link(flight.origin, flight.destination);
  const bool costs_round = network_.passenger_cost_millicents(flight.origin, flight.destination) %
                               static_cast<std::int64_t>(kMillicentsPerCent) !=
                           0;
  const double session = kRounding;  // that recharges after it
  return -static_cast<double>(network_.flight_cost_cents(flight.origin, flight.destination)) -
         prices_.LowestCents(static_cast<double>(link.energy_wh)) + session +
         (costs_round ? kRounding : 0);
}

void ProgramBuilder::AddParties() {
  const int seats = scenario_.aircraft_type.seats;
  for (const Boarding& boarding : boardings_) {
    const PartyGroup& group = groups_[boarding.group];
    const FlightRows& rows = flight_rows_[boarding.flight];
    const double margin =
        static_cast<double>(group.fare_cents_per_passenger) -
        static_cast<double>(network_.passenger_cost_millicents(group.origin, group.destination)) /
            kMillicentsPerCent;
    program_.AddColumn(margin * group.passengers, 0, group.parties);
    program_.AddEntry(boarding.group_row, 1);
    program_.AddEntry(rows.seats, group.passengers);
    const double weight = PatternWeight(group.passengers, seats);
    if (weight > 0) program_.AddEntry(rows.pattern, weight);
    if (boarding.flown_row >= 0) program_.AddEntry(boarding.flown_row, 1);
  }
}

void ProgramBuilder::AddStands() {
  // Aircraft that were diverted to a vertiport are not counted there when they come, only when
  // they leave, so that the count may fall below zero.
  const double least =
      any_diverted_
          ? -fleet_ * static_cast<double>(1 + (grid_.close - grid_.open) / shortest_cycle_)
          : 0;
  for (std::size_t v = 0; v < scenario_.vertiports.size(); ++v) {
    const Vertiport& vertiport = scenario_.vertiports[v];
    for (int bin = 0; bin < grid_.bins; ++bin) {
      const int row = StandRow(VertiportId{static_cast<std::int32_t>(v)}, bin);
      program_.AddColumn(0, least, vertiport.stands - vertiport.contingency_stands);
      program_.AddEntry(row, 1);
      if (bin + 1 < grid_.bins) program_.AddEntry(row + 1, -1);
    }
  }
}

void ProgramBuilder::AddEnergy() {
  if (!prices_.vary()) return;
  double least_left_wh = std::numeric_limits<double>::infinity();
  std::int64_t power_w = 0;
  for (const FlightArc& flight : flights_)
    least_left_wh = std::min(least_left_wh, flight.least_left_wh);
  for (std::int32_t v = 0; v < network_.vertiport_count(); ++v)
    power_w = std::max(power_w, ChargePowerW(network_, VertiportId{v}));
  double usable_wh = 0;  // of what is stored when the network opens
  for (const Aircraft& aircraft : scenario_.aircraft)
    usable_wh += std::max(0.0, ChargeAtOpeningWh(network_, aircraft) - least_left_wh);
  const double most = fleet_ * EnergyUnits(EnergyWh(power_w, grid_.width));
  for (int bin = 0; bin < grid_.bins; ++bin) {
    const int row = first_energy_row_ + bin;
    program_.AddColumn(-prices_.ExcessCents(bin, kEnergyUnitWh), 0, most);  // charged in the bin
    program_.AddEntry(row, -1);
    program_.AddColumn(0, -EnergyUnits(usable_wh), most * (bin + 1));  // charged less used so far
    program_.AddEntry(row, 1);
    if (bin + 1 < grid_.bins) program_.AddEntry(row + 1, -1);
  }
}

void ProgramBuilder::SetAllowance() {
  const OperatingRules& rules = scenario_.operations;
  // Charging sessions that do not follow a landing: the first one, and those after a cancelled
  // commitment, before which the aircraft held, or waited for the day's end.
  const SimDuration least_hold = rules.wake_on_change ? std::min(rules.hold, kMinute) : rules.hold;
  const std::int64_t sessions = 1 + (rules.close_time - rules.open_time) / least_hold + 2;
  constexpr double kRounding = 0.5;
  out_.allowance_cents_ =
      kRounding * (fleet_ * static_cast<double>(sessions) + 1);  // and the settlement
}

HindsightProgram::HindsightProgram(const sim::Network& network, const sim::RealisedDay& day,
                                   const ProgramOptions& options)
    : grid_(network, options.bin), flights_(ListFlightArcs(network, day, grid_, options.faults)) {
  ProgramBuilder(network, day, options, *this).Build();
}

}  // namespace skein::policy
