#pragma once

#include <cstdint>

#include "storage/fleet_store.h"
#include "storage/postgres/session.h"

namespace skein::storage::postgres {

// Prepares the statements of LedgerColumns.
void PrepareLedger(Session* session);

// The places, bookings and facts of a commit, over all its networks.
class LedgerColumns {
 public:
  // `sequence` is that of the network's last journal record.
  void Add(std::int64_t network_key, std::int64_t sequence, const Ledger& ledger);

  // Throws pqxx's exceptions; an exclusion violation, if a booking exceeds its capacity.
  void Insert(pqxx::work& transaction) const;

 private:
  struct Places {
    Array network, vertiport, title, latitude_deg, longitude_deg, stands, chargers, pads;
  };
  struct Bookings {
    Array network, kind, resource, capacity, holder, time_ms, take, excursion;
  };
  struct Facts {
    Array network, sequence, time_ms, kind, aircraft, origin, destination, detail;
    Array number, passengers, energy_wh, cents;
  };

  Places places_;
  Bookings bookings_;
  Facts facts_;
};

}  // namespace skein::storage::postgres
