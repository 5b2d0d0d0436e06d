#include "server/network/ledger_keeper.h"

#include <algorithm>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "server/network/network_host.h"
#include "skein/v1/journal.pb.h"

namespace skein::server {
namespace {

using storage::Booking;
using storage::Fact;

// The stands that an aircraft holds: where it stands, where it will land, where else it may.
std::vector<VertiportId> StandsOf(const sim::AircraftState& aircraft) {
  std::vector<VertiportId> stands;
  switch (aircraft.phase) {
    case AircraftPhase::kRemoved:
    case AircraftPhase::kBlockingPad: return stands;
    case AircraftPhase::kReady:
    case AircraftPhase::kTurnaround:
    case AircraftPhase::kOutOfService: return {aircraft.vertiport};
    case AircraftPhase::kCommitted: return {aircraft.vertiport, aircraft.target};
    case AircraftPhase::kEnRoute:
    case AircraftPhase::kHolding:
    case AircraftPhase::kDiverting: break;
  }
  stands.push_back(aircraft.target);
  // Once it diverts there, the alternate is the target.
  if (aircraft.alternate.valid() && aircraft.alternate != aircraft.target)
    stands.push_back(aircraft.alternate);
  return stands;
}

bool Has(const std::vector<VertiportId>& stands, VertiportId vertiport) {
  return std::find(stands.begin(), stands.end(), vertiport) != stands.end();
}

const char* NameOf(CancelReason reason) {
  switch (reason) {
    case CancelReason::kOperator: return "operator";
    case CancelReason::kClosed: return "closed";
    case CancelReason::kNoSlot: return "no_slot";
    case CancelReason::kClosingTime: return "closing_time";
    case CancelReason::kOutOfService: return "out_of_service";
    case CancelReason::kNoStand: return "no_stand";
    case CancelReason::kLowCharge: return "low_charge";
  }
  return "";
}

const char* NameOf(TripOutcome outcome) {
  switch (outcome) {
    case TripOutcome::kServed: return "served";
    case TripOutcome::kDiverted: return "diverted";
    case TripOutcome::kExpired: return "expired";
    case TripOutcome::kCancelled: return "cancelled";
    case TripOutcome::kClosingTime: return "closing_time";
  }
  return "";
}

// Puts an effect into a fact; most of them are none.
class FactMaker {
 public:
  FactMaker(const sim::World& world, const codec::Names& names) : world_(world), names_(names) {}

  std::optional<Fact> operator()(const FlightTookOff& effect) const {
    const sim::AircraftState& aircraft = world_.state().at(effect.aircraft);
    return Fact{.kind = "took_off",
                .aircraft = names_.Of(effect.aircraft),
                .origin = names_.Of(aircraft.vertiport),
                .destination = names_.Of(aircraft.destination),
                .passengers = aircraft.passengers,
                .cents = effect.revenue_cents - effect.operating_cost_cents};
  }
  std::optional<Fact> operator()(const FlightLanded& effect) const {
    return Fact{.kind = "landed",
                .aircraft = names_.Of(effect.aircraft),
                .destination = names_.Of(effect.vertiport),
                .detail = effect.emergency  ? "emergency"
                          : effect.diverted ? "diverted"
                                            : "",
                .cents = -effect.refund_cents};
  }
  std::optional<Fact> operator()(const FlightCancelled& effect) const {
    return Fact{.kind = "cancelled",
                .aircraft = names_.Of(effect.aircraft),
                .detail = NameOf(effect.reason)};
  }
  std::optional<Fact> operator()(const ChargingEnded& effect) const {
    return Fact{.kind = "charged",
                .aircraft = names_.Of(effect.aircraft),
                .energy_wh = effect.energy_wh,
                .cents = -effect.cost_cents};
  }
  std::optional<Fact> operator()(const TripEnded& effect) const {
    const sim::Trip* trip = world_.FindTrip(effect.trip);
    Fact fact{.kind = "trip_ended", .detail = NameOf(effect.outcome), .number = effect.trip.value};
    if (trip == nullptr) return fact;
    fact.origin = names_.Of(trip->origin);
    fact.destination = names_.Of(trip->destination);
    fact.passengers = trip->passengers;
    return fact;
  }
  std::optional<Fact> operator()(const DaySettled& effect) const {
    return Fact{
        .kind = "settled", .energy_wh = effect.stored_energy_wh, .cents = -effect.cost_cents};
  }
  template <class Other>
  std::optional<Fact> operator()(const Other&) const {
    return std::nullopt;
  }

