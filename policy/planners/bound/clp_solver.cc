#include <algorithm>
#include <utility>

#include "coin/ClpCholeskyBase.hpp"
#include "coin/ClpEventHandler.hpp"
#include "coin/ClpInterior.hpp"
#include "coin/ClpSimplex.hpp"
#include "policy/planners/bound/solver.h"

namespace skein::policy {
namespace {

// Asks the caller at each factorisation of the simplex method whether to stop.
class SimplexStop final : public ClpEventHandler {
 public:
  explicit SimplexStop(const std::function<bool()>& stop) : stop_(stop) {}

  int event(Event which) override {
    constexpr int kGoOn = -1;
    constexpr int kStop = 5;
    return which == endOfFactorization && stop_ && stop_() ? kStop : kGoOn;
  }
  ClpEventHandler* clone() const override { return new SimplexStop(*this); }

 private:
  const std::function<bool()>& stop_;
};

// Asks at each iteration of the barrier method, which reports it as a message, and then takes all
// further iterations away from it.
class BarrierStop final : public CoinMessageHandler {
 public:
  BarrierStop(const std::function<bool()>& stop, ClpInterior& interior)
      : stop_(stop), interior_(interior) {
    // At level 1 the messages of iterations come; the level of the whole stays 0, since above it
    // CLP also writes to stdout behind the handler's back.
    setLogLevel(0);
    for (int part = 0; part < COIN_NUM_LOG; ++part) setLogLevel(part, 1);
  }

  int print() override {
    if (stop_ && stop_()) interior_.setMaximumBarrierIterations(0);
    return 0;
  }
  CoinMessageHandler* clone() const override { return new BarrierStop(*this); }

 private:
  const std::function<bool()>& stop_;
  ClpInterior& interior_;
};

double ForClp(double bound) { return std::clamp(bound, -COIN_DBL_MAX, COIN_DBL_MAX); }

// CLP minimises, so it gets the negative objective.
template <class Clp>
void Load(const LinearProgram& program, Clp& clp) {
  const std::size_t rows = program.rows().size();
  const std::size_t columns = program.columns().size();
  const std::size_t entries = program.entries().size();
  std::vector<double> cost(columns), lower(columns), upper(columns);
  for (std::size_t k = 0; k < columns; ++k) {
    cost[k] = -program.objective()[k];
    lower[k] = program.columns()[k].lower;
    upper[k] = program.columns()[k].upper;
  }
  std::vector<double> row_lower(rows), row_upper(rows);
  for (std::size_t r = 0; r < rows; ++r) {
    row_lower[r] = ForClp(program.rows()[r].lower);
    row_upper[r] = ForClp(program.rows()[r].upper);
  }
  std::vector<double> values(entries);
  std::vector<int> indices(entries);
  for (std::size_t k = 0; k < entries; ++k) {
    indices[k] = program.entries()[k].row;
    values[k] = program.entries()[k].value;
  }
  const std::vector<CoinBigIndex> starts(program.starts().begin(), program.starts().end());
  clp.loadProblem(program.column_count(), program.row_count(), starts.data(), indices.data(),
                  values.data(), lower.data(), upper.data(), cost.data(), row_lower.data(),
                  row_upper.data());
}

Solution Read(const ClpModel& clp, const LinearProgram& program) {
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

}  // namespace

Solution SolveBySimplex(const LinearProgram& program, const SolverOptions& options) {
  ClpSimplex clp;
  clp.setLogLevel(0);
  Load(program, clp);
  SimplexStop handler(options.stop);
  clp.passInEventHandler(&handler);
  if (options.max_iterations > 0) clp.setMaximumIterations(options.max_iterations);
  ClpSolve how;
  how.setSolveType(ClpSolve::useDual);
  how.setPresolveType(ClpSolve::presolveOn);
  clp.initialSolve(how);
  return Read(clp, program);
}

Solution SolveByBarrier(const LinearProgram& program, const SolverOptions& options) {
  ClpInterior clp;
  Load(program, clp);
  BarrierStop handler(options.stop, clp);
  clp.passInMessageHandler(&handler);
  if (options.max_iterations > 0) clp.setMaximumBarrierIterations(options.max_iterations);
  clp.setCholesky(new ClpCholeskyBase());
  clp.primalDual();
  return Read(clp, program);
}

}  // namespace skein::policy
