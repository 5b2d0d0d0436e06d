#pragma once

#include <memory>
#include <vector>

class ClpSimplex;

namespace skein::policy {

// min cost·x  subject to  row_lower ≤ A x ≤ row_upper, lower ≤ x ≤ upper, by columns.
struct PlanLp {
  std::vector<int> column_begin = {0};  // [columns + 1] into row and coefficient
  std::vector<int> row;
  std::vector<double> coefficient;
  std::vector<double> cost;  // [columns]
  std::vector<double> lower;
  std::vector<double> upper;
  std::vector<double> row_lower;  // [rows]
  std::vector<double> row_upper;
  // [rows] the column that stands for the row in the basis that the first solve starts from; −1:
  // its slack.
  std::vector<int> first_basis;

  int columns() const { return static_cast<int>(cost.size()); }
  int rows() const { return static_cast<int>(row_lower.size()); }

  // Appends a row without entries, or a column without entries, and returns its index. Entries are
  // added to the latest column.
  int AddRow(double at_least, double at_most);
  int AddColumn(double unit_cost, double at_least, double at_most);
  void AddEntry(int to_row, double value);
};

inline constexpr double kNoBound = 1e30;

struct LinearSolution {
  bool optimal = false;  // else the iteration limit was hit, and nothing below is set
  int iterations = 0;
  double cost = 0;
  std::vector<double> primal;  // [columns]
  std::vector<double> dual;    // [rows], change of the cost per unit of the row's right-hand side
};

// Solves a sequence of programs with one matrix; each starts from the basis of the one before.
// The same sequence gives the same solutions: work is limited by iterations, never by time.
//
// Threads: compatible.
class LinearSolver {
 public:
  // Takes the matrix of `program`.
  explicit LinearSolver(const PlanLp& program);
  ~LinearSolver();

  // Requires: `program` has the matrix of the constructor; bounds and costs may differ.
  void Solve(const PlanLp& program, int max_iterations, LinearSolution* solution);

 private:
  std::unique_ptr<ClpSimplex> simplex_;
};

}  // namespace skein::policy
