#pragma once

#include <memory>
#include <vector>

#include "policy/planners/rolling/plan_input.h"
#include "policy/planners/rolling/plan_lp.h"
#include "policy/planners/rolling/plan_network.h"

namespace skein::policy {

// The linear program over the time-expanded network; equations in docs/policy.md, "rolling".
// Its matrix depends on the network alone, so that one plan can start from the basis of another;
// the first starts from the plan in which every aircraft holds, with a quarter of the work.
class PlanProgram {
 public:
  PlanProgram(std::shared_ptr<const PlanNetwork> plan_network, const RollingOptions& options);

  // Sets costs, bounds and right-hand sides for `input`.
  void Fill(const PlanInput& input);

  const PlanLp& program() const { return program_; }

  // Rows and columns by what they mean: vertiport v, pair p, step k, charge level l.
  int FlowRow(std::size_t v, std::size_t l, std::size_t k) const;
  int StandRow(std::size_t v, std::size_t k) const;
  // −1 if the level's charge does not suffice for the flight.
  int FlightColumn(std::size_t p, std::size_t l, std::size_t k) const {
    return flight_columns_[(p * levels_ + l) * steps_ + k];
  }

 private:
  // One column of flights: where and when it begins, and how long until the aircraft is ready.
  struct FlightArc {
    std::size_t pair = 0;
    std::size_t level = 0;
    std::size_t step = 0;
    int column = 0;
    SimDuration cycle{};
  };

  int SeatRow(std::size_t p, std::size_t k) const;
  int QueueRow(std::size_t p, std::size_t k) const;
  int StandColumn(std::size_t v, std::size_t k) const;
  int BoardColumn(std::size_t p, std::size_t k) const;
  void AddRows();
  void AddHolds();
  void AddFlights();
  void AddStands();
  void AddPassengers();
  // Lets the latest column bring an aircraft to v, spread over the neighbouring grid points.
  void AddReady(std::size_t v, const Readiness& ready);
  void FillFleet(const PlanInput& input);
  void FillFlights(const PlanInput& input);
  void SetRow(int row, double value);
  // The latest column stands for the row in the first basis.
  void StartWithLatestColumn(int row);

  std::shared_ptr<const PlanNetwork> plan_;
  double seats_ = 0;
  std::size_t steps_;
  std::size_t levels_;
  PlanLp program_;
  std::vector<FlightArc> arcs_;
  std::vector<int> flight_columns_;  // [P·L·T]
  int first_stand_column_ = 0;
  int first_board_column_ = 0;
};

}  // namespace skein::policy
