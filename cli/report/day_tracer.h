#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "cli/report/activity_recorder.h"
#include "cli/report/step_recorder.h"
#include "sim/domain/effect.h"
#include "sim/domain/event.h"
#include "sim/episode.h"
#include "skein/v1/day_trace.pb.h"

namespace skein::cli {

// Looks on while an episode is played and writes its day down as a DayTrace.
//
// Threads: compatible. The hooks that Watch fills call into the tracer, which must outlive them and
// not move.
class DayTracer {
 public:
  DayTracer(const sim::Network& network, std::string scenario, std::uint64_t seed,
            std::string policy);
  DayTracer(const DayTracer&) = delete;
  DayTracer& operator=(const DayTracer&) = delete;

  // Adds the tracer to the hooks of one episode; hooks that are there already still run, after it.
  void Watch(sim::EpisodeHooks* hooks);

  // The whole day. Call it once, after the episode.
  v1::DayTrace Finish();

 private:
  struct VertiportRecorder {
    StepRecorder waiting_passengers;
    StepRecorder on_ground;
    StepRecorder charging;
  };
  struct Party {
    VertiportId origin;
    int passengers = 0;
  };
  using Facts = ActivityRecorder::Facts;

  void Take(const std::vector<TimedEffect>& effects);
  void TakeEvent(const ExternalEvent& event);
  void AddClosure(const Advisory& advisory);
  void EndClosure(AdvisoryId id, SimTime time);
  void ChangeService(AircraftId id, bool out_of_service);
  void MoveWaiting(const std::vector<TripId>& trips, int sign);

  // One per effect that a picture of the day shows.
  void On(const FlightCommitted& effect);
  void On(const FlightCancelled& effect);
  void On(const FlightTookOff& effect);
  void On(const FlightLanded& effect);
  void On(const StandTaken& effect);
  void On(const HoldingStarted& effect);
  void On(const DiversionStarted& effect);
  void On(const EmergencyDeclared& effect);
  void On(const ChargingStarted& effect);
  void On(const ChargingEnded& effect);
  void On(const TripAccepted& effect);
  void On(const TripEnded& effect);
  void On(const DaySettled& effect);
  template <class E>
  void On(const E&) {}

  ActivityRecorder& aircraft(AircraftId id) { return aircraft_[id.index()]; }
  VertiportRecorder& vertiport(VertiportId id) { return vertiports_[id.index()]; }

  const SimDuration turnaround_;
  v1::DayTrace trace_;
  SimTime now_{};  // of the effect or event being taken
  std::vector<ActivityRecorder> aircraft_;
  std::vector<std::vector<TripId>> boarded_;  // by aircraft
  std::vector<VertiportRecorder> vertiports_;
  std::unordered_map<std::int64_t, Party> parties_;  // by trip
  std::unordered_map<std::int64_t, int> closures_;   // by advisory: index in trace_
  StepRecorder profit_{100};                         // cents in, USD out
  StepRecorder served_;
  StepRecorder lost_;
  std::vector<TimedEffect> effects_;  // of an episode that nobody else watches
};

}  // namespace skein::cli