 private:
  const sim::World& world_;
  const codec::Names& names_;
};

std::optional<Fact> FactOf(const storage::JournalRecord& record) {
  v1::JournalRecord message;
  if (record.kind != kDecisionRecord || !message.ParseFromString(record.payload))
    return std::nullopt;
  const v1::DecisionRecord& decision = message.decision();
  return Fact{.time_ms = decision.time_ms(),
              .kind = "decision",
              .aircraft = decision.decision().aircraft(),
              .origin = decision.vertiport(),
              .destination = decision.decision().fly().destination(),
              .detail = decision.decided_by(),
              .number = decision.id(),
              .passengers = decision.verdict().passengers()};
}

std::vector<storage::Place> PlacesOf(const Scenario& scenario) {
  std::vector<storage::Place> places;
  for (const Vertiport& vertiport : scenario.vertiports)
    places.push_back({.vertiport = vertiport.name,
                      .title = vertiport.title.empty() ? vertiport.name : vertiport.title,
                      .latitude_deg = vertiport.latitude_deg,
                      .longitude_deg = vertiport.longitude_deg,
                      .stands = vertiport.stands,
                      .chargers = vertiport.chargers,
                      .pads = vertiport.pads});
  return places;
}

}  // namespace

LedgerKeeper::LedgerKeeper(const sim::World& world, Begin begin)
    : places_told_(begin == Begin::kAsInStore) {
  if (begin == Begin::kNothingHeld) return;
  for (const sim::AircraftState& aircraft : world.state().aircraft) {
    Held& held = held_.emplace_back();
    held.stands = StandsOf(aircraft);
    if (aircraft.airborne() || aircraft.phase == AircraftPhase::kCommitted)
      held.flight_to = aircraft.destination;
  }
}

storage::Ledger LedgerKeeper::Collect(const sim::World& world, const codec::Names& names,
                                      std::span<const storage::JournalRecord> records,
                                      std::span<const TimedEffect> effects) {
  held_.resize(world.state().aircraft.size());
  storage::Ledger ledger;
  if (!std::exchange(places_told_, true)) ledger.places = PlacesOf(world.network().scenario());
  for (const storage::JournalRecord& record : records)
    if (std::optional<Fact> fact = FactOf(record); fact.has_value())
      ledger.facts.push_back(std::move(*fact));
  const FactMaker maker(world, names);
  for (const TimedEffect& effect : effects) {
    BookFlight(effect, names, &ledger);
    std::optional<Fact> fact = std::visit(maker, effect.effect);
    if (!fact.has_value()) continue;
    fact->time_ms = ToMs(effect.time);
    ledger.facts.push_back(std::move(*fact));
  }
  BookStands(world, names, effects, &ledger);
  return ledger;
}

void LedgerKeeper::BookFlight(const TimedEffect& effect, const codec::Names& names,
                              storage::Ledger* ledger) {
  const auto book = [&](AircraftId aircraft, VertiportId destination, bool take) {
    ledger->bookings.push_back({.kind = "aircraft",
                                .resource = names.Of(aircraft),
                                .capacity = 1,
                                .holder = names.Of(destination),
                                .time_ms = ToMs(effect.time),
                                .take = take});
  };
  const auto release = [&](AircraftId aircraft) {
    Held& held = held_[aircraft.index()];
    if (held.flight_to.valid()) book(aircraft, held.flight_to, false);
    held.flight_to = VertiportId{};
  };
  if (const auto* committed = std::get_if<FlightCommitted>(&effect.effect)) {
    book(committed->aircraft, committed->destination, true);
    held_[committed->aircraft.index()].flight_to = committed->destination;
  } else if (const auto* cancelled = std::get_if<FlightCancelled>(&effect.effect)) {
    release(cancelled->aircraft);
  } else if (const auto* landed = std::get_if<FlightLanded>(&effect.effect)) {
    release(landed->aircraft);
  }
}

void LedgerKeeper::BookStands(const sim::World& world, const codec::Names& names,
                              std::span<const TimedEffect> effects, storage::Ledger* ledger) {
  std::vector<Booking> takes;
  for (std::size_t k = 0; k < held_.size(); ++k) {
    const AircraftId id{static_cast<std::int32_t>(k)};
    std::vector<VertiportId> stands = StandsOf(world.state().aircraft[k]);
    std::vector<VertiportId>& before = held_[k].stands;
    if (stands == before) continue;
    const auto booking = [&](VertiportId at) {
      return Booking{.kind = "stand",
                     .resource = names.Of(at),
                     .capacity = world.network().scenario().vertiports[at.index()].stands,
                     .holder = names.Of(id),
                     .time_ms = ToMs(world.now())};
    };
    for (const VertiportId at : before)
      if (!Has(stands, at)) ledger->bookings.push_back(booking(at));
    for (const VertiportId at : stands) {
      if (Has(before, at)) continue;
      Booking& take = takes.emplace_back(booking(at));
      take.take = true;
      take.excursion = true;
      for (const TimedEffect& effect : effects) {
        const auto* committed = std::get_if<FlightCommitted>(&effect.effect);
        if (committed != nullptr && committed->aircraft == id && committed->destination == at)
          take.excursion = false;
      }
    }
    before = std::move(stands);
  }
  // What is given back in the same piece of work is free for the others.
  std::move(takes.begin(), takes.end(), std::back_inserter(ledger->bookings));
}

}  // namespace skein::server
