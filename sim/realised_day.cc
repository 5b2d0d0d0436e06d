#include "sim/realised_day.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <tuple>
#include <utility>

#include "sim/domain/draw.h"
#include "sim/domain/weather.h"

namespace skein::sim {
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
  DemandDraw(const Network& network, std::uint64_t seed)
      : network_(network), scenario_(network.scenario()), seed_(seed) {
    double sum = 0;
    for (const double share : scenario_.demand.party_size_share)
      party_steps_.push_back(sum += share);
  }

  std::vector<Request> All() {
    const auto count = static_cast<std::size_t>(network_.vertiport_count());
    const auto intervals = static_cast<std::size_t>(network_.interval_count());
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < count; ++j)
        Pair(PairKey(i, j), network_.forecast().subspan((i * count + j) * intervals, intervals));
    }
    std::sort(requests_.begin(), requests_.end(), [](const Request& a, const Request& b) {
      return std::tie(a.announced, a.pair, a.number) < std::tie(b.announced, b.pair, b.number);
    });
    return std::move(requests_);
  }

 private:
  void Pair(std::uint32_t pair, std::span<const double> rates) {
    if (std::all_of(rates.begin(), rates.end(), [](double rate) { return rate == 0; })) return;
    const DemandModel& demand = scenario_.demand;
    double intensity = 1;
    if (demand.intensity_sigma > 0)
      intensity = LogNormal(1, demand.intensity_sigma,
                            NormalQuantile(DrawUniform(seed_, Stream::kIntensity, pair)));
    std::uint32_t number = 0;
    for (std::size_t k = 0; k < rates.size(); ++k) {
      const SimTime start =
          scenario_.operations.open_time + static_cast<std::int64_t>(k) * demand.interval;
      const SimDuration length = std::min(demand.interval, scenario_.operations.close_time - start);
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
    return std::max(scenario_.operations.open_time, earliest - RoundToMs(ahead_ms));
  }

  int PartySize(double u) const {
    std::size_t k = 0;
    while (k + 1 < party_steps_.size() && u >= party_steps_[k]) ++k;
    return static_cast<int>(k) + 1;
  }

  const Network& network_;
  const Scenario& scenario_;
  std::uint64_t seed_;
  std::vector<double> party_steps_;  // cumulative shares
  std::vector<Request> requests_;
};

// Closures of corridors: at most one per undirected pair and day.
void DrawClosures(const Network& network, std::uint64_t seed, std::vector<Advisory>& advisories) {
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
      const auto corridor = static_cast<std::size_t>(forth >= 0 ? forth : back);
      const std::uint32_t pair = PairKey(static_cast<std::size_t>(i), static_cast<std::size_t>(j));
      if (DrawUniform(seed, Stream::kClosure, pair, 0) >= s.corridors[corridor].closure_probability)
        continue;
      Advisory& advisory = advisories.emplace_back();
      advisory.kind = AdvisoryKind::kCorridorClosed;
      advisory.vertiport = s.corridors[corridor].origin;
      advisory.corridor_end = s.corridors[corridor].destination;
      advisory.both_directions = forth >= 0 && back >= 0;
      advisory.start =
          s.operations.open_time + SimDuration{static_cast<std::int64_t>(
                                       day_ms * DrawUniform(seed, Stream::kClosure, pair, 1))};
      advisory.end =
          advisory.start +
          RoundToMs(shortest + (longest - shortest) * DrawUniform(seed, Stream::kClosure, pair, 2));
    }
  }
  std::erase_if(advisories, [](const Advisory& a) { return a.end <= a.start; });
}

// Closures of vertiports by the weather of a real day, hour by hour.
void DrawWeather(const Network& network, std::uint64_t seed, std::vector<Advisory>& advisories) {
  const Scenario& s = network.scenario();
  const Weather& weather = s.weather;
  if (weather.days.empty()) return;
  const WeatherDay& day = weather.days[DrawIndex(static_cast<std::uint32_t>(weather.days.size()),
                                                 seed, Stream::kWeather, 0)];
  const std::int64_t first = ToMs(s.operations.open_time) / kHour.count();
  for (std::int64_t hour = first; kHour * hour < s.operations.close_time.time_since_epoch();
       ++hour) {
    const int ceiling_ft = day.ceiling_ft[static_cast<std::size_t>(hour)];
    const double visibility_sm = day.visibility_sm[static_cast<std::size_t>(hour)];
    const bool fog = InFog(weather, day, hour);
    for (std::size_t k = 0; k < s.vertiports.size(); ++k) {
      const Vertiport& v = s.vertiports[k];
      const bool closed =
          v.follows_station
              ? IsBelow(ceiling_ft, visibility_sm, v.minimum_ceiling_ft, v.minimum_visibility_sm)
              : fog &&
                    DrawUniform(seed, Stream::kWeatherSite, static_cast<std::uint32_t>(k),
                                static_cast<std::uint32_t>(hour)) < v.closure_probability_given_fog;
      if (!closed) continue;
      Advisory& advisory = advisories.emplace_back();
      advisory.kind = AdvisoryKind::kVertiportClosed;
      advisory.vertiport = VertiportId{static_cast<std::int32_t>(k)};
      advisory.start = SimTime{kHour * hour};
      advisory.end = advisory.start + kHour;
    }
  }
}

}  // namespace

RealisedDay::RealisedDay(std::shared_ptr<const Network> network, std::uint64_t seed)
    : network_(std::move(network)), seed_(seed) {
  std::vector<Advisory> advisories;
  DrawClosures(*network_, seed_, advisories);
  DrawWeather(*network_, seed_, advisories);
  std::stable_sort(advisories.begin(), advisories.end(),
                   [](const Advisory& a, const Advisory& b) { return a.start < b.start; });
  const std::vector<Request> requests = DemandDraw(*network_, seed_).All();

  events_.reserve(advisories.size() + requests.size());
  std::size_t issued = 0;
  const auto issue_until = [&](SimTime time) {
    for (; issued < advisories.size() && advisories[issued].start <= time; ++issued) {
      advisories[issued].id = AdvisoryId{static_cast<std::int64_t>(issued) + 1};
      events_.push_back({advisories[issued].start, AdvisoryIssued{advisories[issued]}});
    }
  };
  const SimDuration patience = network_->scenario().demand.patience;
  for (std::size_t k = 0; k < requests.size(); ++k) {
    const Request& request = requests[k];
    issue_until(request.announced);
    TripRequested trip;
    trip.trip = TripId{static_cast<std::int64_t>(k) + 1};
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
  const double normal =
      NormalQuantile(DrawUniform(seed_, Stream::kRepair, static_cast<std::uint32_t>(aircraft.value),
                                 static_cast<std::uint32_t>(landing)));
  return RoundToMs(LogNormal(static_cast<double>(disturbance.repair_mean.count()),
                             disturbance.repair_sigma, normal));
}

}  // namespace skein::sim
