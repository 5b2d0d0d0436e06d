#include "sim/archive.h"
#include "sim/world.h"

// Digest, snapshot and restore. The fields are listed once, in world_state.h.
namespace skein::sim {
namespace {

constexpr std::uint64_t kMagic = 0x3130'5753'4E49'454BULL;  // format 01

template <class Archive>
void VisitSummary(Archive& a, DaySummary& s) {
  a.Note(s.day, s.settled, s.revenue_cents, s.operating_cost_cents, s.energy_cost_cents, s.flights,
         s.reposition_flights, s.passengers_requested, s.passengers_served, s.passengers_lost,
         s.passengers_diverted, s.requests, s.requests_unserved, s.diversions, s.emergency_landings,
         s.excursions, s.cancellations, s.decisions, s.holds, s.refusals, s.wait_ms_sum,
         s.wait_passengers, s.p95_wait_ms, s.seats_flown, s.passengers_flown, s.energy_wh,
         s.closures_met, s.aircraft_down_ms, s.min_charge_at_landing_wh, s.guard_violations);
}

// What the digest and the snapshot share.
template <class Archive>
void VisitCore(Archive& a, WorldState& s) {
  a.Field(s.now, s.clock, s.is_open, s.next_day, s.active_flights, s.decision_count,
          s.day_start_charge_wh, s.forecast_hash);
  for (VertiportState& vertiport : s.vertiports) vertiport.Visit(a);
  for (CorridorState& corridor : s.corridors) corridor.Visit(a);
  a.Vector(s.open_points);
}

template <class Archive, class T>
void WriteAll(Archive& a, std::vector<T>& items) {
  a.Word(items.size());
  for (T& item : items) item.Visit(a);
}

template <class T>
void ReadAll(Reader& a, std::vector<T>& items) {
  items.resize(a.Count());
  for (T& item : items) item.Visit(a);
}

std::uint64_t ChecksumOf(std::string_view bytes) {
  Hasher hasher;
  hasher.Bytes(bytes);
  return hasher.value();
}

}  // namespace

std::uint64_t World::Digest() const {
  // Visit reads only when it hashes.
  WorldState& state = const_cast<WorldState&>(state_);
  Hasher hasher;
  hasher.Word(network_->hash());
  VisitCore(hasher, state);
  WriteAll(hasher, state.aircraft);
  WriteAll(hasher, state.advisories);
  hasher.Field(state.next_trip());
  for (const std::vector<TripId>& queue : state.waiting) {
    hasher.Vector(queue);
    for (const TripId id : queue) state.at(id).Visit(hasher);
  }
  for (const AircraftState& aircraft : state.aircraft)
    for (int k = 0; k < aircraft.boarded_count; ++k)
      state.at(aircraft.boarded[static_cast<std::size_t>(k)]).Visit(hasher);
  return hasher.value();
}

std::string World::Snapshot() const {
  WorldState& state = const_cast<WorldState&>(state_);
  Writer writer;
  writer.Field(kMagic, network_->hash());
  VisitCore(writer, state);
  WriteAll(writer, state.aircraft);
  WriteAll(writer, state.advisories);
  writer.Field(state.first_trip, state.profit_cents);
  WriteAll(writer, state.trips);
  for (const std::vector<TripId>& queue : state.waiting) writer.Vector(queue);
  VisitSummary(writer, state.today);
  WriteAll(writer, state.waits);
  writer.Word(state.settled_days.size());
  for (DaySummary& day : state.settled_days) VisitSummary(writer, day);
  const bool own_forecast = state.forecast_hash != HashForecast(network_->forecast());
  writer.Field(own_forecast);
  if (own_forecast) writer.Vector(*state.forecast);
  writer.Word(ChecksumOf(writer.bytes()));
  return std::move(writer.bytes());
}

absl::StatusOr<World> World::Restore(std::shared_ptr<const Network> network,
                                     std::string_view bytes) {
  const absl::Status damaged = absl::DataLossError("the snapshot is damaged");
  if (bytes.size() < 24) return damaged;
  Reader checksum(bytes.substr(bytes.size() - 8));
  bytes.remove_suffix(8);
  if (checksum.Word() != ChecksumOf(bytes)) return damaged;
  Reader reader(bytes);
  if (reader.Word() != kMagic) return absl::DataLossError("the snapshot has another format");
  if (reader.Word() != network->hash())
    return absl::FailedPreconditionError("the snapshot belongs to another network");

  World world(std::move(network), ClockMode::kExternal);
  WorldState& state = world.state_;
  VisitCore(reader, state);
  ReadAll(reader, state.aircraft);
  ReadAll(reader, state.advisories);
  reader.Field(state.first_trip, state.profit_cents);
  ReadAll(reader, state.trips);
  for (std::vector<TripId>& queue : state.waiting) reader.Vector(queue);
  VisitSummary(reader, state.today);
  ReadAll(reader, state.waits);
  state.settled_days.resize(reader.Count());
  for (DaySummary& day : state.settled_days) VisitSummary(reader, day);
  bool own_forecast = false;
  reader.Field(own_forecast);
  if (own_forecast) {
    std::vector<double> rates;
    reader.Vector(rates);
    if (!reader.ok() || rates.size() != state.forecast->size()) return damaged;
    state.fares =
        std::make_shared<const std::vector<std::int64_t>>(world.network_->FareTable(rates));
    state.forecast = std::make_shared<const std::vector<double>>(std::move(rates));
  }
  if (!reader.done()) return damaged;
  std::fill(state.waiting_passengers.begin(), state.waiting_passengers.end(), 0);
  for (std::size_t pair = 0; pair < state.waiting.size(); ++pair)
    for (const TripId id : state.waiting[pair])
      state.waiting_passengers[pair] += state.at(id).passengers;
  world.RebuildQueues();
  return world;
}

}  // namespace skein::sim
