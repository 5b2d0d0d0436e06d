#include "cli/events_file.h"

#include <cstdio>
#include <filesystem>

#include "proto/codec/decision_codec.h"
#include "proto/codec/effect_codec.h"
#include "proto/codec/event_codec.h"
#include "proto/codec/json.h"
#include "skein/v1/events_file.pb.h"

namespace skein::cli {

absl::StatusOr<EventsFile> EventsFile::Create(const std::string& path) {
  EventsFile file;
  file.path_ = path;
  file.out_.open(path + ".part", std::ios::trunc);
  if (!file.out_)
    return absl::UnavailableError(absl::StrCat("--events = \"", path, "\" cannot be written"));
  return file;
}

EventsFile::~EventsFile() {
  if (!out_.is_open()) return;
  out_.close();
  std::error_code ignored;  // nothing more can be done about a leftover
  std::filesystem::remove(path_ + ".part", ignored);
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
  out_ << codec::ToJson(line) << '\n';

  sim::EpisodeHooks hooks;
  hooks.effects = &effects_;
  hooks.on_event = [this](const sim::World&, const ExternalEvent& event) {
    v1::EventsFileLine entry;
    *entry.mutable_event() = codec::EncodeEvent(event, names_);
    if (const auto* added = std::get_if<AircraftAdded>(&event.payload))
      names_.AddAircraft(added->name);
    out_ << codec::ToJson(entry) << '\n';
    WriteEffects();
  };
  hooks.on_decision = [this](const sim::World& world, const Decision& decision,
                             const Verdict& verdict) {
    v1::EventsFileLine entry;
    v1::TimedDecision& timed = *entry.mutable_decision();
    timed.set_time_ms(ToMs(world.now()));
    *timed.mutable_decision() = codec::EncodeDecision(decision, names_);
    *timed.mutable_verdict() = codec::EncodeVerdict(verdict);
    out_ << codec::ToJson(entry) << '\n';
    WriteEffects();
  };
  return hooks;
}

void EventsFile::WriteEffects() {
  for (const TimedEffect& effect : effects_) {
    v1::EventsFileLine line;
    *line.mutable_effect() = codec::EncodeTimedEffect(effect, names_);
    out_ << codec::ToJson(line) << '\n';
  }
  effects_.clear();
}

void EventsFile::EndDay(const v1::DayReport& report) {
  v1::EventsFileLine line;
  *line.mutable_summary() = report;
  out_ << codec::ToJson(line) << '\n';
}

absl::Status EventsFile::Finish() {
  out_.close();
  std::error_code error;
  if (out_) std::filesystem::rename(path_ + ".part", path_, error);
  if (!out_ || error)
    return absl::UnavailableError(absl::StrCat("--events = \"", path_, "\" was not written"));
  return absl::OkStatus();
}

}  // namespace skein::cli
