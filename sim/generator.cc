#include "sim/generator.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"

#include "sim/domain/draw.h"
#include "sim/domain/reach.h"

namespace skein::sim {
namespace {

// Every constant of `paper`, with its source. "stated": in the abstract of the CapTAIN paper;
// "2022 code": read in the code of its predecessor; "remembered": said of the paper's body, not
// checked against it; "assumed": chosen by calibration. docs/simulation.md has the table and more.
constexpr double kMetresPerMile = 1609.344;
constexpr std::size_t kBaseVertiports = 8;     // stated
constexpr double kSideMiles = 50;              // 2022 code; at 8 vertiports
constexpr double kMinSpacingMiles = 6;         // assumed
constexpr int kVertiportsPerVertistop = 4;     // remembered
constexpr double kFlyableShare = 0.6;          // assumed; of ordered pairs, at up to 8 vertiports
constexpr double kTypicalFlyableShare = 0.71;  // measured at 8 vertiports, see kIndexFactor
constexpr double kInnerSquareLow = 0.3;        // assumed: [15, 35] of 50 miles
constexpr double kInnerSquareHigh = 0.7;
constexpr std::uint32_t kMaxDraws = 1000;  // of a network
constexpr std::uint32_t kMaxDartsPerVertiport = 1000;

constexpr int kSeats = 4;                     // 2022 code
constexpr double kCruiseMph = 74.5;           // 2022 code
constexpr std::int64_t kBatteryWh = 110'000;  // 2022 code
constexpr double kWhPerMile = 2200;           // 2022 code: 110 kWh for 50 miles
constexpr double kReserve = 0.1;              // assumed
constexpr std::int64_t kChargerW = 150'000;   // 2022 code
constexpr double kTaperFrom = 0.8;            // assumed
constexpr double kTaperEnd = 0.2;             // assumed; of the power, at full
constexpr int kTaperSteps = 10;               // assumed; each has the power of its middle

constexpr int kMinStands = 10;                          // remembered
constexpr int kStandsPerAircraft = 2;                   // assumed; of its even share of the fleet
constexpr double kChargersPerStand = 0.6;               // remembered: 6 of 10
constexpr int kPads = 2;                                // assumed
constexpr SimDuration kMovement{90'000};                // assumed
constexpr SimDuration kMovementTolerance = kMinute;     // assumed
constexpr SimDuration kTurnaround = 8 * kMinute;        // assumed
constexpr SimDuration kBlockOverhead = 3 * kMinute;     // assumed
constexpr int kLanes = 2;                               // remembered
constexpr SimDuration kHeadway{90'000};                 // assumed
constexpr SimDuration kMaxTakeOffWait = 30 * kMinute;   // assumed
constexpr double kClosureProbabilityMax = 0.05;         // remembered
constexpr SimDuration kClosureMin = kHour;              // assumed
constexpr SimDuration kClosureMax = 3 * kHour;          // assumed
constexpr SimDuration kExpectedDelayMax = 6 * kMinute;  // remembered
constexpr SimDuration kDelaySigma = 6 * kMinute;        // remembered
constexpr SimDuration kDelayMax = 30 * kMinute;         // remembered
constexpr double kFailureProbabilityMax = 0.005;        // remembered
constexpr SimDuration kRepairMean = 2 * kHour;          // assumed
constexpr double kRepairSigma = 0.5;                    // assumed
constexpr SimDuration kHold = 15 * kMinute;             // 2022 code
constexpr SimTime kOpen{6 * kHour};                     // 2022 code
constexpr SimTime kClose{18 * kHour};                   // 2022 code

constexpr double kRequestsPerAircraft = 37.5;  // assumed: this is ρ
constexpr double kCentrePairWeight = 3;        // assumed
constexpr double kOutsidePairWeight = 0.5;     // assumed
constexpr int kHours = 12;
// Requests by hour from 06:00, relative; remembered (peaks), assumed (heights).
constexpr double kMorning[kHours] = {1, 2, 4, 2, 1, 1, 1, 1, 1, 1, 1, 1};
constexpr double kEvening[kHours] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 2};
constexpr double kPairSigma = 0.5;                          // assumed; lognormal weight of a pair
constexpr double kIntensitySigma = 0.2;                     // assumed; lognormal, per pair and day
constexpr double kPartySizes[] = {0.50, 0.30, 0.12, 0.08};  // assumed
constexpr SimDuration kPatience = 40 * kMinute;             // assumed

constexpr double kBaseFareUsd = 5;                   // remembered
constexpr double kPerMileUsd = 0.64;                 // remembered; fare and cost alike
constexpr double kIndexFactor = 12;                  // assumed
constexpr double kSurgeLogBase = 2.718281828459045;  // assumed
constexpr double kEnergyUsdPerKwh = 0.20;            // 2022 code

// What a draw of the generator is for; part of its address.
enum class Purpose : std::uint32_t {
  kPlaceX,
  kPlaceY,
  kCentreX,
  kCentreY,
  kPairWeight,
  kClosure,
  kExpectedDelay,
  kFailure,
};

double Uniform(std::uint64_t seed, Purpose purpose, std::uint32_t item, std::uint32_t repeat = 0) {
  return DrawUniform(seed, Stream::kGenerator, static_cast<std::uint32_t>(purpose), item, repeat);
}

std::int64_t ToMetres(double miles) {
  return static_cast<std::int64_t>(std::floor(miles * kMetresPerMile + 0.5));
}

// The side of the area: the density of vertiports stays that of 8 in 50 × 50 miles. (Assumed.)
double SideMiles(std::size_t vertiports) {
  return kSideMiles *
         std::sqrt(static_cast<double>(vertiports) / static_cast<double>(kBaseVertiports));
}

// Throws vertiports onto the area one by one, each again until it keeps its distance to those that
// have a place. `draw` counts the throws of the network so far. False: one found no place.
bool Place(std::uint64_t seed, std::uint32_t draw, double side, std::vector<bool>& placed,
           std::vector<Vertiport>& vertiports) {
  const std::int64_t spacing = ToMetres(kMinSpacingMiles);
  const auto keeps_distance = [&](std::size_t k) {
    for (std::size_t other = 0; other < vertiports.size(); ++other) {
      if (!placed[other]) continue;
      const std::int64_t dx = vertiports[other].x_m - vertiports[k].x_m;
      const std::int64_t dy = vertiports[other].y_m - vertiports[k].y_m;
      if (dx * dx + dy * dy < spacing * spacing) return false;
    }
    return true;
  };
  for (std::size_t k = 0; k < vertiports.size(); ++k) {
    for (std::uint32_t dart = 0; dart < kMaxDartsPerVertiport && !placed[k]; ++dart) {
      const auto item = static_cast<std::uint32_t>(k);
      const std::uint32_t repeat = draw * kMaxDartsPerVertiport + dart;
      vertiports[k].x_m = ToMetres(side * Uniform(seed, Purpose::kPlaceX, item, repeat));
      vertiports[k].y_m = ToMetres(side * Uniform(seed, Purpose::kPlaceY, item, repeat));
      placed[k] = keeps_distance(k);
    }
    if (!placed[k]) return false;
  }
  return true;
}

std::int64_t DistanceM(const Vertiport& a, const Vertiport& b) {
  const auto dx = static_cast<double>(a.x_m - b.x_m);
  const auto dy = static_cast<double>(a.y_m - b.y_m);
  return static_cast<std::int64_t>(std::floor(std::sqrt(dx * dx + dy * dy) + 0.5));
}

void Connect(std::uint64_t seed, Scenario& scenario) {
  const auto count = static_cast<std::int32_t>(scenario.vertiports.size());
  scenario.corridors.clear();
  scenario.corridors.reserve(static_cast<std::size_t>(count) * static_cast<std::size_t>(count));
  for (std::int32_t i = 0; i < count; ++i) {
    for (std::int32_t j = 0; j < count; ++j) {
      if (i == j) continue;
      Corridor& corridor = scenario.corridors.emplace_back();
      corridor.origin = VertiportId{i};
      corridor.destination = VertiportId{j};
      corridor.distance_m = DistanceM(scenario.vertiports[static_cast<std::size_t>(i)],
                                      scenario.vertiports[static_cast<std::size_t>(j)]);
      corridor.lanes = kLanes;
      corridor.closure_probability =
          kClosureProbabilityMax * Uniform(seed, Purpose::kClosure,
                                           static_cast<std::uint32_t>(std::min(i, j)),
                                           static_cast<std::uint32_t>(std::max(i, j)));
    }
  }
}

// Draws places until the network is legal; then scenario has vertiports and corridors.
// In networks larger than the base, which hardly ever are connected at once, only the vertiports
// that are cut off are thrown again. (Assumed.)
absl::StatusOr<Reach> DrawNetwork(std::uint64_t seed, Scenario& scenario) {
  const std::size_t count = scenario.vertiports.size();
  const double side = SideMiles(count);
  // As many destinations per vertiport as kFlyableShare asks for at the base size, however large
  // the area: most of a larger one is out of reach. (Assumed.)
  const double partners = kFlyableShare * static_cast<double>(std::min(count, kBaseVertiports) - 1);
  std::vector<bool> placed(count, false);
  for (std::uint32_t draw = 0; draw < kMaxDraws; ++draw) {
    if (!Place(seed, draw, side, placed, scenario.vertiports)) {
      placed.assign(count, false);
      continue;
    }
    Connect(seed, scenario);
    Reach reach(scenario);
    const bool enough = reach.flyable_pairs() >= partners * static_cast<double>(count);
    if (enough && reach.StronglyConnected()) return reach;
    placed.assign(count, false);
    if (!enough || count <= kBaseVertiports) continue;
    const std::vector<bool> reached = reach.ReachedFromFirst();
    const std::vector<bool> reaching = reach.ReachingFirst();
    for (std::size_t k = 0; k < count; ++k) placed[k] = reached[k] && reaching[k];
    // Cut off from most, it is the first one that must move.
    placed[0] = 2 * std::count(placed.begin(), placed.end(), true) > std::ssize(placed);
  }
  return absl::InvalidArgumentError(absl::StrFormat(
      "vertiports = %d: no legal network in %d draws of seed %u", count, kMaxDraws, seed));
}

std::vector<Vertiport> MakeVertiports(std::uint64_t seed, const PaperOptions& options) {
  const int vertistops = options.vertiports / kVertiportsPerVertistop;
  const int share =
      (kStandsPerAircraft * options.aircraft + options.vertiports - 1) / options.vertiports;
  const int stands = std::max(kMinStands, share);
  const int chargers = static_cast<int>(std::ceil(kChargersPerStand * stands - 1e-9));
  std::vector<Vertiport> vertiports(static_cast<std::size_t>(options.vertiports));
  for (int k = 0; k < options.vertiports; ++k) {
    Vertiport& vertiport = vertiports[static_cast<std::size_t>(k)];
    vertiport.name = absl::StrFormat("V%02d", k + 1);
    vertiport.stands = stands;
    // The last ones: places are exchangeable, so this is a random choice.
    vertiport.chargers = k < options.vertiports - vertistops ? chargers : 0;
    vertiport.pads = kPads;
    vertiport.expected_delay = SimDuration{static_cast<std::int64_t>(
        static_cast<double>(kExpectedDelayMax.count()) *
        Uniform(seed, Purpose::kExpectedDelay, static_cast<std::uint32_t>(k)))};
    vertiport.provenance = Provenance::kAssumed;
  }
  return vertiports;
}

void MakeFleet(std::uint64_t seed, int count, Scenario& scenario) {
  scenario.aircraft.resize(static_cast<std::size_t>(count));
  for (int k = 0; k < count; ++k) {
    Aircraft& aircraft = scenario.aircraft[static_cast<std::size_t>(k)];
    aircraft.name = absl::StrFormat("N%03d", k + 1);
    aircraft.vertiport =
        VertiportId{static_cast<std::int32_t>(k % static_cast<int>(scenario.vertiports.size()))};
    aircraft.failure_probability =
        kFailureProbabilityMax * Uniform(seed, Purpose::kFailure, static_cast<std::uint32_t>(k));
  }
  AircraftType& type = scenario.aircraft_type;
  type.title = "four seats, 74.5 mph, 110 kWh";
  type.seats = kSeats;
  type.battery_wh = kBatteryWh;
  type.cruise_m_per_s = kCruiseMph * kMetresPerMile / 3600;
  type.energy_wh_per_km = kWhPerMile * 1000 / kMetresPerMile;
  type.block_overhead = kBlockOverhead;
  scenario.energy.reserve = kReserve;
  scenario.energy.alternate_required = true;
  scenario.energy.alternate_reserve = kReserve;
  scenario.charging.curve.push_back({0, kChargerW});
  for (int k = 0; k < kTaperSteps; ++k) {
    const double middle = (k + 0.5) / kTaperSteps;
    const double power = static_cast<double>(kChargerW) * (1 - (1 - kTaperEnd) * middle);
    scenario.charging.curve.push_back({kTaperFrom + (1 - kTaperFrom) * k / kTaperSteps,
                                       static_cast<std::int64_t>(std::floor(power + 0.5))});
  }
}

void MakeRules(Scenario& scenario) {
  OperatingRules& rules = scenario.operations;
  rules.open_time = kOpen;
  rules.close_time = kClose;
  rules.turnaround = kTurnaround;
  rules.hold = kHold;
  rules.max_take_off_wait = kMaxTakeOffWait;
  rules.movement = kMovement;
  rules.headway = kHeadway;
  rules.movement_tolerance = kMovementTolerance;
  scenario.fare.base_usd = kBaseFareUsd;
  scenario.fare.per_mile_usd = kPerMileUsd;
  scenario.fare.surge = true;
  scenario.fare.surge_log_base = kSurgeLogBase;
  scenario.fare.surge_index_factor = kIndexFactor;
  scenario.cost.per_passenger_mile_usd = kPerMileUsd;
  scenario.cost.energy_usd_per_kwh.assign(24, kEnergyUsdPerKwh);
  DisturbanceModel& disturbance = scenario.disturbance;
  disturbance.delay_sigma = kDelaySigma;
  disturbance.delay_max = kDelayMax;
  disturbance.repair_mean = kRepairMean;
  disturbance.repair_sigma = kRepairSigma;
  disturbance.closure_min = kClosureMin;
  disturbance.closure_max = kClosureMax;
}

// The centres of demand: the vertiports with chargers nearest to a random point of the inner
// square.
std::vector<bool> DrawCentres(std::uint64_t seed, const std::vector<Vertiport>& vertiports) {
  const double side = SideMiles(vertiports.size());
  const auto coordinate = [&](Purpose purpose) {
    const double along =
        kInnerSquareLow + (kInnerSquareHigh - kInnerSquareLow) * Uniform(seed, purpose, 0);
    return ToMetres(side * along);
  };
  Vertiport point;
  point.x_m = coordinate(Purpose::kCentreX);
  point.y_m = coordinate(Purpose::kCentreY);
  std::vector<std::size_t> order(vertiports.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t k) { return vertiports[k].chargers == 0; });
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return DistanceM(vertiports[a], point) < DistanceM(vertiports[b], point);
  });
  const std::size_t wanted = (3 * vertiports.size() + 7) / 8;  // ⌈3V/8⌉
  std::vector<bool> centre(vertiports.size(), false);
  for (std::size_t k = 0; k < std::min(wanted, order.size()); ++k) centre[order[k]] = true;
  return centre;
}

