#include "storage/postgres/ledger_writer.h"

#include "absl/strings/str_format.h"

namespace skein::storage::postgres {
namespace {

constexpr const char* kInsertPlaces =
    "INSERT INTO place SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[],"
    " $4::double precision[], $5::double precision[], $6::bigint[], $7::bigint[], $8::bigint[])";
constexpr const char* kEnter =
    "SELECT skein_enter($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[],"
    " $6::bigint[], $7::boolean[], $8::boolean[], $9::bigint[], $10::bigint[], $11::bigint[],"
    " $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::bigint[],"
    " $18::bigint[], $19::bigint[], $20::bigint[])";

}  // namespace

void PrepareLedger(Session* session) {
  session->Prepare("insert_places", kInsertPlaces);
  session->Prepare("enter", kEnter);
}

void LedgerColumns::Add(std::int64_t network_key, std::int64_t sequence, const Ledger& ledger) {
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
    bookings_.network.Add(network_key);
    bookings_.kind.AddText(booking.kind);
    bookings_.resource.AddText(booking.resource);
    bookings_.capacity.Add(booking.capacity);
    bookings_.holder.AddText(booking.holder);
    bookings_.time_ms.Add(booking.time_ms);
    bookings_.take.Add(booking.take);
    bookings_.excursion.Add(booking.excursion);
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
}

void LedgerColumns::Insert(pqxx::work& transaction) const {
  if (!places_.network.empty())
    transaction.exec_prepared0("insert_places", places_.network.text(), places_.vertiport.text(),
                               places_.title.text(), places_.latitude_deg.text(),
                               places_.longitude_deg.text(), places_.stands.text(),
                               places_.chargers.text(), places_.pads.text());
  if (bookings_.network.empty() && facts_.network.empty()) return;
  transaction.exec_prepared(
      "enter", bookings_.network.text(), bookings_.kind.text(), bookings_.resource.text(),
      bookings_.capacity.text(), bookings_.holder.text(), bookings_.time_ms.text(),
      bookings_.take.text(), bookings_.excursion.text(), facts_.network.text(),
      facts_.sequence.text(), facts_.time_ms.text(), facts_.kind.text(), facts_.aircraft.text(),
      facts_.origin.text(), facts_.destination.text(), facts_.detail.text(), facts_.number.text(),
      facts_.passengers.text(), facts_.energy_wh.text(), facts_.cents.text());
}

}  // namespace skein::storage::postgres
