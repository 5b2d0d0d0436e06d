#include "sim/realised_day.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <tuple>
#include <utility>

#include "sim/charging.h"
#include "sim/domain/draw.h"
#include "sim/domain/weather.h"
#include "sim/world.h"

namespace skein::sim {

// What is known of a day before the rest of it is drawn; as it stands, nothing.
struct KnownPart {
  int day = 0;                                  // the local day
  SimTime until = SimTime{} - kDay;             // only what becomes known later is drawn
  std::span<const double> forecast{};           // [V·V·T] requests per hour
  std::span<const AdvisoryState> advisories{};  // in force or to come, by id
  TripId next_trip{1};

  SimDuration midnight() const { return day * kDay; }
};

namespace {

// A Poisson mean up to here is drawn at once; a larger one in equal parts.
constexpr double kPoissonPart = 400;
constexpr std::uint32_t kPairShift = 16;  // an ordered pair in one word: origin and destination

std::uint32_t PairKey(std::size_t i, std::size_t j) {
  return (static_cast<std::uint32_t>(i) << kPairShift) | static_cast<std::uint32_t>(j);
}

SimDuration RoundToMs(double ms) {
  return SimDuration{static_cast<std::int64_t>(std::floor(ms + 0.5))};
}

// Poisson(mean) at an address. `interval` is the second word of it.
int DrawPoisson(std::uint64_t seed, std::uint32_t pair, std::uint32_t interval, double mean) {
  if (mean <= 0) return 0;
  const auto parts = static_cast<std::uint32_t>(std::ceil(mean / kPoissonPart));
  int count = 0;
  for (std::uint32_t part = 0; part < parts; ++part)
    count += PoissonQuantile(DrawUniform(seed, Stream::kDemandCount, pair, interval, part),
                             mean / parts);
  return count;
}

// A repair in a longer quantile than this takes longer than the model can tell.
constexpr double kLongestRepair = 1 - 1e-9;

double RepairUniform(std::uint64_t seed, AircraftId aircraft, int landing) {
  return DrawUniform(seed, Stream::kRepair, static_cast<std::uint32_t>(aircraft.value),
                     static_cast<std::uint32_t>(landing));
}

// Lognormal with the given mean, at a standard normal.
double LogNormal(double mean, double sigma, double normal) {
  return mean * PortableExp(sigma * normal - sigma * sigma / 2);
}

// A request before it is an event; small, so that sorting is cheap.
struct Request {
  SimTime announced;
  SimTime earliest;
  std::uint32_t pair;    // origin and destination, in this order
  std::uint32_t number;  // within the pair
  int passengers;
};

class DemandDraw {
 public:
  DemandDraw(const Network& network, std::uint64_t seed, const KnownPart& known)
      : network_(network),
        scenario_(network.scenario()),
        seed_(seed),
        known_(known),
        open_(scenario_.operations.open_time + known.midnight()),
        close_(scenario_.operations.close_time + known.midnight()) {
    double sum = 0;
    for (const double share : scenario_.demand.party_size_share)
      party_steps_.push_back(sum += share);
  }

  std::vector<Request> All() {
    const auto count = static_cast<std::size_t>(network_.vertiport_count());
    const auto intervals = static_cast<std::size_t>(network_.interval_count());
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < count; ++j)
        if (HasCorridor(i, j))
          Pair(PairKey(i, j), known_.forecast.subspan((i * count + j) * intervals, intervals));
    }
    std::erase_if(requests_, [&](const Request& r) { return r.announced <= known_.until; });
    std::sort(requests_.begin(), requests_.end(), [](const Request& a, const Request& b) {
      return std::tie(a.announced, a.pair, a.number) < std::tie(b.announced, b.pair, b.number);
    });
    return std::move(requests_);
  }

 private:
  bool HasCorridor(std::size_t i, std::size_t j) const {
    return network_
               .link(VertiportId{static_cast<std::int32_t>(i)},
                     VertiportId{static_cast<std::int32_t>(j)})
               .corridor >= 0;
  }

