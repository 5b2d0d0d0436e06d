#include "sim/episode.h"

#include <utility>

namespace skein::sim {
namespace {

// Asks the dispatcher for the first open point and commits its choice, or `hold` if it is refused.
class Decider {
 public:
  Decider(Simulator& simulator, Dispatcher& dispatcher, const EpisodeHooks& hooks)
      : simulator_(simulator), dispatcher_(dispatcher), hooks_(hooks) {}

  absl::Status DecideNext() {
    const AircraftId aircraft = simulator_.world().open_points().front();
    simulator_.world().Observe(aircraft, &observation_);
    const DecisionPoint point{&observation_, &simulator_.world()};
    SKEIN_RETURN_IF_ERROR(dispatcher_.DecideBatch({&point, 1}, {&choice_, 1}));
    decision_.aircraft = aircraft;
    decision_.action = choice_.action;
    Verdict verdict = simulator_.Commit(decision_);
    if (hooks_.on_decision) hooks_.on_decision(simulator_.world(), decision_, verdict);
    if (verdict.accepted()) return absl::OkStatus();
    decision_.action = Action::Hold();
    verdict = simulator_.Commit(decision_);
    if (hooks_.on_decision) hooks_.on_decision(simulator_.world(), decision_, verdict);
    if (!verdict.accepted()) return absl::InternalError("hold was refused at a decision point");
    return absl::OkStatus();
  }

 private:
  Simulator& simulator_;
  Dispatcher& dispatcher_;
  const EpisodeHooks& hooks_;
  Observation observation_;
  Choice choice_;
  Decision decision_;
};

}  // namespace

void NoteFirstSessions(const World& world, std::vector<TimedEffect>& effects) {
  for (std::size_t k = 0; k < world.state().aircraft.size(); ++k) {
    const AircraftState& aircraft = world.state().aircraft[k];
    if (aircraft.charging)
      effects.push_back({world.now(), ChargingStarted{AircraftId{static_cast<std::int32_t>(k)},
                                                      aircraft.vertiport}});
  }
}

absl::StatusOr<EpisodeReport> RunEpisode(std::shared_ptr<const Network> network, std::uint64_t seed,
                                         Dispatcher& dispatcher, const EpisodeHooks& hooks) {
  Simulator simulator(std::move(network), seed);
  simulator.mutable_world().CollectEffects(hooks.effects);
  if (hooks.effects != nullptr) NoteFirstSessions(simulator.world(), *hooks.effects);
  Decider decider(simulator, dispatcher, hooks);
  while (const auto event = simulator.NextEvent()) {
    if (hooks.stop && hooks.stop()) return absl::CancelledError("stopped between two events");
    SKEIN_RETURN_IF_ERROR(simulator.Apply(*event));
    if (hooks.on_event) hooks.on_event(simulator.world(), *event);
    while (!simulator.world().open_points().empty()) SKEIN_RETURN_IF_ERROR(decider.DecideNext());
  }
  EpisodeReport report;
  report.seed = seed;
  report.summary = simulator.world().settled_days().back();
  report.digest = simulator.world().Digest();
  return report;
}

}  // namespace skein::sim
