#include "sim/network.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string_view>
#include <utility>

#include "sim/domain/draw.h"
#include "sim/domain/reach.h"
#include "sim/domain/scenario_validate.h"

namespace skein::sim {
namespace {

constexpr double kMetresPerMile = 1609.344;
constexpr double kCentsPerUsd = 100;
constexpr double kMillicentsPerUsd = 100'000;
constexpr double kMicroUsdPerUsd = 1'000'000;
constexpr double kMsPerHour = 3'600'000;
constexpr double kSurgeUnit = 10;  // surge = log_b(Q ÷ 10). Source: docs/world.md, "paper"

// Requires: value ≥ 0.
std::int64_t RoundHalfUp(double value) {
  return static_cast<std::int64_t>(std::floor(value + 0.5));
}

double Miles(std::int64_t distance_m) { return static_cast<double>(distance_m) / kMetresPerMile; }

// A running 64-bit hash. Source: multiply and shift, constant of splitmix64 (Steele et al. 2014).
class Hasher {
 public:
  void Add(std::uint64_t value) {
    state_ = (state_ ^ value) * 0xBF58476D1CE4E5B9;
    state_ ^= state_ >> 31;
  }
  void Add(std::int64_t value) { Add(static_cast<std::uint64_t>(value)); }
  void Add(int value) { Add(static_cast<std::int64_t>(value)); }
  void Add(bool value) { Add(value ? 1 : 0); }
  void Add(double value) { Add(std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value)); }
  void Add(SimDuration value) { Add(value.count()); }
  void Add(SimTime value) { Add(ToMs(value)); }
  void Add(VertiportId value) { Add(std::int64_t{value.value}); }
  void Add(std::string_view text) {
    Add(static_cast<std::uint64_t>(text.size()));
    for (const char letter : text) Add(std::uint64_t{static_cast<unsigned char>(letter)});
  }
  template <class... Values>
  void AddAll(const Values&... values) {
    (Add(values), ...);
  }
  template <class Values>
  void AddEach(const Values& values) {
    Add(static_cast<std::uint64_t>(values.size()));
    for (const auto value : values) Add(value);
  }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0x9E3779B97F4A7C15;
};

void HashFleet(const Scenario& s, Hasher& hash) {
  hash.Add(s.vertiports.size());
  for (const Vertiport& v : s.vertiports) {
    hash.Add(std::string_view(v.name));
    hash.AddAll(v.latitude_deg, v.longitude_deg, v.x_m, v.y_m, v.stands, v.contingency_stands,
                v.chargers, v.pads, v.expected_delay, v.minimum_ceiling_ft, v.minimum_visibility_sm,
                v.follows_station, v.closure_probability_given_fog);
  }
  hash.Add(s.corridors.size());
  for (const Corridor& c : s.corridors)
    hash.AddAll(c.origin, c.destination, c.distance_m, c.lanes, c.closure_probability);
  hash.Add(s.aircraft.size());
  for (const Aircraft& a : s.aircraft) {
    hash.Add(std::string_view(a.name));
    hash.AddAll(a.vertiport, a.initial_state_of_charge, a.failure_probability);
  }
  const AircraftType& type = s.aircraft_type;
  hash.AddAll(type.seats, type.battery_wh, type.cruise_m_per_s, type.energy_wh_per_km,
              type.block_overhead, type.hold_power_w);
}

void HashRules(const Scenario& s, Hasher& hash) {
  hash.AddAll(s.energy.reserve, s.energy.alternate_required, s.energy.alternate_reserve,
              s.energy.alternate_hold, s.charging.charge_target);
  hash.Add(s.charging.curve.size());
  for (const ChargeStep& step : s.charging.curve)
    hash.AddAll(step.from_state_of_charge, step.power_w);
  const OperatingRules& o = s.operations;
  hash.AddAll(o.open_time, o.close_time, o.turnaround, o.hold, o.max_take_off_wait, o.movement,
              o.headway, o.movement_tolerance, o.wake_on_change, o.telemetry_period,
              o.telemetry_max_age);
  hash.AddAll(s.fare.base_usd, s.fare.per_mile_usd, s.fare.surge, s.fare.surge_log_base,
              s.fare.surge_index_factor);
  hash.AddAll(s.cost.per_passenger_mile_usd, s.cost.per_flight_hour_usd, s.cost.per_landing_usd);
  hash.AddEach(s.cost.energy_usd_per_kwh);
}

void HashDay(const Scenario& s, Hasher& hash) {
  hash.Add(s.demand.interval);
  hash.AddEach(s.demand.requests_per_hour);
  hash.Add(s.demand.intensity_sigma);
  hash.AddEach(s.demand.party_size_share);
  hash.AddAll(s.demand.patience, s.demand.advance_booking_share, s.demand.advance_booking_max);
  hash.AddAll(s.disturbance.delay_sigma, s.disturbance.delay_max, s.disturbance.repair_mean,
              s.disturbance.repair_sigma, s.disturbance.closure_min, s.disturbance.closure_max);
  hash.AddAll(s.weather.fog_ceiling_ft, s.weather.fog_visibility_sm);
  hash.Add(s.weather.days.size());
  for (const WeatherDay& day : s.weather.days) {
    hash.AddEach(day.ceiling_ft);
    hash.AddEach(day.visibility_sm);
  }
}

// Titles, dates and source notes are for people and left out.
std::uint64_t HashOf(const Scenario& scenario) {
  Hasher hash;
  hash.Add(scenario.rules_version);
  hash.Add(std::string_view(scenario.time_zone));
  HashFleet(scenario, hash);
  HashRules(scenario, hash);
  HashDay(scenario, hash);
  return hash.value();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Network>> Network::Create(Scenario scenario) {
  SKEIN_RETURN_IF_ERROR(ToStatus(Validate(scenario)));
  std::shared_ptr<Network> network(new Network());
  network->scenario_ = std::move(scenario);
  network->CompileQuantities();
  network->CompileLinks();
  network->hash_ = HashOf(network->scenario_);
  return network;
}

void Network::CompileQuantities() {
  const Scenario& s = scenario_;
  vertiport_count_ = static_cast<int>(s.vertiports.size());
  const SimDuration open_for = s.operations.close_time - s.operations.open_time;
  interval_count_ =
      static_cast<int>((open_for + s.demand.interval - SimDuration{1}) / s.demand.interval);
  battery_wh = s.aircraft_type.battery_wh;
  reserve_wh = ReserveWh(s);
  alternate_reserve_wh = AlternateReserveWh(s);
  alternate_hold_wh = AlternateHoldWh(s);
  charge_target_wh =
      RoundHalfUp(s.charging.charge_target * static_cast<double>(s.aircraft_type.battery_wh));
  for (std::size_t hour = 0; hour < energy_price.size(); ++hour)
    energy_price[hour] = RoundHalfUp(s.cost.energy_usd_per_kwh[hour] * kMicroUsdPerUsd);
  min_energy_price = *std::min_element(energy_price.begin(), energy_price.end());
  expected_delay_.reserve(s.vertiports.size());
  for (const Vertiport& vertiport : s.vertiports) {
    const double mean = ClampedNormalMean(static_cast<double>(vertiport.expected_delay.count()),
                                          static_cast<double>(s.disturbance.delay_sigma.count()), 0,
                                          static_cast<double>(s.disturbance.delay_max.count()));
    expected_delay_.emplace_back(RoundHalfUp(std::max(mean, 0.0)));
  }
}

void Network::CompileLinks() {
  const Scenario& s = scenario_;
  const auto count = static_cast<std::size_t>(vertiport_count_);
  links_.assign(count * count, Link{});
  passenger_cost_.assign(count * count, 0);
  flight_cost_.assign(count * count, 0);
  for (std::size_t c = 0; c < s.corridors.size(); ++c) {
    const Corridor& corridor = s.corridors[c];
    const std::size_t pair = corridor.origin.index() * count + corridor.destination.index();
    Link& link = links_[pair];
    link.destination = corridor.destination;
    link.corridor = static_cast<int>(c);
    link.energy_wh = FlightEnergyWh(s.aircraft_type, corridor.distance_m);
    link.block = s.aircraft_type.block_overhead +
                 SimDuration{RoundUp(static_cast<double>(corridor.distance_m) * 1000 /
                                     s.aircraft_type.cruise_m_per_s)};
    passenger_cost_[pair] =
        RoundHalfUp(s.cost.per_passenger_mile_usd * kMillicentsPerUsd * Miles(corridor.distance_m));
    flight_cost_[pair] =
        RoundHalfUp(kCentsPerUsd * (s.cost.per_flight_hour_usd *
                                        static_cast<double>(link.block.count()) / kMsPerHour +
                                    s.cost.per_landing_usd));
  }
  nearest_.reserve(s.corridors.size());
  nearest_begin_.assign(1, 0);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j)
      if (links_[i * count + j].corridor >= 0) nearest_.push_back(links_[i * count + j]);
    // The destinations are in order already, and the sort is stable.
    std::stable_sort(nearest_.begin() + static_cast<std::ptrdiff_t>(nearest_begin_.back()),
                     nearest_.end(),
                     [](const Link& a, const Link& b) { return a.energy_wh < b.energy_wh; });
    nearest_begin_.push_back(nearest_.size());
  }
}