// The relative hourly rate of a pair, before its weight.
double RelativeRate(bool from_centre, bool to_centre, int hour) {
  if (from_centre && to_centre) return kCentrePairWeight * std::max(kMorning[hour], kEvening[hour]);
  if (to_centre) return kMorning[hour];
  if (from_centre) return kEvening[hour];
  return kOutsidePairWeight;
}

void MakeDemand(std::uint64_t seed, const Reach& reach, Scenario& scenario) {
  const std::size_t count = scenario.vertiports.size();
  const std::vector<bool> centre = DrawCentres(seed, scenario.vertiports);
  DemandModel& demand = scenario.demand;
  demand.interval = kHour;
  demand.requests_per_hour.assign(count * count * kHours, 0);
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      const VertiportId origin{static_cast<std::int32_t>(i)};
      const VertiportId destination{static_cast<std::int32_t>(j)};
      if (i == j || !reach.Flyable(origin, destination)) continue;
      const double normal =
          NormalQuantile(Uniform(seed, Purpose::kPairWeight, static_cast<std::uint32_t>(i),
                                 static_cast<std::uint32_t>(j)));
      const double weight = PortableExp(kPairSigma * normal);
      for (int hour = 0; hour < kHours; ++hour) {
        const double rate = weight * RelativeRate(centre[i], centre[j], hour);
        demand.requests_per_hour[(i * count + j) * kHours + static_cast<std::size_t>(hour)] = rate;
        sum += rate;
      }
    }
  }
  const double scale = kRequestsPerAircraft * static_cast<double>(scenario.aircraft.size()) / sum;
  for (double& rate : demand.requests_per_hour) rate *= scale;
  demand.intensity_sigma = kIntensitySigma;
  demand.party_size_share.assign(std::begin(kPartySizes), std::end(kPartySizes));
  demand.patience = kPatience;
  // In a larger area fewer of all pairs are flyable, and the mean over all pairs falls; the factor
  // falls with it, so that fares mean the same at every size. (Assumed.)
  if (count > kBaseVertiports) {
    const double share =
        reach.flyable_pairs() / (static_cast<double>(count) * static_cast<double>(count - 1));
    scenario.fare.surge_index_factor = kIndexFactor * share / kTypicalFlyableShare;
  }
}

}  // namespace

