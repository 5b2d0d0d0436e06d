#include "policy/planners/rolling/rolling.h"

#include <optional>
#include <utility>

#include "policy/planners/rolling/plan.h"
#include "policy/rules/rules.h"
#include "sim/world.h"

namespace skein::policy {
namespace {

class Rolling final : public Dispatcher {
 public:
  Rolling(const std::shared_ptr<const sim::Network>& network, const RollingOptions& options)
      : options_(options),
        plan_network_(std::make_shared<PlanNetwork>(network, options)),
        program_(plan_network_, options),
        solver_(program_.program()),
        greedy_(MakeGreedy(network)) {}

  absl::Status DecideBatch(std::span<const DecisionPoint> points,
                           std::span<Choice> choices) override {
    for (std::size_t k = 0; k < points.size(); ++k) {
      Refresh(*points[k].world);
      if (plan_.has_value()) {
        Decide(points[k], choices[k]);
      } else {
        SKEIN_RETURN_IF_ERROR(greedy_->DecideBatch(points.subspan(k, 1), choices.subspan(k, 1)));
      }
    }
    return absl::OkStatus();
  }
  std::string name() const override { return "rolling"; }

 private:
  void Refresh(const sim::World& world) {
    const SimDuration age = world.now() - planned_at_;
    if (planned_ && age >= SimDuration{} && age < options_.replan_after) return;
    program_.Fill(ReadWorld(*plan_network_, world));
    solver_.Solve(program_.program(), options_.max_iterations, &solution_);
    planned_ = true;
    planned_at_ = world.now();
    plan_.reset();
    if (!solution_.optimal) return;
    plan_.emplace(plan_network_, program_, solution_);
    flying_.assign(plan_network_->pairs().size(), 0);
    for (const sim::AircraftState& aircraft : world.state().aircraft) CountFlight(aircraft, 1);
  }

  // Flights that were committed to after the plan was made: their first take-off lies after it.
  void CountFlight(const sim::AircraftState& aircraft, int change) {
    if (aircraft.first_take_off == kNever || aircraft.first_take_off < planned_at_) return;
    if (aircraft.phase != AircraftPhase::kCommitted && !aircraft.airborne()) return;
    const int pair = plan_network_->pair(aircraft.vertiport, aircraft.destination);
    if (pair >= 0) flying_[static_cast<std::size_t>(pair)] += change;
  }

  void Decide(const DecisionPoint& point, Choice& choice) {
    const Observation& seen = *point.observation;
    const sim::Network& network = plan_network_->network();
    const VertiportId i = seen.vertiport;
    const SimDuration now = seen.now - planned_at_;
    const SimDuration hold = network.scenario().operations.hold;
    std::vector<int> left = flying_;
    for (const sim::AircraftState& aircraft : point.world->state().aircraft) {
      if (aircraft.first_take_off == kNever || aircraft.first_take_off < planned_at_) continue;
      if (aircraft.phase != AircraftPhase::kCommitted && !aircraft.airborne()) continue;
      const int pair = plan_network_->pair(aircraft.vertiport, aircraft.destination);
      if (pair >= 0) --left[static_cast<std::size_t>(pair)];
    }
    choice.action = Action::Hold();
    choice.probability = 1;
    choice.value = static_cast<float>(plan_->profit_usd());
    choice.scores.assign(seen.action_mask.size(), 0);
    double best =
        plan_->AircraftValue(i, {now + hold, plan_network_->ChargeAfter(i, seen.charge_wh, hold)});
    choice.scores[i.index()] = static_cast<float>(best);
    for (std::size_t v = 0; v < seen.action_mask.size(); ++v) {
      const VertiportId j{static_cast<std::int32_t>(v)};
      if (seen.action_mask[v] == 0 || j == i) continue;
      const int pair = plan_network_->pair(i, j);
      if (pair < 0) continue;
      const DestinationEstimate& flight = seen.destinations[v];
      const Readiness ready = plan_network_->ReadyAfterLanding(
          j, flight.landing + network.expected_delay(i) - planned_at_,
          seen.charge_wh - flight.energy_wh);
      double score =
          static_cast<double>(flight.profit_cents()) / 100 + plan_->AircraftValue(j, ready) +
          plan_->StandPrice(i, now) - plan_->StandPrice(j, now) -
          options_.queue_price_weight * flight.passengers * plan_->PassengerValue(pair, now);
      const double planned = plan_->PlannedFlights(pair, now + plan_network_->grid().length(0)) +
                             left[static_cast<std::size_t>(pair)];
      if (planned > 0) score += options_.plan_bonus_usd * std::min(planned, 1.0);
      choice.scores[v] = static_cast<float>(score);
      if (score > best) {
        best = score;
        choice.action = Action::Fly(j);
      }
    }
  }

  RollingOptions options_;
  std::shared_ptr<const PlanNetwork> plan_network_;
  PlanProgram program_;
  LinearSolver solver_;
  std::unique_ptr<Dispatcher> greedy_;
  LinearSolution solution_;
  bool planned_ = false;
  SimTime planned_at_{};
  std::optional<Plan> plan_;
  std::vector<int> flying_;
};

}  // namespace

std::unique_ptr<Dispatcher> MakeRolling(std::shared_ptr<const sim::Network> network,
                                        const RollingOptions& options) {
  return std::make_unique<Rolling>(network, options);
}

}  // namespace skein::policy
