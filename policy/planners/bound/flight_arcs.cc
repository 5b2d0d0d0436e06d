#include "policy/planners/bound/flight_arcs.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <variant>

#include "policy/planners/bound/charge_levels.h"

namespace skein::policy {
namespace {

constexpr SimDuration kUnreachable{std::int64_t{1} << 50};

struct Interval {
  SimTime start;
  SimTime end;
};

// The closures of the day, by corridor and by vertiport.
class Closures {
 public:
  Closures(const sim::Network& network, const sim::RealisedDay& day)
      : corridors_(network.scenario().corridors.size()),
        vertiports_(static_cast<std::size_t>(network.vertiport_count())) {
    for (const ExternalEvent& event : day.events()) {
      const auto* issued = std::get_if<AdvisoryIssued>(&event.payload);
      if (issued == nullptr) continue;
      const Advisory& advisory = issued->advisory;
      const Interval interval{std::max(event.time, advisory.start), advisory.end};
      if (advisory.kind == AdvisoryKind::kVertiportClosed) {
        vertiports_[advisory.vertiport.index()].push_back(interval);
      } else if (advisory.kind == AdvisoryKind::kCorridorClosed) {
        Close(network.link(advisory.vertiport, advisory.corridor_end), interval);
        if (advisory.both_directions)
          Close(network.link(advisory.corridor_end, advisory.vertiport), interval);
      }
    }
  }

  const std::vector<Interval>& of(VertiportId vertiport) const {
    return vertiports_[vertiport.index()];
  }
  // The first time from `time` on at which a flight on `link` may leave `origin`.
  SimTime NextOpen(VertiportId origin, const sim::Link& link, SimTime time) const {
    const auto& corridor = corridors_[static_cast<std::size_t>(link.corridor)];
    while (true) {
      const SimTime later = SkipClosed(corridor, SkipClosed(of(origin), time));
      if (later == time) return time;
      time = later;
    }
  }

 private:
  static SimTime SkipClosed(const std::vector<Interval>& closed, SimTime time) {
    for (const Interval& interval : closed)
      if (interval.start <= time && time < interval.end) time = interval.end;
    return time;
  }
  void Close(const sim::Link& link, Interval interval) {
    if (link.corridor >= 0) corridors_[static_cast<std::size_t>(link.corridor)].push_back(interval);
  }

  std::vector<std::vector<Interval>> corridors_;
  std::vector<std::vector<Interval>> vertiports_;
};

// What must at least be left at landing, per vertiport, when nothing is closed; nothing if G3
// allows no landing there. Closures only ask for more.
std::vector<std::optional<std::int64_t>> LeastLeft(const sim::Network& network) {
  const auto count = static_cast<std::size_t>(network.vertiport_count());
  std::vector<std::optional<std::int64_t>> needed(count);
  for (std::size_t j = 0; j < count; ++j) {
    needed[j] = network.reserve_wh;
    if (!network.scenario().energy.alternate_required) continue;
    const auto nearest = network.nearest(VertiportId{static_cast<std::int32_t>(j)});
    if (nearest.empty()) {
      needed[j].reset();
    } else {
      needed[j] =
          std::max(network.reserve_wh, network.alternate_hold_wh + nearest.front().energy_wh +
                                           network.alternate_reserve_wh);
    }
  }
  std::vector<std::optional<std::int64_t>> left = needed;
  for (std::size_t j = 0; j < count; ++j) {
    if (network.scenario().vertiports[j].chargers > 0 || !needed[j]) continue;
    std::optional<std::int64_t> onward;
    for (const sim::Link& link : network.nearest(VertiportId{static_cast<std::int32_t>(j)})) {
      const std::size_t m = link.destination.index();
      if (network.scenario().vertiports[m].chargers == 0 || !needed[m]) continue;
      onward = std::min(onward.value_or(std::numeric_limits<std::int64_t>::max()),
                        link.energy_wh + *needed[m]);
    }
    left[j] = onward ? std::optional(std::max(*needed[j], *onward)) : std::nullopt;
  }
  return left;
}

// Least time that a flight needs from overhead j to a landing on m, by any chain of diversions;
// row-major [V·V]. The landing movement at j is not flown, hence block less movement.
std::vector<SimDuration> DiversionTimes(const sim::Network& network) {
  const auto count = static_cast<std::size_t>(network.vertiport_count());
  std::vector<SimDuration> time(count * count, kUnreachable);
  for (std::size_t j = 0; j < count; ++j) {
    for (const sim::Link& link : network.nearest(VertiportId{static_cast<std::int32_t>(j)}))
      time[j * count + link.destination.index()] =
          link.block - network.scenario().operations.movement;
  }
  for (std::size_t via = 0; via < count; ++via)
    for (std::size_t j = 0; j < count; ++j)
      for (std::size_t m = 0; m < count; ++m)
        time[j * count + m] =
            std::min(time[j * count + m], time[j * count + via] + time[via * count + m]);
  return time;
}

class Lister {
 public:
  Lister(const sim::Network& network, const sim::RealisedDay& day, const TimeGrid& grid,
         const BoundFaults& faults)
      : network_(network),
        day_(day),
        grid_(grid),
        faults_(faults),
        closures_(network, day),
        least_left_(LeastLeft(network)),
        diversion_times_(DiversionTimes(network)) {}

