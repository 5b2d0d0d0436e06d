#include "policy/planners/genetic/block_fitness.h"

#include <algorithm>
#include <thread>

#include "policy/planners/genetic/repair.h"
#include "sim/charging.h"

namespace skein::policy {
namespace {

Action ActionOf(const sim::World& world, AircraftId aircraft, int index) {
  const VertiportId vertiport{index};
  return vertiport == world.state().at(aircraft).vertiport ? Action::Hold()
                                                           : Action::Fly(vertiport);
}

// Profit if the day were settled now.
std::int64_t ProfitOnSettlement(const sim::World& world) {
  std::int64_t gained_wh = -world.state().day_start_charge_wh;
  for (const sim::AircraftState& aircraft : world.state().aircraft)
    if (aircraft.phase != AircraftPhase::kRemoved) gained_wh += aircraft.charge_wh;
  return world.profit_cents() + sim::EnergyCostCents(gained_wh, world.network().min_energy_price);
}

// To ask the guard and to commit is one step: a refusal changes nothing.
void CommitGene(Gene gene, AircraftId aircraft, sim::Simulator& simulator) {
  Repair(gene, simulator.world().network().vertiport_count(), [&](int index) {
    return simulator.Commit({aircraft, ActionOf(simulator.world(), aircraft, index), {}})
        .accepted();
  });
}

}  // namespace

absl::StatusOr<std::int64_t> PlayBlock(const Chromosome& plan, sim::Simulator& simulator) {
  const sim::World& world = simulator.world();
  const std::int64_t before = ProfitOnSettlement(world);
  std::size_t next = 0;
  while (true) {
    while (!world.open_points().empty()) {
      const AircraftId aircraft = world.open_points().front();
      if (next < plan.size()) {
        CommitGene(plan[next++], aircraft, simulator);
        if (next == plan.size()) simulator.EndDemand();
      } else if (!simulator.Commit({aircraft, Action::Hold(), {}}).accepted()) {
        return absl::InternalError("hold was refused at a decision point");
      }
    }
    if (next == plan.size() && world.state().active_flights == 0) break;
    const auto event = simulator.NextEvent();
    if (!event.has_value()) break;
    SKEIN_RETURN_IF_ERROR(simulator.Apply(*event));
  }
  return ProfitOnSettlement(world) - before;
}

void BlockFitness::Start(const sim::World& world,
                         std::span<const std::shared_ptr<const sim::RealisedDay>> days) {
  starts_.clear();
  for (const auto& day : days)
    starts_.emplace_back(world, day).mutable_world().SkipIndependentCheck();
  scratch_.assign(static_cast<std::size_t>(threads_), starts_.front());
}

absl::StatusOr<std::int64_t> BlockFitness::SumOverDays(const Chromosome& plan,
                                                       sim::Simulator& scratch) const {
  std::int64_t sum = 0;
  for (const sim::Simulator& start : starts_) {
    scratch = start;
    SKEIN_ASSIGN_OR_RETURN(const std::int64_t profit, PlayBlock(plan, scratch));
    sum += profit;
  }
  return sum;
}

absl::Status BlockFitness::Evaluate(std::span<const Chromosome> plans,
                                    std::span<std::int64_t> fitness) {
  std::vector<absl::Status> outcomes(scratch_.size());
  const auto work = [&](std::size_t thread) {
    for (std::size_t k = thread; k < plans.size() && outcomes[thread].ok(); k += scratch_.size()) {
      const auto sum = SumOverDays(plans[k], scratch_[thread]);
      if (sum.ok()) {
        fitness[k] = *sum;
      } else {
        outcomes[thread] = sum.status();
      }
    }
  };
  std::vector<std::jthread> helpers;
  for (std::size_t thread = 1; thread < scratch_.size(); ++thread)
    helpers.emplace_back(work, thread);
  work(0);
  helpers.clear();  // waits for them
  for (const absl::Status& outcome : outcomes) SKEIN_RETURN_IF_ERROR(outcome);
  return absl::OkStatus();
}

}  // namespace skein::policy
