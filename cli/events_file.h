#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "proto/codec/names.h"
#include "sim/domain/effect.h"
#include "sim/domain/status.h"
#include "sim/episode.h"
#include "skein/v1/report.pb.h"

namespace skein::cli {

// Writes what happened in days, one JSON line each: every external event and every decision,
// followed by the effects that it had (an event's effects begin with those of the timers due by its
// time). The file appears under its name only when it is complete.
//
// Threads: compatible.
class EventsFile {
 public:
  // Errors: UNAVAILABLE, if the file cannot be written.
  static absl::StatusOr<EventsFile> Create(const std::string& path);
  EventsFile(EventsFile&&) = default;
  ~EventsFile();

  // Begins a day. The hooks are for its episode; they write here until the next day begins.
  sim::EpisodeHooks BeginDay(const std::string& scenario, const sim::Network& network,
                             std::uint64_t seed, const std::string& policy);
  void EndDay(const v1::DayReport& report);
  // Errors: UNAVAILABLE, if anything could not be written.
  absl::Status Finish();

 private:
  EventsFile() = default;
  void WriteEffects();

  std::string path_;
  std::ofstream out_;
  codec::Names names_;
  std::vector<TimedEffect> effects_;
};

}  // namespace skein::cli