  std::vector<FlightArc> All() {
    for (std::int32_t i = 0; i < network_.vertiport_count(); ++i) {
      ReadDelays(VertiportId{i});
      for (const sim::Link& link : network_.nearest(VertiportId{i})) {
        const auto& left = least_left_[link.destination.index()];
        if (!left || link.energy_wh + *left > network_.battery_wh) continue;
        for (int bin = 0; bin < grid_.bins; ++bin) AddFlights(VertiportId{i}, link, *left, bin);
      }
    }
    return std::move(arcs_);
  }

 private:
  // A part of a bin with one delay, from the first anchor in it that no closure forbids.
  struct Slice {
    SimTime begin;
    SimTime end;
    SimDuration delay{};
    SimTime take_off;  // of the anchor `begin`, at the earliest
  };

  void ReadDelays(VertiportId origin) {
    delays_.clear();
    for (std::int64_t minute = FirstMinute(); kMinute * minute <= grid_.close.time_since_epoch();
         ++minute)
      delays_.push_back(day_.Delay(origin, SimTime{kMinute * minute}));
  }
  std::int64_t FirstMinute() const { return ToMs(grid_.open) / kMinute.count(); }

  std::vector<Slice> SlicesOf(VertiportId origin, const sim::Link& link, int bin) const {
    std::vector<Slice> slices;
    const SimTime end = std::min(grid_.Begin(bin + 1), grid_.close + SimDuration{1});
    for (SimTime begin = grid_.Begin(bin); begin < end;) {
      const std::int64_t minute = ToMs(begin) / kMinute.count();
      const SimTime next = std::min(end, SimTime{kMinute * (minute + 1)});
      Slice slice{closures_.NextOpen(origin, link, begin),
                  next,
                  delays_[static_cast<std::size_t>(minute - FirstMinute())],
                  {}};
      begin = next;
      if (slice.begin >= slice.end) continue;
      slice.take_off = closures_.NextOpen(origin, link, slice.begin + slice.delay);
      if (slice.take_off > grid_.close) continue;
      if (faults_.closures_bar_landings && Closed(link.destination, slice.take_off + link.block))
        continue;
      slices.push_back(slice);
    }
    return slices;
  }

  bool Closed(VertiportId vertiport, SimTime time) const {
    const auto& closed = closures_.of(vertiport);
    return std::any_of(closed.begin(), closed.end(), [time](const Interval& interval) {
      return interval.start <= time && time < interval.end;
    });
  }