  void Pair(std::uint32_t pair, std::span<const double> rates) {
    if (std::all_of(rates.begin(), rates.end(), [](double rate) { return rate == 0; })) return;
    const DemandModel& demand = scenario_.demand;
    double intensity = 1;
    if (demand.intensity_sigma > 0)
      intensity = LogNormal(1, demand.intensity_sigma,
                            NormalQuantile(DrawUniform(seed_, Stream::kIntensity, pair)));
    std::uint32_t number = 0;
    for (std::size_t k = 0; k < rates.size(); ++k) {
      const SimTime start = open_ + static_cast<std::int64_t>(k) * demand.interval;
      const SimDuration length = std::min(demand.interval, close_ - start);
      if (start + length <= known_.until) continue;
      const double hours = static_cast<double>(length.count()) / static_cast<double>(kHour.count());
      const auto interval = static_cast<std::uint32_t>(k);
      const int n = DrawPoisson(seed_, pair, interval, rates[k] * hours * intensity);
      for (int at = 0; at < n; ++at)
        requests_.push_back(
            One(pair, interval, static_cast<std::uint32_t>(at), start, length, number++));
    }
  }

  Request One(std::uint32_t pair, std::uint32_t interval, std::uint32_t at, SimTime start,
              SimDuration length, std::uint32_t number) const {
    const double along = DrawUniform(seed_, Stream::kDemandTime, pair, interval, at);
    const SimTime earliest =
        start + SimDuration{static_cast<std::int64_t>(along * static_cast<double>(length.count()))};
    return {Announced(pair, interval, at, earliest), earliest, pair, number,
            PartySize(DrawUniform(seed_, Stream::kDemandParty, pair, interval, at))};
  }

  // When a party that wants to leave at `earliest` makes its request.
  SimTime Announced(std::uint32_t pair, std::uint32_t interval, std::uint32_t at,
                    SimTime earliest) const {
    const double share = scenario_.demand.advance_booking_share;
    if (share <= 0) return earliest;
    const double u = DrawUniform(seed_, Stream::kDemandAdvance, pair, interval, at);
    if (u >= share) return earliest;
    // Below the share, u ÷ share is uniform in (0, 1) again.
    const double ahead_ms =
        u / share * static_cast<double>(scenario_.demand.advance_booking_max.count());
    return std::max(open_, earliest - RoundToMs(ahead_ms));
  }

  int PartySize(double u) const {
    std::size_t k = 0;
    while (k + 1 < party_steps_.size() && u >= party_steps_[k]) ++k;
    return static_cast<int>(k) + 1;
  }

  const Network& network_;
  const Scenario& scenario_;
  std::uint64_t seed_;
  const KnownPart& known_;
  SimTime open_;
  SimTime close_;
  std::vector<double> party_steps_;  // cumulative shares
  std::vector<Request> requests_;
};

bool IsClosureOf(const Advisory& advisory, VertiportId i, VertiportId j) {
  return advisory.kind == AdvisoryKind::kCorridorClosed &&
         ((advisory.vertiport == i && advisory.corridor_end == j) ||
          (advisory.vertiport == j && advisory.corridor_end == i));
}

// Closures of corridors: at most one per undirected pair and day.
void DrawClosures(const Network& network, std::uint64_t seed, const KnownPart& known,
                  std::vector<Advisory>& advisories) {
  const Scenario& s = network.scenario();
  const auto day_ms =
      static_cast<double>((s.operations.close_time - s.operations.open_time).count());
  const auto shortest = static_cast<double>(s.disturbance.closure_min.count());
  const auto longest = static_cast<double>(s.disturbance.closure_max.count());
  for (std::int32_t i = 0; i < network.vertiport_count(); ++i) {
    for (std::int32_t j = i + 1; j < network.vertiport_count(); ++j) {
      const int forth = network.link(VertiportId{i}, VertiportId{j}).corridor;
      const int back = network.link(VertiportId{j}, VertiportId{i}).corridor;
      if (forth < 0 && back < 0) continue;
      if (std::any_of(known.advisories.begin(), known.advisories.end(),
                      [&](const AdvisoryState& a) {
                        return IsClosureOf(a.advisory, VertiportId{i}, VertiportId{j});
                      }))
        continue;
      const auto corridor = static_cast<std::size_t>(forth >= 0 ? forth : back);
      const std::uint32_t pair = PairKey(static_cast<std::size_t>(i), static_cast<std::size_t>(j));
      if (DrawUniform(seed, Stream::kClosure, pair, 0) >= s.corridors[corridor].closure_probability)
        continue;
      Advisory& advisory = advisories.emplace_back();
      advisory.kind = AdvisoryKind::kCorridorClosed;
      advisory.vertiport = s.corridors[corridor].origin;
      advisory.corridor_end = s.corridors[corridor].destination;
      advisory.both_directions = forth >= 0 && back >= 0;
      advisory.start = s.operations.open_time + known.midnight() +
                       SimDuration{static_cast<std::int64_t>(
                           day_ms * DrawUniform(seed, Stream::kClosure, pair, 1))};
      advisory.end =
          advisory.start +
          RoundToMs(shortest + (longest - shortest) * DrawUniform(seed, Stream::kClosure, pair, 2));
    }
  }
  std::erase_if(advisories, [](const Advisory& a) { return a.end <= a.start; });
}

