#include "policy/planners/genetic/genetic.h"

#include <algorithm>
#include <string>
#include <utility>

#include "policy/planners/genetic/block_fitness.h"
#include "policy/planners/genetic/clairvoyant.h"
#include "policy/planners/genetic/repair.h"
#include "sim/domain/check.h"
#include "sim/domain/draw.h"
#include "sim/world.h"

namespace skein::policy {
namespace {

using Days = std::vector<std::shared_ptr<const sim::RealisedDay>>;

// A seed of the block that begins with this decision. Even if `seed` is that of the day, nothing
// that is drawn from it is of the day.
std::uint64_t BlockSeed(std::uint64_t seed, std::int64_t first_decision, int use) {
  const auto number = static_cast<std::uint64_t>(first_decision);
  return DrawBits(seed, Stream::kPolicy, static_cast<std::uint32_t>(number),
                  static_cast<std::uint32_t>(number >> 32), static_cast<std::uint32_t>(use));
}

class GeneticDispatcher final : public Dispatcher {
 public:
  // Without a day, days are forecast.
  GeneticDispatcher(const GeneticOptions& options, std::uint64_t seed,
                    std::shared_ptr<const sim::RealisedDay> day, OnBlock on_block)
      : options_(options),
        seed_(seed),
        day_(std::move(day)),
        on_block_(std::move(on_block)),
        fitness_(options.threads) {}

  absl::Status DecideBatch(std::span<const DecisionPoint> points,
                           std::span<Choice> choices) override {
    for (std::size_t k = 0; k < points.size(); ++k) {
      const Observation& seen = *points[k].observation;
      SKEIN_CHECK(points[k].world != nullptr, "a planner needs the world");
      if (!Follows(points[k])) SKEIN_RETURN_IF_ERROR(Plan(*points[k].world, points.size()));
      Gene gene = plan_[static_cast<std::size_t>(seen.decision_number - first_decision_)];
      const int action = Repair(gene, static_cast<int>(seen.action_mask.size()), [&](int index) {
        return seen.action_mask[static_cast<std::size_t>(index)] == 1;
      });
      choices[k] = {};
      if (VertiportId{action} != seen.vertiport)
        choices[k].action = Action::Fly(VertiportId{action});
    }
    return absl::OkStatus();
  }

  std::string name() const override { return day_ == nullptr ? "ga" : "ga-clairvoyant"; }

 private:
  // Whether the decision follows the last one and the plan has a gene for it. Plans end with the
  // day; a network whose time or count of decisions has gone back is another one.
  bool Follows(const DecisionPoint& point) {
    const Observation& seen = *point.observation;
    const bool follows = seen.decision_number >= last_decision_ && seen.now >= last_decided_at_ &&
                         point.world->today().day == planned_day_;
    last_decision_ = seen.decision_number;
    last_decided_at_ = seen.now;
    return follows &&
           seen.decision_number - first_decision_ < static_cast<std::int64_t>(plan_.size());
  }

  // Plans from the present state of the world on, far enough for a whole batch.
  absl::Status Plan(const sim::World& world, std::size_t batch) {
    const std::int64_t first = world.state().decision_count;
    fitness_.Start(world, DaysFrom(world));
    SKEIN_ASSIGN_OR_RETURN(
        Evolution evolution,
        Evolve(options_.evolution, std::max(options_.block, static_cast<int>(batch)),
               world.network().vertiport_count(), BlockSeed(seed_, first, 0),
               [this](std::span<const Chromosome> plans, std::span<std::int64_t> fitness) {
                 return fitness_.Evaluate(plans, fitness);
               }));
    first_decision_ = first;
    planned_day_ = world.today().day;
    plan_ = std::move(evolution.best);
    if (on_block_) on_block_({first, std::move(evolution.best_fitness)});
    return absl::OkStatus();
  }

  Days DaysFrom(const sim::World& world) const {
    if (day_ != nullptr) return {day_};
    Days days;
    for (int k = 1; k <= options_.days; ++k)
      days.push_back(std::make_shared<const sim::RealisedDay>(
          sim::RealisedDay::Forecast(world, BlockSeed(seed_, world.state().decision_count, k))));
    return days;
  }

  const GeneticOptions options_;
  const std::uint64_t seed_;
  const std::shared_ptr<const sim::RealisedDay> day_;
  const OnBlock on_block_;
  BlockFitness fitness_;
  Chromosome plan_;
  std::int64_t first_decision_ = 0;  // of the plan
  int planned_day_ = 0;
  std::int64_t last_decision_ = 0;
  SimTime last_decided_at_{};
};

}  // namespace

std::unique_ptr<Dispatcher> MakeGenetic(const GeneticOptions& options, std::uint64_t seed,
                                        OnBlock on_block) {
  return std::make_unique<GeneticDispatcher>(options, seed, nullptr, std::move(on_block));
}

std::unique_ptr<Dispatcher> MakeClairvoyantGenetic(const GeneticOptions& options,
                                                   std::uint64_t seed,
                                                   std::shared_ptr<const sim::RealisedDay> day,
                                                   OnBlock on_block) {
  SKEIN_CHECK(day != nullptr, "a clairvoyant needs the day");
  return std::make_unique<GeneticDispatcher>(options, seed, std::move(day), std::move(on_block));
}

}  // namespace skein::policy