  void AddFlights(VertiportId origin, const sim::Link& link, std::int64_t left, int bin) {
    const std::vector<Slice> slices = SlicesOf(origin, link, bin);
    if (slices.empty()) return;
    AddArc(origin, link, left, bin, slices, link.destination, SimDuration{});
    if (!MayClose(link, slices)) return;
    const auto count = static_cast<std::size_t>(network_.vertiport_count());
    for (std::size_t m = 0; m < count; ++m) {
      const SimDuration further = diversion_times_[link.destination.index() * count + m];
      const VertiportId landing{static_cast<std::int32_t>(m)};
      if (landing != link.destination && further < kUnreachable)
        AddArc(origin, link, left, bin, slices, landing, further);
    }
  }

  // Whether the destination may close to a flight on its way there.
  bool MayClose(const sim::Link& link, const std::vector<Slice>& slices) const {
    for (const Slice& slice : slices) {
      const SimTime last =
          slice.end + slice.delay + network_.scenario().operations.max_take_off_wait + link.block;
      for (const Interval& closed : closures_.of(link.destination))
        if (slice.begin <= closed.start && closed.start <= last) return true;
    }
    return false;
  }

  void AddArc(VertiportId origin, const sim::Link& link, std::int64_t left, int bin,
              const std::vector<Slice>& slices, VertiportId landing, SimDuration further) {
    const SimDuration turnaround = network_.scenario().operations.turnaround;
    FlightArc arc{origin, link.destination,         landing, bin, grid_.bins, kUnreachable, 0,
                  0,      static_cast<double>(left)};
    SimTime ready = kNever;
    for (const Slice& slice : slices) {
      ready = std::min(ready, slice.take_off + link.block + further + turnaround);
      arc.least_cycle = std::min(arc.least_cycle, slice.delay + link.block + further + turnaround);
    }
    if (faults_.durations_rounded_up) ready += grid_.width - SimDuration{1};
    arc.ready_bin = grid_.Of(ready);
    const std::int64_t power = ChargePowerW(network_, origin);
    const std::int64_t landing_power = ChargePowerW(network_, landing);
    double most_charged = -std::numeric_limits<double>::infinity();
    double most_offset = 0;
    for (const Slice& slice : slices) {
      for (const SimTime anchor : {slice.begin, slice.end}) {
        const SimDuration offset = anchor - grid_.Begin(bin);
        const SimDuration to_landing = offset + slice.delay + link.block + further;
        const SimDuration to_ready = grid_.width * (arc.ready_bin - bin);
        most_charged =
            std::max(most_charged, EnergyWh(power, offset) + EnergyWh(landing_power, to_ready) -
                                       EnergyWh(landing_power, to_landing));
        most_offset = std::max(most_offset, EnergyWh(power, offset));
      }
    }
    arc.least_charge_wh = static_cast<double>(link.energy_wh + left) - most_offset;
    arc.charge_used_wh = static_cast<double>(link.energy_wh) - most_charged;
    arcs_.push_back(arc);
  }

  const sim::Network& network_;
  const sim::RealisedDay& day_;
  const TimeGrid& grid_;
  const BoundFaults& faults_;
  const Closures closures_;
  const std::vector<std::optional<std::int64_t>> least_left_;
  const std::vector<SimDuration> diversion_times_;
  std::vector<SimDuration> delays_;  // of one origin, by minute from FirstMinute() on
  std::vector<FlightArc> arcs_;
};

}  // namespace

TimeGrid::TimeGrid(const sim::Network& network, SimDuration bin)
    : open(network.scenario().operations.open_time),
      close(network.scenario().operations.close_time),
      width(bin),
      bins(static_cast<int>((close - open) / bin) + 1) {}

int TimeGrid::Of(SimTime time) const {
  return time > close ? bins : static_cast<int>((time - open) / width);
}

std::int64_t ChargePowerW(const sim::Network& network, VertiportId vertiport) {
  if (network.scenario().vertiports[vertiport.index()].chargers == 0) return 0;
  std::int64_t power = 0;
  for (const ChargeStep& step : network.scenario().charging.curve)
    power = std::max(power, step.power_w);
  return power;
}

std::vector<FlightArc> ListFlightArcs(const sim::Network& network, const sim::RealisedDay& day,
                                      const TimeGrid& grid, const BoundFaults& faults) {
  return Lister(network, day, grid, faults).All();
}

}  // namespace skein::policy
