#include "policy/planners/rolling/plan_lp.h"

#include <algorithm>

#include "ClpFactorization.hpp"
#include "ClpSimplex.hpp"
#include "sim/domain/check.h"

namespace skein::policy {

int PlanLp::AddRow(double at_least, double at_most) {
  row_lower.push_back(at_least);
  row_upper.push_back(at_most);
  first_basis.push_back(-1);
  return rows() - 1;
}

int PlanLp::AddColumn(double unit_cost, double at_least, double at_most) {
  cost.push_back(unit_cost);
  lower.push_back(at_least);
  upper.push_back(at_most);
  column_begin.push_back(column_begin.back());
  return columns() - 1;
}

void PlanLp::AddEntry(int to_row, double value) {
  row.push_back(to_row);
  coefficient.push_back(value);
  ++column_begin.back();
}

LinearSolver::LinearSolver(const PlanLp& program) : simplex_(std::make_unique<ClpSimplex>()) {
  simplex_->setLogLevel(0);
  // Never the dense kernels of LAPACK: their rounding depends on the processor.
  simplex_->factorization()->setDenseThreshold(0);
  simplex_->loadProblem(program.columns(), program.rows(), program.column_begin.data(),
                        program.row.data(), program.coefficient.data(), program.lower.data(),
                        program.upper.data(), program.cost.data(), program.row_lower.data(),
                        program.row_upper.data());
  for (int row = 0; row < program.rows(); ++row) {
    const int column = program.first_basis[static_cast<std::size_t>(row)];
    if (column < 0) continue;
    simplex_->setColumnStatus(column, ClpSimplex::basic);
    simplex_->setRowStatus(row, ClpSimplex::atLowerBound);
  }
}

LinearSolver::~LinearSolver() = default;

void LinearSolver::Solve(const PlanLp& program, int max_iterations, LinearSolution* solution) {
  SKEIN_CHECK(
      program.columns() == simplex_->numberColumns() && program.rows() == simplex_->numberRows(),
      "the program has another matrix");
  std::copy(program.cost.begin(), program.cost.end(), simplex_->objective());
  std::copy(program.lower.begin(), program.lower.end(), simplex_->columnLower());
  std::copy(program.upper.begin(), program.upper.end(), simplex_->columnUpper());
  std::copy(program.row_lower.begin(), program.row_lower.end(), simplex_->rowLower());
  std::copy(program.row_upper.begin(), program.row_upper.end(), simplex_->rowUpper());
  simplex_->setMaximumIterations(max_iterations);
  simplex_->dual();
  solution->optimal = simplex_->isProvenOptimal();
  solution->iterations = simplex_->numberIterations();
  if (!solution->optimal) return;
  solution->cost = simplex_->objectiveValue();
  const double* const primal = simplex_->primalColumnSolution();
  const double* const dual = simplex_->dualRowSolution();
  solution->primal.assign(primal, primal + program.columns());
  solution->dual.assign(dual, dual + program.rows());
}

}  // namespace skein::policy
