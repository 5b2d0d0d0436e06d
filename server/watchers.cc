#include "server/watchers.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "proto/codec/effect_codec.h"
#include "server/network/views.h"

namespace skein::server {
namespace {

// How the trip ended, if it did so among these effects.
const TripEnded* FindEnd(std::span<const TimedEffect> effects, TripId trip) {
  for (const TimedEffect& effect : effects) {
    const auto* ended = std::get_if<TripEnded>(&effect.effect);
    if (ended != nullptr && ended->trip == trip) return ended;
  }
  return nullptr;
}

bool Same(const std::optional<v1::Trip>& a, const v1::Trip& b) {
  return a.has_value() && google::protobuf::util::MessageDifferencer::Equals(*a, b);
}

}  // namespace

struct Watchers::FleetReader {
  // Constant.
  std::weak_ptr<FleetWatch> queue;
  bool effects = false;
  std::int64_t interval_ms = 0;  // 0: only the first snapshot

  // The sequencer's.
  bool changed = false;
  std::int64_t last_snapshot_unix_ms = 0;

  // It needs a snapshot: set by the committer, taken by the sequencer.
  std::atomic<bool> lagging{true};

  // The committer's.
  bool waits_for_snapshot = true;
  std::int64_t missed = 0;
};

void Watchers::AddFleet(const v1::WatchFleetRequest& request,
                        const std::shared_ptr<FleetWatch>& queue) {
  DropGone();
  auto reader = std::make_shared<FleetReader>();
  reader->queue = queue;
  reader->effects = request.effects();
  reader->interval_ms = request.snapshot_interval_ms();
  fleet_readers_.push_back(std::move(reader));
}

void Watchers::AddTrip(TripId trip, const std::shared_ptr<TripWatch>& queue) {
  DropGone();
  trip_readers_.push_back({trip, queue, std::nullopt});
}

void Watchers::DropGone() {
  std::erase_if(fleet_readers_, [](const auto& reader) { return reader->queue.expired(); });
  std::erase_if(trip_readers_, [](const TripReader& reader) { return reader.queue.expired(); });
}

std::function<void()> Watchers::Collect(const LiveNetwork& network,
                                        std::span<const TimedEffect> effects,
                                        std::int64_t now_unix_ms) {
  if (fleet_readers_.empty() && trip_readers_.empty()) return nullptr;
  std::vector<FleetNews> fleet_news = CollectFleet(!effects.empty(), now_unix_ms);
  std::vector<TripNews> trip_news = CollectTrips(network, effects);
  if (fleet_news.empty() && trip_news.empty()) return nullptr;
  v1::Fleet fleet;
  std::vector<v1::TimedEffect> messages;
  for (const FleetNews& news : fleet_news) {
    if (news.wants_snapshot && fleet.network().empty()) fleet = MakeFleet(network);
    if (!news.wants_effects || !messages.empty()) continue;
    for (const TimedEffect& effect : effects)
      messages.push_back(codec::EncodeTimedEffect(effect, network.names()));
  }
  return [wake = wake_, fleet_news = std::move(fleet_news), trip_news = std::move(trip_news),
          fleet = std::move(fleet), messages = std::move(messages)] {
    for (const FleetNews& news : fleet_news) Publish(news, messages, fleet, wake);
    for (const TripNews& news : trip_news) Publish(news);
  };
}

std::vector<Watchers::FleetNews> Watchers::CollectFleet(bool changed, std::int64_t now_unix_ms) {
  std::vector<FleetNews> all;
  for (const std::shared_ptr<FleetReader>& reader : fleet_readers_) {
    reader->changed |= changed;
    const bool lagging = reader->lagging.exchange(false);
    const bool due = reader->interval_ms > 0 && reader->changed &&
                     now_unix_ms >= reader->last_snapshot_unix_ms + reader->interval_ms;
    FleetNews news{reader, reader->effects && changed, lagging || due};
    if (news.wants_snapshot) {
      reader->changed = false;
      reader->last_snapshot_unix_ms = now_unix_ms;
    }
    if (news.wants_effects || news.wants_snapshot) all.push_back(std::move(news));
  }
  return all;
}

std::vector<Watchers::TripNews> Watchers::CollectTrips(const LiveNetwork& network,
                                                       std::span<const TimedEffect> effects) {
  std::vector<TripNews> all;
  for (TripReader& reader : trip_readers_) {
    TripNews news{reader.queue.lock(), MakeTrip(network, reader.trip), std::nullopt};
    if (news.queue == nullptr) continue;
    if (!news.trip.has_value()) {
      const TripEnded* end = FindEnd(effects, reader.trip);
      if (end != nullptr && reader.last.has_value())
        news.trip = EndedTrip(*reader.last, end->outcome);
      else
        news.end = absl::NotFoundError(absl::StrCat("trip = ", reader.trip.value, " is unknown"));
    }
    if (news.trip.has_value() && HasEnded(*news.trip)) news.end = absl::OkStatus();
    if (news.trip.has_value() && Same(reader.last, *news.trip)) news.trip.reset();
    if (news.trip.has_value()) reader.last = news.trip;
    if (news.end.has_value()) reader.queue.reset();
    if (news.trip.has_value() || news.end.has_value()) all.push_back(std::move(news));
  }
  DropGone();
  return all;
}

void Watchers::Publish(const FleetNews& news, std::span<const v1::TimedEffect> effects,
                       const v1::Fleet& fleet, const std::function<void()>& wake) {
  FleetReader& reader = *news.reader;
  const std::shared_ptr<FleetWatch> queue = reader.queue.lock();
  if (queue == nullptr) return;
  v1::WatchFleetResponse message;
  for (const v1::TimedEffect& effect : effects) {
    if (!news.wants_effects) break;
    *message.mutable_effect() = effect;
    message.set_missed_effects(reader.missed);
    if (reader.waits_for_snapshot || !queue->Push(message)) {
      ++reader.missed;
      if (!std::exchange(reader.waits_for_snapshot, true)) {
        reader.lagging.store(true);
        wake();
      }
    }
  }
  if (!news.wants_snapshot) return;
  *message.mutable_fleet() = fleet;
  message.set_missed_effects(reader.missed);
  if (queue->Push(message)) {
    reader.waits_for_snapshot = false;
    return;
  }
  // What still waits is older than the snapshot.
  reader.missed += static_cast<std::int64_t>(queue->Clear());
  message.set_missed_effects(reader.missed);
  reader.waits_for_snapshot = !queue->Push(message);
}

void Watchers::Publish(const TripNews& news) {
  v1::WatchTripResponse message;
  if (news.trip.has_value()) {
    *message.mutable_trip() = *news.trip;
    if (!news.queue->Push(message)) {
      news.queue->Clear();
      news.queue->Push(message);
    }
  }
  if (news.end.has_value()) news.queue->Close(*news.end);
}

std::optional<std::int64_t> Watchers::NextDueUnixMs() const {
  std::optional<std::int64_t> due;
  for (const std::shared_ptr<FleetReader>& reader : fleet_readers_) {
    if (reader->queue.expired()) continue;
    std::optional<std::int64_t> at;
    if (reader->interval_ms > 0 && reader->changed)
      at = reader->last_snapshot_unix_ms + reader->interval_ms;
    if (reader->lagging.load()) at = 0;
    if (at.has_value() && (!due.has_value() || *at < *due)) due = at;
  }
  return due;
}

void Watchers::Resynchronise() {
  for (const std::shared_ptr<FleetReader>& reader : fleet_readers_) reader->lagging.store(true);
}

void Watchers::CloseAll(const absl::Status& status) {
  for (const std::shared_ptr<FleetReader>& reader : fleet_readers_)
    if (const auto queue = reader->queue.lock()) queue->Close(status);
  for (const TripReader& reader : trip_readers_)
    if (const auto queue = reader.queue.lock()) queue->Close(status);
  fleet_readers_.clear();
  trip_readers_.clear();
}

}  // namespace skein::server
