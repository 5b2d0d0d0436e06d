#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "sim/domain/day_summary.h"
#include "sim/domain/dispatcher.h"
#include "sim/domain/status.h"
#include "sim/simulator.h"

namespace skein::sim {

struct EpisodeReport {
  std::uint64_t seed = 0;
  DaySummary summary;
  std::uint64_t digest = 0;
};

// What an onlooker may hook into; any of them may be empty.
struct EpisodeHooks {
  // After each event, before the decisions it opened.
  std::function<void(const World&, const ExternalEvent&)> on_event;
  // After each decision.
  std::function<void(const World&, const Decision&, const Verdict&)> on_decision;
  // Asked between events; true stops the episode with CANCELLED.
  std::function<bool()> stop;
  // Where effects go; null: nowhere.
  std::vector<TimedEffect>* effects = nullptr;
};

// Appends the charging sessions that run when the day begins, which no event announces.
void NoteFirstSessions(const World& world, std::vector<TimedEffect>& effects);

// Plays one day with a dispatcher. A refused choice is replaced by `hold` and counted as a refusal.
// Errors: those of the dispatcher; CANCELLED.
absl::StatusOr<EpisodeReport> RunEpisode(std::shared_ptr<const Network> network, std::uint64_t seed,
                                         Dispatcher& dispatcher, const EpisodeHooks& hooks = {});

}  // namespace skein::sim
