#pragma once

#include <string>

#include "sim/domain/status.h"
#include "skein/v1/report.pb.h"

// What people read. Data goes to stdout, progress and errors to stderr.
namespace skein::cli {

// Exit codes of every subcommand.
inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;

// Prints "error: MESSAGE" and gives the exit code: kUsage for INVALID_ARGUMENT, else kFailed.
int Fail(const absl::Status& status);

// Prints the text to standard output.
// Errors: UNAVAILABLE, if not all of it could be written, as on a full disk.
absl::Status PrintOut(const std::string& text);

// The days of a report as a table, and their mean below it if there are several.
std::string ReportTable(const v1::SimulationReport& report);

// One day in some lines of words and figures.
std::string DayText(const v1::DayReport& day);

// "14:05" of a network time in milliseconds.
std::string ClockText(std::int64_t time_ms);

// 1234567.8 as "1,234,568".
std::string Thousands(double value);

// A progress line on stderr that overwrites itself; nothing if stderr is no terminal.
class ProgressLine {
 public:
  ~ProgressLine();
  void Show(const std::string& text);

 private:
  bool shown_ = false;
};

}  // namespace skein::cli
