#include "policy/planners/bound/party_groups.h"

#include <algorithm>
#include <variant>

namespace skein::policy {

std::vector<PartyGroup> GroupParties(const sim::Network& network, const sim::RealisedDay& day,
                                     const TimeGrid& grid) {
  const std::vector<std::int64_t> fares = network.FareTable(network.forecast());
  const auto count = static_cast<std::size_t>(network.vertiport_count());
  const auto intervals = static_cast<std::size_t>(network.interval_count());
  std::vector<PartyGroup> parties;
  for (const ExternalEvent& event : day.events()) {
    const auto* trip = std::get_if<TripRequested>(&event.payload);
    if (trip == nullptr || trip->earliest > grid.close || trip->latest < grid.open) continue;
    if (network.link(trip->origin, trip->destination).corridor < 0) continue;
    if (trip->passengers > network.scenario().aircraft_type.seats) continue;
    const std::size_t pair = trip->origin.index() * count + trip->destination.index();
    const auto interval = static_cast<std::size_t>(network.IntervalOf(trip->earliest));
    parties.push_back({trip->origin, trip->destination,
                       grid.Of(std::max(trip->earliest, grid.open)),
                       std::min(grid.Of(trip->latest), grid.bins - 1), trip->passengers,
                       fares[pair * intervals + interval], 1});
  }
  std::sort(parties.begin(), parties.end());
  std::vector<PartyGroup> groups;
  for (const PartyGroup& party : parties) {
    if (!groups.empty()) {
      PartyGroup alike = groups.back();
      alike.parties = 1;
      if (alike == party) {
        ++groups.back().parties;
        continue;
      }
    }
    groups.push_back(party);
  }
  return groups;
}

}  // namespace skein::policy
