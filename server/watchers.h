#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "server/network/live_network.h"
#include "server/watch_queue.h"
#include "sim/domain/effect.h"
#include "skein/v1/fleet.pb.h"

namespace skein::server {

// Who watches one network, and what they are still to be told.
//
// The sequencer collects what there is to tell after each piece of work; the committer publishes it
// once the work is durable.
//
// Threads: one, the network's sequencer; what Collect returns runs on the committing thread.
class Watchers {
 public:
  // `wake` is called, on the committing thread, when a reader that was too slow needs a snapshot.
  explicit Watchers(std::function<void()> wake) : wake_(std::move(wake)) {}

  void AddFleet(const v1::WatchFleetRequest& request, const std::shared_ptr<FleetWatch>& queue);
  void AddTrip(TripId trip, const std::shared_ptr<TripWatch>& queue);

  // What to publish after a piece of work with these effects; null if nothing.
  std::function<void()> Collect(const LiveNetwork& network, std::span<const TimedEffect> effects,
                                std::int64_t now_unix_ms);

  // When a snapshot is due, wall time.
  std::optional<std::int64_t> NextDueUnixMs() const;

  // Effects may have been lost: everybody gets a snapshot next.
  void Resynchronise();

  // Ends all streams.
  void CloseAll(const absl::Status& status);

 private:
  struct FleetReader;
  struct TripReader {
    TripId trip;
    std::weak_ptr<TripWatch> queue;
    std::optional<v1::Trip> last;
  };
  // What one reader is told by one piece of work.
  struct FleetNews {
    std::shared_ptr<FleetReader> reader;
    bool wants_effects = false;
    bool wants_snapshot = false;
  };
  struct TripNews {
    std::shared_ptr<TripWatch> queue;
    std::optional<v1::Trip> trip;
    std::optional<absl::Status> end;
  };

  void DropGone();
  std::vector<FleetNews> CollectFleet(bool changed, std::int64_t now_unix_ms);
  std::vector<TripNews> CollectTrips(const LiveNetwork& network,
                                     std::span<const TimedEffect> effects);
  static void Publish(const FleetNews& news, std::span<const v1::TimedEffect> effects,
                      const v1::Fleet& fleet, const std::function<void()>& wake);
  static void Publish(const TripNews& news);

  const std::function<void()> wake_;
  std::vector<std::shared_ptr<FleetReader>> fleet_readers_;
  std::vector<TripReader> trip_readers_;
};

}  // namespace skein::server
