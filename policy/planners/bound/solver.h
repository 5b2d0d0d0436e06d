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
  std::function<bool()> stop = nullptr;  // asked now and then; may be empty
};

// Solve the program with CLP, on one thread; pure. The barrier method takes a few dozen iterations
// and is the faster by far on large programs; it ends inside the set of optima, which is all that
// multipliers need. The simplex method tells whether the program is feasible at all.
Solution SolveByBarrier(const LinearProgram& program, const SolverOptions& options);
Solution SolveBySimplex(const LinearProgram& program, const SolverOptions& options);

}  // namespace skein::policy