bool IsBelowMinimaOf(const Vertiport& v, const WeatherDay& day, std::int64_t hour) {
  return IsBelow(day, hour, v.minimum_ceiling_ft, v.minimum_visibility_sm);
}

bool IsClosed(const KnownPart& known, VertiportId vertiport) {
  return std::any_of(
      known.advisories.begin(), known.advisories.end(), [&](const AdvisoryState& state) {
        const Advisory& a = state.advisory;
        return a.kind == AdvisoryKind::kVertiportClosed && a.vertiport == vertiport &&
               a.start <= known.until && known.until < a.end;
      });
}

// The days of the table that close in the hour of `known.until` exactly what is closed then; all
// days, if there is none or the network is not open.
std::vector<const WeatherDay*> PossibleDays(const Scenario& s, const KnownPart& known) {
  std::vector<const WeatherDay*> all;
  for (const WeatherDay& day : s.weather.days) all.push_back(&day);
  if (known.until < s.operations.open_time + known.midnight() ||
      known.until >= s.operations.close_time + known.midnight())
    return all;
  std::vector<const WeatherDay*> possible;
  const std::int64_t hour = HourOf(known.until);
  std::copy_if(all.begin(), all.end(), std::back_inserter(possible), [&](const WeatherDay* day) {
    for (std::size_t k = 0; k < s.vertiports.size(); ++k) {
      const Vertiport& v = s.vertiports[k];
      if (v.follows_station && IsBelowMinimaOf(v, *day, hour) !=
                                   IsClosed(known, VertiportId{static_cast<std::int32_t>(k)}))
        return false;
    }
    return true;
  });
  return possible.empty() ? all : possible;
}

// Closures of vertiports by the weather of a real day, hour by hour.
void DrawWeather(const Network& network, std::uint64_t seed, const KnownPart& known,
                 std::vector<Advisory>& advisories) {
  const Scenario& s = network.scenario();
  const Weather& weather = s.weather;
  if (weather.days.empty()) return;
  const std::vector<const WeatherDay*> days = PossibleDays(s, known);
  const WeatherDay& day =
      *days[DrawIndex(static_cast<std::uint32_t>(days.size()), seed, Stream::kWeather, 0)];
  const std::int64_t first = ToMs(s.operations.open_time) / kHour.count();
  for (std::int64_t hour = first; kHour * hour < s.operations.close_time.time_since_epoch();
       ++hour) {
    const bool fog = InFog(weather, day, hour);
    for (std::size_t k = 0; k < s.vertiports.size(); ++k) {
      const Vertiport& v = s.vertiports[k];
      const bool closed = v.follows_station ? IsBelowMinimaOf(v, day, hour)
                                            : fog && DrawUniform(seed, Stream::kWeatherSite,
                                                                 static_cast<std::uint32_t>(k),
                                                                 static_cast<std::uint32_t>(hour)) <
                                                         v.closure_probability_given_fog;
      if (!closed) continue;
      Advisory& advisory = advisories.emplace_back();
      advisory.kind = AdvisoryKind::kVertiportClosed;
      advisory.vertiport = VertiportId{static_cast<std::int32_t>(k)};
      advisory.start = SimTime{kHour * hour} + known.midnight();
      advisory.end = advisory.start + kHour;
    }
  }
}

}  // namespace

RealisedDay::RealisedDay(std::shared_ptr<const Network> network, std::uint64_t seed)
    : RealisedDay(network, seed, KnownPart{.forecast = network->forecast()}) {}

RealisedDay RealisedDay::Forecast(const World& world, std::uint64_t seed) {
  return RealisedDay(world.shared_network(), seed,
                     KnownPart{.day = world.today().day,
                               .until = world.now(),
                               .forecast = world.forecast(),
                               .advisories = world.state().advisories,
                               .next_trip = world.state().next_trip()});
}

