#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cli/result_file.h"
#include "proto/codec/names.h"
#include "sim/domain/effect.h"
#include "sim/domain/status.h"
#include "sim/episode.h"
#include "skein/v1/events_file.pb.h"
#include "skein/v1/report.pb.h"

namespace skein::cli {

// Writes what happened in days, one JSON line each: every external event and every decision,
// followed by the effects that it had (an event's effects begin with those of the timers due by its
// time). The file appears under its name only when it is complete.
//
// Threads: compatible.
class EventsFile {
 public:
  // Errors: those of ResultFile::Create.
  static absl::StatusOr<EventsFile> Create(const std::string& path);

  // Begins a day. The hooks are for its episode; they write here until the next day begins.
  sim::EpisodeHooks BeginDay(const std::string& scenario, const sim::Network& network,
                             std::uint64_t seed, const std::string& policy);
  void EndDay(const v1::DayReport& report);
  // Errors: those of ResultFile::Finish.
  absl::Status Finish();

 private:
  explicit EventsFile(ResultFile file) : file_(std::move(file)) {}
  void Write(const v1::EventsFileLine& line);
  void WriteEffects();

  ResultFile file_;
  codec::Names names_;
  std::vector<TimedEffect> effects_;
};

}  // namespace skein::cli
