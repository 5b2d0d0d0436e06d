#include "proto/codec/report_codec.h"

#include <algorithm>
#include <limits>

#include "proto/codec/resource_name.h"

namespace skein::codec {
namespace {

constexpr double kCentsPerUsd = 100;
constexpr double kMsPerSecond = 1000;
constexpr double kMsPerHour = 3'600'000;
constexpr double kWhPerKwh = 1000;

std::int32_t Count(std::int64_t value) {
  using Limits = std::numeric_limits<std::int32_t>;
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(value, Limits::min(), Limits::max()));
}

double Ratio(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

double In(double unit, std::int64_t value) { return static_cast<double>(value) / unit; }

void EncodeMoney(const DaySummary& day, v1::DayReport* report) {
  report->set_profit_usd(In(kCentsPerUsd, day.profit_cents()));
  report->set_revenue_usd(In(kCentsPerUsd, day.revenue_cents));
  report->set_operating_cost_usd(In(kCentsPerUsd, day.operating_cost_cents));
  report->set_energy_cost_usd(In(kCentsPerUsd, day.energy_cost_cents));
}

void EncodeCounts(const DaySummary& day, v1::DayReport* report) {
  report->set_flights(Count(day.flights));
  report->set_reposition_flights(Count(day.reposition_flights));
  report->set_passengers_requested(Count(day.passengers_requested));
  report->set_passengers_served(Count(day.passengers_served));
  report->set_passengers_lost(Count(day.passengers_lost));
  report->set_passengers_diverted(Count(day.passengers_diverted));
  report->set_diversions(Count(day.diversions));
  report->set_emergency_landings(Count(day.emergency_landings));
  report->set_excursions(Count(day.excursions));
  report->set_cancellations(Count(day.cancellations));
  report->set_decisions(Count(day.decisions));
  report->set_holds(Count(day.holds));
  report->set_closures_met(Count(day.closures_met));
  report->set_guard_violations(Count(day.guard_violations));
  report->set_requests(Count(day.requests));
  report->set_requests_unserved(Count(day.requests_unserved));
  report->set_refusals(Count(day.refusals));
}

}  // namespace

v1::DayReport EncodeDayReport(const DaySummary& day, const DayReportContext& context) {
  v1::DayReport report;
  report.set_seed(context.seed);
  EncodeMoney(day, &report);
  EncodeCounts(day, &report);
  report.set_mean_wait_s(Ratio(day.wait_ms_sum, day.wait_passengers) / kMsPerSecond);
  report.set_p95_wait_s(In(kMsPerSecond, day.p95_wait_ms));
  report.set_load_factor(Ratio(day.passengers_flown, day.seats_flown));
  report.set_energy_kwh(In(kWhPerKwh, day.energy_wh));
  report.set_aircraft_down_hours(In(kMsPerHour, day.aircraft_down_ms));
  report.set_min_state_of_charge_at_landing(
      day.min_charge_at_landing_wh < 0 ? 1
                                       : Ratio(day.min_charge_at_landing_wh, context.battery_wh));
  if (context.digest.has_value()) report.set_digest(HexDigest(*context.digest));
  report.set_wall_s(context.wall_s);
  return report;
}

}  // namespace skein::codec