RealisedDay::RealisedDay(std::shared_ptr<const Network> network, std::uint64_t seed,
                         const KnownPart& known)
    : network_(std::move(network)), seed_(seed), day_(known.day), known_until_(known.until) {
  std::vector<Advisory> advisories;
  DrawClosures(*network_, seed_, known, advisories);
  DrawWeather(*network_, seed_, known, advisories);
  std::erase_if(advisories, [&](const Advisory& a) { return a.start <= known.until; });
  std::stable_sort(advisories.begin(), advisories.end(),
                   [](const Advisory& a, const Advisory& b) { return a.start < b.start; });
  const std::vector<Request> requests = DemandDraw(*network_, seed_, known).All();

  events_.reserve(advisories.size() + requests.size());
  std::int64_t next_advisory =
      known.advisories.empty() ? 1 : known.advisories.back().advisory.id.value + 1;
  std::size_t issued = 0;
  const auto issue_until = [&](SimTime time) {
    for (; issued < advisories.size() && advisories[issued].start <= time; ++issued) {
      advisories[issued].id = AdvisoryId{next_advisory++};
      events_.push_back({advisories[issued].start, AdvisoryIssued{advisories[issued]}});
    }
  };
  const SimDuration patience = network_->scenario().demand.patience;
  for (std::size_t k = 0; k < requests.size(); ++k) {
    const Request& request = requests[k];
    issue_until(request.announced);
    TripRequested trip;
    trip.trip = TripId{known.next_trip.value + static_cast<std::int64_t>(k)};
    trip.origin = VertiportId{static_cast<std::int32_t>(request.pair >> kPairShift)};
    trip.destination =
        VertiportId{static_cast<std::int32_t>(request.pair & ((1U << kPairShift) - 1))};
    trip.passengers = request.passengers;
    trip.earliest = request.earliest;
    trip.latest = request.earliest + patience;
    events_.push_back({request.announced, trip});
  }
  issue_until(kNever);
}

SimDuration RealisedDay::Delay(VertiportId vertiport, SimTime planned) const {
  const Scenario& s = network_->scenario();
  const auto mean = static_cast<double>(s.vertiports[vertiport.index()].expected_delay.count());
  const auto sigma = static_cast<double>(s.disturbance.delay_sigma.count());
  const auto longest = static_cast<double>(s.disturbance.delay_max.count());
  const auto minute = static_cast<std::uint32_t>(planned.time_since_epoch() / kMinute);
  const double normal = NormalQuantile(
      DrawUniform(seed_, Stream::kDelay, static_cast<std::uint32_t>(vertiport.value), minute));
  return RoundToMs(std::clamp(mean + sigma * normal, 0.0, longest));
}

bool RealisedDay::Fails(AircraftId aircraft, int landing) const {
  const std::vector<Aircraft>& fleet = network_->scenario().aircraft;
  if (aircraft.index() >= fleet.size()) return false;  // joined during the day
  return DrawUniform(seed_, Stream::kFailure, static_cast<std::uint32_t>(aircraft.value),
                     static_cast<std::uint32_t>(landing)) <
         fleet[aircraft.index()].failure_probability;
}

SimDuration RealisedDay::Repair(AircraftId aircraft, int landing) const {
  const DisturbanceModel& disturbance = network_->scenario().disturbance;
  return RoundToMs(LogNormal(static_cast<double>(disturbance.repair_mean.count()),
                             disturbance.repair_sigma,
                             NormalQuantile(RepairUniform(seed_, aircraft, landing))));
}

SimTime RealisedDay::Return(AircraftId aircraft, int landing, SimTime failed) const {
  if (failed > known_until_) return failed + Repair(aircraft, landing);
  const DisturbanceModel& disturbance = network_->scenario().disturbance;
  const auto mean = static_cast<double>(disturbance.repair_mean.count());
  const double sigma = disturbance.repair_sigma;
  const auto elapsed =
      static_cast<double>(std::max<std::int64_t>((known_until_ - failed).count(), 1));
  if (mean <= 0 || sigma <= 0) return std::max(known_until_, failed + Repair(aircraft, landing));
  // Repairs that would be finished by now are left out: a draw from the rest of the distribution.
  const double finished = NormalCdf(PortableLog(elapsed / mean) / sigma + sigma / 2);
  const double u = finished + (1 - finished) * RepairUniform(seed_, aircraft, landing);
  if (u > kLongestRepair) return kNever;
  return std::max(known_until_, failed + RoundToMs(LogNormal(mean, sigma, NormalQuantile(u))));
}

}  // namespace skein::sim
