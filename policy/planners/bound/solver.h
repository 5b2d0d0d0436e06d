#pragma once

#include <functional>
#include <vector>

#include "policy/planners/bound/linear_program.h"

namespace skein::policy {

enum class SolveStatus { kOptimal, kInfeasible, kStopped };

struct Solution {
  SolveStatus status = SolveStatus::kStopped;
  double objective = 0;             // of the point that the solver is at
  std::vector<double> multipliers;  // of the rows, for LagrangianBound
  int iterations = 0;
};

struct SolverOptions {
  int max_iterations = 0;      // 0: no limit
  std::function<bool()> stop;  // asked now and then; may be empty
};

// Solves the program with the dual simplex method of CLP. One thread; pure.
Solution Solve(const LinearProgram& program, const SolverOptions& options);

}  // namespace skein::policy
