#include "policy/planners/rolling/rolling.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "policy/planners/rolling/plan.h"
#include "policy/rules/rules.h"
#include "sim/world.h"

namespace skein::policy {
namespace {

constexpr double kUsdPerCent = 0.01;
constexpr double kTieUsd = 1e-6;  // prices are equal up to the solver's tolerance

// What a plan was made from, beside the passing of time: it is remade when this changes.
struct Outlook {
  std::uint64_t forecast = 0;
  std::vector<AdvisoryId> advisories;

  explicit Outlook(const sim::WorldState& state) : forecast(state.forecast_hash) {
    for (const sim::AdvisoryState& known : state.advisories)
      advisories.push_back(known.advisory.id);
  }
  bool operator==(const Outlook&) const = default;
};

bool Flies(const sim::AircraftState& aircraft) {
  return aircraft.phase == AircraftPhase::kCommitted || aircraft.airborne();
}

class Rolling final : public Dispatcher {
 public:
  Rolling(const std::shared_ptr<const sim::Network>& network, const RollingOptions& options)
      : options_(options),
        plan_network_(std::make_shared<PlanNetwork>(network, options)),
        program_(plan_network_, options),
        solver_(program_.program()),
        greedy_(MakeGreedy(network)) {}

  // Several points are decided one after the other, each on a copy of the world in which those
  // before it are committed, so that two aircraft do not count on the same passengers or stand.
  absl::Status DecideBatch(std::span<const DecisionPoint> points,
                           std::span<Choice> choices) override {
    if (points.size() == 1) return Decide(points[0], choices[0]);
    std::optional<sim::World> ahead;
    Observation seen;
    for (std::size_t k = 0; k < points.size(); ++k) {
      if (k == 0 || points[k].world != points[k - 1].world) ahead.emplace(*points[k].world);
      const AircraftId aircraft = points[k].observation->aircraft;
      if (const auto same = SameAircraft(points, k)) {
        choices[k] = choices[*same];
        continue;
      }
      ahead->Observe(aircraft, &seen);
      for (std::size_t v = 0; v < seen.action_mask.size(); ++v)
        seen.action_mask[v] &= points[k].observation->action_mask[v];
      SKEIN_RETURN_IF_ERROR(Decide({&seen, &*ahead}, choices[k]));
      ahead->Commit({aircraft, choices[k].action, {}});
    }
    return absl::OkStatus();
  }
  std::string name() const override { return "rolling"; }

 private:
  static std::optional<std::size_t> SameAircraft(std::span<const DecisionPoint> points,
                                                 std::size_t index) {
    for (std::size_t k = 0; k < index; ++k)
      if (points[k].world == points[index].world &&
          points[k].observation->aircraft == points[index].observation->aircraft)
        return k;
    return std::nullopt;
  }

  absl::Status Decide(const DecisionPoint& point, Choice& choice) {
    Refresh(*point.world);
    if (!plan_.has_value()) return greedy_->DecideBatch({&point, 1}, {&choice, 1});
    const Observation& seen = *point.observation;
    choice.action = Action::Hold();
    choice.probability = 1;
    choice.value = static_cast<float>(plan_->profit_usd());
    choice.scores.assign(seen.action_mask.size(), 0);
    double best = HoldScore(seen);
    choice.scores[seen.vertiport.index()] = static_cast<float>(best);
    for (std::size_t k = 0; k < seen.action_mask.size(); ++k) {
      const VertiportId j{static_cast<std::int32_t>(k)};
      if (seen.action_mask[k] == 0 || j == seen.vertiport) continue;
      const double score = FlightScore(seen, j) + TieBonus(point.world->state(), seen.vertiport, j);
      choice.scores[k] = static_cast<float>(score);
      if (score <= best + kTieUsd) continue;
      best = score;
      choice.action = Action::Fly(j);
    }
    return absl::OkStatus();
  }

  // Makes a plan if there is none for this time. When the iterations run out there is none until
  // the next attempt, which goes on from the basis that this one reached.
  void Refresh(const sim::World& world) {
    Outlook outlook(world.state());
    const SimDuration age = world.now() - planned_at_;
    if (outlook_ == outlook && age >= SimDuration{} && age < options_.replan_after) return;
    outlook_ = std::move(outlook);
    planned_at_ = world.now();
    program_.Fill(ReadWorld(*plan_network_, world));
    solver_.Solve(program_.program(), options_.max_iterations, &solution_);
    plan_.reset();
    if (solution_.optimal) plan_.emplace(plan_network_, program_, solution_);
    flew_.clear();
    for (const sim::AircraftState& aircraft : world.state().aircraft)
      flew_.push_back(Flies(aircraft));
  }

  double HoldScore(const Observation& seen) const {
    const SimDuration hold = plan_network_->network().scenario().operations.hold;
    return plan_->AircraftValue(seen.vertiport,
                                {seen.now + hold - planned_at_,
                                 plan_network_->ChargeAfter(seen.vertiport, seen.charge_wh, hold)});
  }

  // The flight's own profit, and what it changes in the plan: the aircraft is ready there and then,
  // and holds a stand there and no longer here.
  double FlightScore(const Observation& seen, VertiportId destination) const {
    const DestinationEstimate& flight = seen.destinations[destination.index()];
    const SimDuration delay = plan_network_->network().expected_delay(seen.vertiport);
    const Readiness ready = plan_network_->ReadyAfterLanding(
        destination, flight.landing + delay - planned_at_, seen.charge_wh - flight.energy_wh);
    const SimDuration now = seen.now - planned_at_;
    return kUsdPerCent * static_cast<double>(flight.profit_cents()) +
           plan_->AircraftValue(destination, ready) - plan_->StandPrice(destination, now) +
           plan_->StandPrice(seen.vertiport, now);
  }

  // For flights that the plan begins within its next step and that have not been committed to
  // since.
  double TieBonus(const sim::WorldState& state, VertiportId i, VertiportId j) const {
    const SimDuration soon = state.now - planned_at_ + plan_network_->grid().length(0);
    double left = plan_->PlannedFlights(i, j, soon);
    if (left <= 0) return 0;
    for (std::size_t k = 0; k < std::min(flew_.size(), state.aircraft.size()); ++k) {
      const sim::AircraftState& aircraft = state.aircraft[k];
      if (!flew_[k] && Flies(aircraft) && aircraft.vertiport == i && aircraft.destination == j)
        left -= 1;
    }
    return options_.tie_bonus_usd * std::clamp(left, 0.0, 1.0);
  }

  const RollingOptions options_;
  const std::shared_ptr<const PlanNetwork> plan_network_;
  PlanProgram program_;
  LinearSolver solver_;
  const std::unique_ptr<Dispatcher> greedy_;
  LinearSolution solution_;
  // Of the latest attempt to plan.
  std::optional<Outlook> outlook_;
  SimTime planned_at_{};
  std::vector<bool> flew_;  // [A] aircraft under way then
  std::optional<Plan> plan_;
};

}  // namespace

std::unique_ptr<Dispatcher> MakeRolling(std::shared_ptr<const sim::Network> network,
                                        const RollingOptions& options) {
  return std::make_unique<Rolling>(network, options);
}

}  // namespace skein::policy
