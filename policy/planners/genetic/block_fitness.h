#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "policy/planners/genetic/evolution.h"
#include "sim/realised_day.h"
#include "sim/simulator.h"

namespace skein::policy {

// Answers the next decisions of `simulator` by the genes of `plan`, gene k the k-th of them: the
// gene is the index of the vertiport to fly to, that of the aircraft's own holds, and an illegal
// one is repaired. After the last gene aircraft hold, until every flight has landed.
//
// Returns the profit in cents. Energy taken from batteries or brought to them is settled at the
// lowest price of the tariff, as at the end of a day; otherwise flights would seem to need none.
// Errors: those of Simulator::Apply.
absl::StatusOr<std::int64_t> PlayBlock(const Chromosome& plan, sim::Simulator& simulator);

// The fitness of plans: their profit in cents, summed over days that a world may face.
class BlockFitness {
 public:
  // `threads` share the work. The result does not depend on their number.
  explicit BlockFitness(int threads) : threads_(threads) {}

  // Plans are for the next decisions of `world` from now on.
  // Requires: there is a day; each is of the world's present day.
  void Start(const sim::World& world,
             std::span<const std::shared_ptr<const sim::RealisedDay>> days);

  // Fills fitness[i] for plans[i]. Requires: Start was called. Errors: those of PlayBlock.
  absl::Status Evaluate(std::span<const Chromosome> plans, std::span<std::int64_t> fitness);

 private:
  absl::StatusOr<std::int64_t> SumOverDays(const Chromosome& plan, sim::Simulator& scratch) const;

  int threads_;
  std::vector<sim::Simulator> starts_;   // one per day
  std::vector<sim::Simulator> scratch_;  // one per thread; keeps its buffers from plan to plan
};

}  // namespace skein::policy
