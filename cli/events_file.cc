#include "cli/events_file.h"

#include "proto/codec/decision_codec.h"
#include "proto/codec/effect_codec.h"
#include "proto/codec/event_codec.h"
#include "proto/codec/json.h"

namespace skein::cli {

absl::StatusOr<EventsFile> EventsFile::Create(const std::string& path) {
  absl::StatusOr<ResultFile> file = ResultFile::Create(path);
  if (!file.ok()) return Annotate(file.status(), "--events");
  return EventsFile(*std::move(file));
}

sim::EpisodeHooks EventsFile::BeginDay(const std::string& scenario, const sim::Network& network,
                                       std::uint64_t seed, const std::string& policy) {
  names_ = codec::Names(network.scenario());
  effects_.clear();
  v1::EventsFileLine line;
  line.mutable_header()->set_scenario(scenario);
  line.mutable_header()->set_seed(seed);
  line.mutable_header()->set_policy(policy);
  line.mutable_header()->set_rules_version(network.scenario().rules_version);
  Write(line);

  sim::EpisodeHooks hooks;
  hooks.effects = &effects_;
  hooks.on_event = [this](const sim::World&, const ExternalEvent& event) {
    v1::EventsFileLine entry;
    *entry.mutable_event() = codec::EncodeEvent(event, names_);
    if (const auto* added = std::get_if<AircraftAdded>(&event.payload))
      names_.AddAircraft(added->name);
    Write(entry);
    WriteEffects();
  };
  hooks.on_decision = [this](const sim::World& world, const Decision& decision,
                             const Verdict& verdict) {
    v1::EventsFileLine entry;
    v1::TimedDecision& timed = *entry.mutable_decision();
    timed.set_time_ms(ToMs(world.now()));
    *timed.mutable_decision() = codec::EncodeDecision(decision, names_);
    *timed.mutable_verdict() = codec::EncodeVerdict(verdict);
    Write(entry);
    WriteEffects();
  };
  return hooks;
}

void EventsFile::Write(const v1::EventsFileLine& line) {
  file_.Append(codec::ToJson(line));
  file_.Append("\n");
}

void EventsFile::WriteEffects() {
  for (const TimedEffect& effect : effects_) {
    v1::EventsFileLine line;
    *line.mutable_effect() = codec::EncodeTimedEffect(effect, names_);
    Write(line);
  }
  effects_.clear();
}

void EventsFile::EndDay(const v1::DayReport& report) {
  v1::EventsFileLine line;
  *line.mutable_summary() = report;
  Write(line);
}

absl::Status EventsFile::Finish() { return Annotate(file_.Finish(), "--events"); }

}  // namespace skein::cli
