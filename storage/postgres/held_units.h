#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "storage/fleet_store.h"

namespace skein::storage::postgres {

// Who holds which unit of what in one network: the rows of the table `booking` whose hold lasts.
// Units count from 1.
class HeldUnits {
 public:
  // A row that is there already.
  void Restore(const std::string& kind, const std::string& resource, std::int64_t unit,
               const std::string& holder);

  // The lowest free unit, which the holder has from now on.
  std::int64_t Take(const Booking& booking);

  // The units that the holder had until now; none if none.
  std::vector<std::int64_t> Leave(const Booking& booking);

 private:
  using Resource = std::tuple<std::string, std::string>;    // kind and name
  using Holders = std::vector<std::optional<std::string>>;  // of unit 1, 2, 3, …

  std::map<Resource, Holders> holders_;
};

}  // namespace skein::storage::postgres
