#include <utility>

#include "coin/ClpEventHandler.hpp"
#include "coin/ClpSimplex.hpp"
#include "coin/ClpSolve.hpp"
#include "policy/planners/bound/solver.h"

namespace skein::policy {
namespace {

// Stops the solver when the caller says so. Asking costs more than an iteration, so it asks rarely.
class StopHandler final : public ClpEventHandler {
 public:
  explicit StopHandler(std::function<bool()> stop) : stop_(std::move(stop)) {}

  int event(Event which) override {
    constexpr int kStop = 5;  // any value but -1 ends the solve
    if (which != endOfFactorization || !stop_) return -1;
    return stop_() ? kStop : -1;
  }
  ClpEventHandler* clone() const override { return new StopHandler(*this); }

 private:
  std::function<bool()> stop_;
};

double ForClp(double bound) {
  return bound == kUnbounded ? COIN_DBL_MAX : bound == -kUnbounded ? -COIN_DBL_MAX : bound;
}

// CLP minimises, so it gets the negative objective.
void Load(const LinearProgram& program, ClpSimplex& clp) {
  const std::size_t rows = program.rows().size();
  const std::size_t columns = program.columns().size();
  std::vector<double> cost, lower, upper, row_lower, row_upper, values;
  std::vector<int> indices;
  cost.reserve(columns);
  for (const double value : program.objective()) cost.push_back(-value);
  for (const LinearProgram::Line& column : program.columns()) {
    lower.push_back(column.lower);
    upper.push_back(column.upper);
  }
  row_lower.reserve(rows);
  row_upper.reserve(rows);
  for (const LinearProgram::Line& row : program.rows()) {
    row_lower.push_back(ForClp(row.lower));
    row_upper.push_back(ForClp(row.upper));
  }
  values.reserve(program.entries().size());
  indices.reserve(program.entries().size());
  for (const LinearProgram::Entry& entry : program.entries()) {
    indices.push_back(entry.row);
    values.push_back(entry.value);
  }
  const std::vector<CoinBigIndex> starts(program.starts().begin(), program.starts().end());
  clp.loadProblem(program.column_count(), program.row_count(), starts.data(), indices.data(),
                  values.data(), lower.data(), upper.data(), cost.data(), row_lower.data(),
                  row_upper.data());
}

}  // namespace

Solution Solve(const LinearProgram& program, const SolverOptions& options) {
  ClpSimplex clp;
  clp.setLogLevel(0);
  Load(program, clp);
  StopHandler handler(options.stop);
  clp.passInEventHandler(&handler);
  if (options.max_iterations > 0) clp.setMaximumIterations(options.max_iterations);
  ClpSolve how;
  how.setSolveType(ClpSolve::useDual);
  how.setPresolveType(ClpSolve::presolveOn);
  clp.initialSolve(how);

  Solution solution;
  solution.status = clp.status() == 0   ? SolveStatus::kOptimal
                    : clp.status() == 1 ? SolveStatus::kInfeasible
                                        : SolveStatus::kStopped;
  solution.objective = -clp.objectiveValue();
  solution.iterations = clp.numberIterations();
  const double* duals = clp.dualRowSolution();
  solution.multipliers.reserve(program.rows().size());
  for (std::size_t r = 0; r < program.rows().size(); ++r) solution.multipliers.push_back(-duals[r]);
  return solution;
}

}  // namespace skein::policy
