#include "storage/postgres/ledger_writer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sim/domain/status.h"

namespace skein::storage::postgres {
namespace {

constexpr const char* kInsertPlaces =
    "INSERT INTO place SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[],"
    " $4::double precision[], $5::double precision[], $6::bigint[], $7::bigint[], $8::bigint[])";
constexpr const char* kEnter =
    "SELECT skein_enter($1::bigint[], $2::text[], $3::text[], $4::integer[], $5::bigint[],"
    " $6::bigint[], $7::text[], $8::text[], $9::integer[], $10::integer[], $11::text[],"
    " $12::bigint[], $13::bigint[], $14::boolean[], $15::bigint[], $16::bigint[], $17::bigint[],"
    " $18::text[], $19::text[], $20::text[], $21::text[], $22::text[], $23::bigint[],"
    " $24::bigint[], $25::bigint[], $26::bigint[])";

}  // namespace

void PrepareLedger(Session* session) {
  session->Prepare("insert_places", kInsertPlaces);
  session->Prepare("enter", kEnter);
}

absl::Status LedgerColumns::Add(std::int64_t network_key, std::int64_t sequence,
                                const Ledger& ledger, HeldUnits* held) {
  for (const Place& place : ledger.places) {
    places_.network.Add(network_key);
    places_.vertiport.AddText(place.vertiport);
    places_.title.AddText(place.title);
    places_.latitude_deg.AddText(absl::StrFormat("%.17g", place.latitude_deg));
    places_.longitude_deg.AddText(absl::StrFormat("%.17g", place.longitude_deg));
    places_.stands.Add(place.stands);
    places_.chargers.Add(place.chargers);
    places_.pads.Add(place.pads);
  }
  for (const Booking& booking : ledger.bookings) {
    if (booking.take) {
      SKEIN_RETURN_IF_ERROR(Take(network_key, booking, held));
    } else {
      Leave(network_key, booking, held);
    }
  }
  for (const Fact& fact : ledger.facts) {
    facts_.network.Add(network_key);
    facts_.sequence.Add(sequence);
    facts_.time_ms.Add(fact.time_ms);
    facts_.kind.AddText(fact.kind);
    facts_.aircraft.AddText(fact.aircraft);
    facts_.origin.AddText(fact.origin);
    facts_.destination.AddText(fact.destination);
    facts_.detail.AddText(fact.detail);
    facts_.number.Add(fact.number);
    facts_.passengers.Add(fact.passengers);
    facts_.energy_wh.Add(fact.energy_wh);
    facts_.cents.Add(fact.cents);
  }
  return absl::OkStatus();
}

absl::Status LedgerColumns::Take(std::int64_t network_key, const Booking& booking,
                                 HeldUnits* held) {
  const std::int64_t unit = held->Take(booking);
  if (unit > booking.capacity && !booking.excursion)
    return absl::AbortedError(absl::StrCat(booking.kind, " ", booking.resource,
                                           " is taken: ", unit - 1, " of ", booking.capacity));
  lasting_[{network_key, booking.kind, booking.resource, unit}] = holds_.size();
  holds_.push_back({.network = network_key, .unit = unit, .booking = &booking});
  return absl::OkStatus();
}

void LedgerColumns::Leave(std::int64_t network_key, const Booking& booking, HeldUnits* held) {
  for (const std::int64_t unit : held->Leave(booking)) {
    const auto hold = lasting_.find({network_key, booking.kind, booking.resource, unit});
    if (hold != lasting_.end()) {
      Hold& ended = holds_[hold->second];
      ended.end_ms = std::max(booking.time_ms, ended.booking->time_ms);
      lasting_.erase(hold);
      continue;
    }
    leaves_.network.Add(network_key);
    leaves_.kind.AddText(booking.kind);
    leaves_.resource.AddText(booking.resource);
    leaves_.unit.Add(unit);
    leaves_.time_ms.Add(booking.time_ms);
  }
}

void LedgerColumns::Insert(pqxx::work& transaction) const {
  if (!places_.network.empty())
    transaction.exec_prepared0("insert_places", places_.network.text(), places_.vertiport.text(),
                               places_.title.text(), places_.latitude_deg.text(),
                               places_.longitude_deg.text(), places_.stands.text(),
                               places_.chargers.text(), places_.pads.text());
  if (leaves_.network.empty() && holds_.empty() && facts_.network.empty()) return;
  struct {
    Array network, kind, resource, unit, capacity, holder, begin_ms, end_ms, excursion;
  } holds;
  for (const Hold& hold : holds_) {
    const Booking& booking = *hold.booking;
    holds.network.Add(hold.network);
    holds.kind.AddText(booking.kind);
    holds.resource.AddText(booking.resource);
    holds.unit.Add(hold.unit);
    holds.capacity.Add(booking.capacity);
    holds.holder.AddText(booking.holder);
    holds.begin_ms.Add(booking.time_ms);
    holds.end_ms.Add(hold.end_ms);
    holds.excursion.Add(hold.unit > booking.capacity);
  }
  transaction.exec_prepared(
      "enter", leaves_.network.text(), leaves_.kind.text(), leaves_.resource.text(),
      leaves_.unit.text(), leaves_.time_ms.text(), holds.network.text(), holds.kind.text(),
      holds.resource.text(), holds.unit.text(), holds.capacity.text(), holds.holder.text(),
      holds.begin_ms.text(), holds.end_ms.text(), holds.excursion.text(), facts_.network.text(),
      facts_.sequence.text(), facts_.time_ms.text(), facts_.kind.text(), facts_.aircraft.text(),
      facts_.origin.text(), facts_.destination.text(), facts_.detail.text(), facts_.number.text(),
      facts_.passengers.text(), facts_.energy_wh.text(), facts_.cents.text());
}

}  // namespace skein::storage::postgres