std::span<const Link> Network::nearest(VertiportId j) const {
  const std::size_t begin = nearest_begin_[j.index()];
  return {nearest_.data() + begin, nearest_begin_[j.index() + 1] - begin};
}

std::vector<std::int64_t> Network::FareTable(std::span<const double> forecast) const {
  const auto count = static_cast<std::size_t>(vertiport_count_);
  const auto intervals = static_cast<std::size_t>(interval_count_);
  double sum = 0;
  for (const double rate : forecast) sum += rate;
  const double mean = sum / (static_cast<double>(count) * static_cast<double>(count - 1) *
                             static_cast<double>(intervals));
  const FareRule& fare = scenario_.fare;
  const bool surging = fare.surge && mean > 0;
  const double log_base = surging ? PortableLog(fare.surge_log_base) : 1;
  std::vector<std::int64_t> table(count * count * intervals, 0);
  for (std::size_t pair = 0; pair < count * count; ++pair) {
    if (links_[pair].corridor < 0) continue;
    const auto corridor = static_cast<std::size_t>(links_[pair].corridor);
    const double distance_usd = fare.per_mile_usd * Miles(scenario_.corridors[corridor].distance_m);
    for (std::size_t k = 0; k < intervals; ++k) {
      double surge = 1;
      if (surging) {
        const double index =
            fare.surge_index_factor * forecast[pair * intervals + k] / mean / kSurgeUnit;
        if (index > fare.surge_log_base) surge = PortableLog(index) / log_base;
      }
      table[pair * intervals + k] =
          RoundHalfUp(kCentsPerUsd * (fare.base_usd + distance_usd * surge));
    }
  }
  return table;
}

std::int64_t Network::passenger_cost_millicents(VertiportId i, VertiportId j) const {
  return passenger_cost_[i.index() * static_cast<std::size_t>(vertiport_count_) + j.index()];
}

std::int64_t Network::flight_cost_cents(VertiportId i, VertiportId j) const {
  return flight_cost_[i.index() * static_cast<std::size_t>(vertiport_count_) + j.index()];
}

int Network::IntervalOf(SimTime time) const {
  const SimDuration into_day = time.time_since_epoch() % kDay;
  const SimDuration into_opening = into_day - scenario_.operations.open_time.time_since_epoch();
  if (into_opening < SimDuration{0}) return 0;
  return static_cast<int>(
      std::min<std::int64_t>(into_opening / scenario_.demand.interval, interval_count_ - 1));
}

}  // namespace skein::sim
