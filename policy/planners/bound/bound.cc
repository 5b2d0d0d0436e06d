#include "policy/planners/bound/bound.h"

#include <cmath>

#include "policy/planners/bound/hindsight_program.h"
#include "policy/planners/bound/solver.h"

namespace skein::policy {

absl::StatusOr<BoundReport> HindsightBound(const std::shared_ptr<const sim::Network>& network,
                                           std::uint64_t seed, const BoundOptions& options) {
  const SimDuration width = options.bin > SimDuration{} ? options.bin : 10 * kMinute;
  const sim::RealisedDay day(network, seed);
  const HindsightProgram hindsight(
      *network, day, {width, options.charge_levels == 0 ? 1 : options.charge_levels, {}});
  const LinearProgram& program = hindsight.program();
  const Solution solution = Solve(program, {options.max_iterations, options.stop});
  if (options.stop && options.stop()) return absl::CancelledError("stopped while solving");
  const double bound = LagrangianBound(program, solution.multipliers) + hindsight.allowance_cents();
  BoundReport report;
  report.bound_cents = static_cast<std::int64_t>(std::ceil(bound));
  report.bin = width;
  report.bins = hindsight.grid().bins;
  report.rows = program.row_count();
  report.columns = program.column_count();
  report.entries = static_cast<std::int64_t>(program.entries().size());
  report.iterations = solution.iterations;
  report.optimal = solution.status == SolveStatus::kOptimal;
  return report;
}

}  // namespace skein::policy