absl::StatusOr<Scenario> GeneratePaper(std::uint64_t seed, const PaperOptions& options) {
  if (options.vertiports < kMinPaperVertiports || options.vertiports > kMaxVertiports)
    return absl::InvalidArgumentError(absl::StrFormat(
        "vertiports = %d, want [%d, %d]", options.vertiports, kMinPaperVertiports, kMaxVertiports));
  if (options.aircraft < 1 || options.aircraft > kMaxAircraft)
    return absl::InvalidArgumentError(
        absl::StrFormat("aircraft = %d, want [1, %d]", options.aircraft, kMaxAircraft));
  Scenario scenario;
  scenario.name = absl::StrFormat("paper-%dx%d-%u", options.vertiports, options.aircraft, seed);
  scenario.title = absl::StrFormat("Synthetic benchmark: %d vertiports, %d aircraft, seed %u",
                                   options.vertiports, options.aircraft, seed);
  scenario.time_zone = "Etc/UTC";
  scenario.vertiports = MakeVertiports(seed, options);
  MakeFleet(seed, options.aircraft, scenario);
  MakeRules(scenario);
  SKEIN_ASSIGN_OR_RETURN(const Reach reach, DrawNetwork(seed, scenario));
  MakeDemand(seed, reach, scenario);
  scenario.sources.push_back({"*", Provenance::kAssumed,
                              "Generated; docs/simulation.md says which constants are known from "
                              "CapTAIN and which are assumed."});
  return scenario;
}

}  // namespace skein::sim
