#pragma once

#include <vector>

#include "policy/planners/bound/flight_arcs.h"
#include "policy/planners/bound/linear_program.h"
#include "policy/planners/bound/party_groups.h"

namespace skein::policy {

struct ProgramOptions {
  SimDuration bin{};
  int charge_levels = 1;  // at most; 1: charge is ignored
  BoundFaults faults;     // of tests alone
};

// The linear program of one day. Equations and proof: docs/policy.md, "The hindsight bound".
class HindsightProgram {
 public:
  HindsightProgram(const sim::Network& network, const sim::RealisedDay& day,
                   const ProgramOptions& options);

  const LinearProgram& program() const { return program_; }
  LinearProgram& mutable_program() { return program_; }
  const TimeGrid& grid() const { return grid_; }
  int charge_levels() const { return charge_levels_; }
  // To be added to the optimum: what rounding to cents may give a policy beyond exact prices.
  double allowance_cents() const { return allowance_cents_; }

  // All flights that the program knows, and the column that counts the k-th of them.
  const std::vector<FlightArc>& flights() const { return flights_; }
  int FlightColumn(std::size_t k) const { return flight_columns_[k]; }

 private:
  friend class ProgramBuilder;

  TimeGrid grid_;
  int charge_levels_ = 1;
  std::vector<FlightArc> flights_;
  std::vector<int> flight_columns_;
  double allowance_cents_ = 0;
  LinearProgram program_;
};

}  // namespace skein::policy
