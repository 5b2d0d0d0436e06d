#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "storage/fleet_store.h"
#include "storage/postgres/held_units.h"
#include "storage/postgres/session.h"

namespace skein::storage::postgres {

// Prepares the statements of LedgerColumns.
void PrepareLedger(Session* session);

// The places, bookings and facts of a commit, over all its networks.
class LedgerColumns {
 public:
  // `sequence` is that of the network's last journal record, `held` what is held before the ledger
  // and, afterwards, after it. Errors: ABORTED, if a booking exceeds its capacity.
  absl::Status Add(std::int64_t network_key, std::int64_t sequence, const Ledger& ledger,
                   HeldUnits* held);

  // Throws pqxx's exceptions; an exclusion or check violation, if the database knows better than
  // `held` did.
  void Insert(pqxx::work& transaction) const;

 private:
  struct Places {
    Array network, vertiport, title, latitude_deg, longitude_deg, stands, chargers, pads;
  };
  // Ends of holds that earlier commits began.
  struct Leaves {
    Array network, kind, resource, unit, time_ms;
  };
  // A hold that this commit begins, and perhaps ends.
  struct Hold {
    std::int64_t network = 0;
    std::int64_t unit = 0;
    const Booking* booking = nullptr;
    std::optional<std::int64_t> end_ms{};
  };
  using Unit = std::tuple<std::int64_t, std::string, std::string, std::int64_t>;
  struct Facts {
    Array network, sequence, time_ms, kind, aircraft, origin, destination, detail;
    Array number, passengers, energy_wh, cents;
  };

  absl::Status Take(std::int64_t network_key, const Booking& booking, HeldUnits* held);
  void Leave(std::int64_t network_key, const Booking& booking, HeldUnits* held);

  Places places_;
  Leaves leaves_;
  std::vector<Hold> holds_;
  std::map<Unit, std::size_t> lasting_;  // those of `holds_` that have not ended
  Facts facts_;
};

}  // namespace skein::storage::postgres
