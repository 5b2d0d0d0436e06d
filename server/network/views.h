#pragma once

#include <optional>
#include <string>

#include "proto/codec/names.h"
#include "server/network/live_network.h"
#include "sim/domain/effect.h"
#include "sim/world.h"
#include "skein/v1/fleet.pb.h"
#include "skein/v1/network.pb.h"
#include "storage/fleet_store.h"

// What the service shows of a world. Nothing here changes it.
namespace skein::server {

v1::Fleet MakeFleet(const LiveNetwork& network);

// The trip, if the world knows it (it forgets the trips of settled days).
std::optional<v1::Trip> MakeTrip(const LiveNetwork& network, TripId trip);
// The trip after it ended: for trips that the world has forgotten in the same breath.
v1::Trip EndedTrip(v1::Trip trip, TripOutcome outcome);
bool HasEnded(const v1::Trip& trip);

// `network` is null unless it is active.
v1::Network MakeNetwork(const storage::NetworkRecord& record, const LiveNetwork* network,
                        v1::NetworkState state, const std::string& quarantine_reason,
                        bool want_digest);

// What an aircraft is doing, as half a sentence: "is on its way to OAK".
std::string Doing(const LiveNetwork& network, AircraftId aircraft);

}  // namespace skein::server
