#include "storage/postgres/held_units.h"

#include <algorithm>
#include <cstddef>

namespace skein::storage::postgres {

void HeldUnits::Restore(const std::string& kind, const std::string& resource, std::int64_t unit,
                        const std::string& holder) {
  Holders& holders = holders_[{kind, resource}];
  const auto place = static_cast<std::size_t>(unit - 1);
  if (holders.size() <= place) holders.resize(place + 1);
  holders[place] = holder;
}

std::int64_t HeldUnits::Take(const Booking& booking) {
  Holders& holders = holders_[{booking.kind, booking.resource}];
  const auto free = std::find(holders.begin(), holders.end(), std::nullopt);
  const std::int64_t unit = free - holders.begin() + 1;
  if (free == holders.end()) {
    holders.emplace_back(booking.holder);
  } else {
    *free = booking.holder;
  }
  return unit;
}

std::vector<std::int64_t> HeldUnits::Leave(const Booking& booking) {
  Holders& holders = holders_[{booking.kind, booking.resource}];
  std::vector<std::int64_t> units;
  for (std::size_t k = 0; k < holders.size(); ++k) {
    if (holders[k] != booking.holder) continue;
    holders[k].reset();
    units.push_back(static_cast<std::int64_t>(k) + 1);
  }
  return units;
}

}  // namespace skein::storage::postgres
