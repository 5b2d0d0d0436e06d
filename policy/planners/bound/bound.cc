#include "policy/planners/bound/bound.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"

#include "policy/planners/bound/hindsight_program.h"
#include "policy/planners/bound/solver.h"

namespace skein::policy {
namespace {

// The finest grid whose flights stay below a number that is solved in seconds.
// Source: measured, docs/policy.md, "The hindsight bound".
struct Resolution {
  SimDuration bin;
  int charge_levels;
};
constexpr Resolution kResolutions[] = {
    {kMinute, 12},     {2 * kMinute, 8},  {5 * kMinute, 4},  {10 * kMinute, 3},
    {15 * kMinute, 3}, {20 * kMinute, 1}, {30 * kMinute, 1},
};
constexpr double kMostFlights = 12'000;

Resolution Choose(const sim::Network& network) {
  double corridors = 0;
  for (std::int32_t i = 0; i < network.vertiport_count(); ++i)
    for (const sim::Link& link : network.nearest(VertiportId{i}))
      corridors += link.energy_wh + network.reserve_wh <= network.battery_wh;
  for (const Resolution& resolution : kResolutions) {
    const TimeGrid grid(network, resolution.bin);
    if (corridors * grid.bins * resolution.charge_levels <= kMostFlights) return resolution;
  }
  return *std::rbegin(kResolutions);
}

absl::Status Check(const BoundOptions& options) {
  if (options.bin < SimDuration{} || options.bin > kDay)
    return absl::InvalidArgumentError(
        absl::StrCat("bin = ", options.bin.count(), " ms, want [0, ", kDay.count(), "]"));
  if (options.charge_levels < 0 || options.charge_levels > kMaxChargeLevels)
    return absl::InvalidArgumentError(absl::StrCat("charge_levels = ", options.charge_levels,
                                                   ", want [0, ", kMaxChargeLevels, "]"));
  if (options.max_iterations < 0)
    return absl::InvalidArgumentError(
        absl::StrCat("max_iterations = ", options.max_iterations, ", want at least 0"));
  return absl::OkStatus();
}

bool Stopped(const BoundOptions& options) { return options.stop && options.stop(); }

}  // namespace

absl::StatusOr<BoundReport> HindsightBound(const std::shared_ptr<const sim::Network>& network,
                                           std::uint64_t seed, const BoundOptions& options) {
  SKEIN_RETURN_IF_ERROR(Check(options));
  Resolution resolution = Choose(*network);
  if (options.bin > SimDuration{}) resolution.bin = options.bin;
  if (options.charge_levels > 0) resolution.charge_levels = options.charge_levels;
  const sim::RealisedDay day(network, seed);
  const HindsightProgram hindsight(*network, day, {resolution.bin, resolution.charge_levels, {}});
  const LinearProgram& program = hindsight.program();
  const SolverOptions solver{options.max_iterations, options.stop};
  Solution solution = SolveByBarrier(program, solver);
  double bound = LagrangianBound(program, solution.multipliers);
  if (solution.status != SolveStatus::kOptimal && options.max_iterations == 0 &&
      !Stopped(options)) {
    // The barrier method has lost its way in the numbers. Each of the two bounds is valid.
    solution = SolveBySimplex(program, solver);
    bound = std::min(bound, LagrangianBound(program, solution.multipliers));
  }
  if (Stopped(options)) return absl::CancelledError("stopped while solving");
  BoundReport report;
  report.bound_cents = static_cast<std::int64_t>(std::ceil(bound + hindsight.allowance_cents()));
  report.bin = resolution.bin;
  report.bins = hindsight.grid().bins;
  report.charge_levels = hindsight.charge_levels();
  report.rows = program.row_count();
  report.columns = program.column_count();
  report.entries = static_cast<std::int64_t>(program.entries().size());
  report.iterations = solution.iterations;
  report.optimal = solution.status == SolveStatus::kOptimal;
  return report;
}

}  // namespace skein::policy
