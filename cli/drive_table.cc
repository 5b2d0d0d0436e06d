#include "cli/drive_table.h"

#include <unistd.h>

#include <cstdio>

#include "cli/print.h"

namespace skein::cli {

void DriveTable::Show(const sim::World& world) {
  const SimTime now = world.now();
  if (now < next_line_) return;
  const bool terminal = isatty(STDERR_FILENO) != 0;
  if (!head_shown_) {
    std::fprintf(
        stderr,
        "  time  airborne  flights  waiting  served   lost  diverted  closed  open   profit USD\n");
    head_shown_ = true;
  }
  next_line_ = now + SimDuration{20'000};
  if (now >= next_row_) {
    Row(ClockText(ToMs(now)), world, "\n");
    next_row_ = SimTime{(now.time_since_epoch() / (kHour / 2) + 1) * (kHour / 2)};
  } else if (terminal) {
    Row(ClockText(ToMs(now)), world, "");
  }
}

void DriveTable::Row(const std::string& clock, const sim::World& world, const char* end) const {
  const sim::WorldState& state = world.state();
  int airborne = 0;
  for (const sim::AircraftState& aircraft : state.aircraft) airborne += aircraft.airborne() ? 1 : 0;
  int waiting = 0;
  int closed = 0;
  for (const sim::VertiportState& vertiport : state.vertiports) {
    waiting += vertiport.waiting_passengers;
    closed += vertiport.closed > 0 ? 1 : 0;
  }
  for (const sim::AdvisoryState& known : state.advisories)
    closed += known.active && known.advisory.kind == AdvisoryKind::kCorridorClosed ? 1 : 0;
  const DaySummary& today = world.terminated() ? world.settled_days().back() : world.today();
  std::fprintf(stderr, "%s %s  %8d  %7lld  %7d  %6lld  %5lld  %8lld  %6d  %4s  %11s%s",
               isatty(STDERR_FILENO) != 0 ? "\r\033[K" : "", clock.c_str(), airborne,
               static_cast<long long>(today.flights), waiting,
               static_cast<long long>(today.passengers_served),
               static_cast<long long>(today.passengers_lost),
               static_cast<long long>(today.passengers_diverted), closed,
               state.is_open ? "yes" : "no",
               Thousands(static_cast<double>(today.profit_cents()) / 100).c_str(), end);
  std::fflush(stderr);
}

}  // namespace skein::cli
