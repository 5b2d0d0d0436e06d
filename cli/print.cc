#include "cli/print.h"

#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_format.h"

namespace skein::cli {
namespace {

v1::DayReport MeanOf(const v1::SimulationReport& report) {
  v1::DayReport mean;
  const double days = report.days_size();
  const auto add = [days](double value) { return value / days; };
  double requested = 0, served = 0, lost = 0, flights = 0, reposition = 0, decisions = 0;
  for (const v1::DayReport& day : report.days()) {
    mean.set_profit_usd(mean.profit_usd() + add(day.profit_usd()));
    mean.set_revenue_usd(mean.revenue_usd() + add(day.revenue_usd()));
    mean.set_mean_wait_s(mean.mean_wait_s() + add(day.mean_wait_s()));
    mean.set_load_factor(mean.load_factor() + add(day.load_factor()));
    mean.set_wall_s(mean.wall_s() + add(day.wall_s()));
    requested += add(day.passengers_requested());
    served += add(day.passengers_served());
    lost += add(day.passengers_lost());
    flights += add(day.flights());
    reposition += add(day.reposition_flights());
    decisions += add(day.decisions());
  }
  const auto round = [](double value) { return static_cast<int>(std::lround(value)); };
  mean.set_passengers_requested(round(requested));
  mean.set_passengers_served(round(served));
  mean.set_passengers_lost(round(lost));
  mean.set_flights(round(flights));
  mean.set_reposition_flights(round(reposition));
  mean.set_decisions(round(decisions));
  return mean;
}

std::string Row(const std::string& label, const v1::DayReport& day) {
  return absl::StrFormat("%12s %11s %11s %8d %6d %10d %8d %7.1f %6.2f %9d %8.1f\n", label,
                         Thousands(day.profit_usd()), Thousands(day.revenue_usd()), day.flights(),
                         day.reposition_flights(), day.passengers_requested(),
                         day.passengers_served(), day.mean_wait_s() / 60, day.load_factor(),
                         day.decisions(), day.wall_s() * 1000);
}

}  // namespace

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "error: %s\n", std::string(status.message()).c_str());
  return status.code() == absl::StatusCode::kInvalidArgument ? kUsage : kFailed;
}

absl::Status PrintOut(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0)
    return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("standard output cannot be written: ", std::string(std::strerror(errno))));
}

std::string Thousands(double value) {
  const auto rounded = static_cast<long long>(std::llround(std::fabs(value)));
  std::string digits = std::to_string(rounded);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return value < 0 && rounded != 0 ? "-" + digits : digits;
}

std::string ClockText(std::int64_t time_ms) {
  const std::int64_t minutes = time_ms / 60000;
  return absl::StrFormat("%02d:%02d", minutes / 60 % 24, minutes % 60);
}

std::string ReportTable(const v1::SimulationReport& report) {
  std::string text =
      absl::StrFormat("scenario %s, policy %s\n\n", report.scenario(), report.policy());
  text +=
      "        seed  profit USD revenue USD  flights  empty passengers   served wait min   load"
      " decisions  wall ms\n";
  for (const v1::DayReport& day : report.days()) text += Row(std::to_string(day.seed()), day);
  if (report.days_size() > 1) text += Row("mean", MeanOf(report));
  return text;
}

std::string DayText(const v1::DayReport& day) {
  std::string text;
  text += absl::StrFormat(
      "  profit            %12s USD  = revenue %s - operating cost %s - energy %s\n",
      Thousands(day.profit_usd()), Thousands(day.revenue_usd()),
      Thousands(day.operating_cost_usd()), Thousands(day.energy_cost_usd()));
  text += absl::StrFormat("  passengers        %12d      served %d, lost %d, diverted %d\n",
                          day.passengers_requested(), day.passengers_served(),
                          day.passengers_lost(), day.passengers_diverted());
  text += absl::StrFormat(
      "  flights           %12d      of which %d without passengers; load factor %.2f\n",
      day.flights(), day.reposition_flights(), day.load_factor());
  text += absl::StrFormat("  wait              %12.1f min  mean; 95 %% within %.1f min\n",
                          day.mean_wait_s() / 60, day.p95_wait_s() / 60);
  text += absl::StrFormat("  decisions         %12d      of which %d holds; guard violations %d\n",
                          day.decisions(), day.holds(), day.guard_violations());
  text += absl::StrFormat(
      "  closures met      %12d      cancellations %d, diversions %d, emergency landings %d\n",
      day.closures_met(), day.cancellations(), day.diversions(), day.emergency_landings());
  text += absl::StrFormat(
      "  energy            %12.0f kWh  lowest state of charge at a landing %.0f %%\n",
      day.energy_kwh(), day.min_state_of_charge_at_landing() * 100);
  text += absl::StrFormat("  out of service    %12.1f h    over all aircraft; excursions %d\n",
                          day.aircraft_down_hours(), day.excursions());
  return text;
}

ProgressLine::~ProgressLine() {
  if (shown_) std::fprintf(stderr, "\r\033[K");
}

void ProgressLine::Show(const std::string& text) {
  if (isatty(STDERR_FILENO) == 0) return;
  std::fprintf(stderr, "\r\033[K%s", text.c_str());
  std::fflush(stderr);
  shown_ = true;
}

}  // namespace skein::cli
