#include "policy/rules/rules.h"

#include <algorithm>
#include <utility>

#include "sim/charging.h"
#include "sim/domain/draw.h"
#include "sim/world.h"

namespace skein::policy {
namespace {

// A dispatcher that decides point by point: what all rules share.
class Rule : public Dispatcher {
 public:
  explicit Rule(const char* name) : name_(name) {}

  absl::Status DecideBatch(std::span<const DecisionPoint> points,
                           std::span<Choice> choices) override {
    for (std::size_t k = 0; k < points.size(); ++k) {
      Choice& choice = choices[k];
      choice.action = Action::Hold();
      choice.probability = 1;
      choice.value = 0;
      choice.scores.clear();
      Decide(points[k], choice);
    }
    return absl::OkStatus();
  }
  std::string name() const override { return name_; }
  PolicyVersion version() const override { return {"", "", /*repeatable=*/true}; }

 private:
  virtual void Decide(const DecisionPoint& point, Choice& choice) = 0;

  const char* name_;
};

Action ActionAt(const Observation& observation, std::size_t index) {
  const VertiportId vertiport{static_cast<std::int32_t>(index)};
  return vertiport == observation.vertiport ? Action::Hold() : Action::Fly(vertiport);
}

class HoldRule final : public Rule {
 public:
  HoldRule() : Rule("hold") {}

 private:
  void Decide(const DecisionPoint&, Choice&) override {}
};

class RandomRule final : public Rule {
 public:
  explicit RandomRule(std::uint64_t seed) : Rule("random"), seed_(seed) {}

 private:
  void Decide(const DecisionPoint& point, Choice& choice) override {
    const Observation& seen = *point.observation;
    const auto legal =
        static_cast<std::uint32_t>(std::count(seen.action_mask.begin(), seen.action_mask.end(), 1));
    if (legal == 0) return;
    const auto number = static_cast<std::uint64_t>(seen.decision_number);
    std::uint32_t pick =
        DrawIndex(legal, seed_, Stream::kPolicy, static_cast<std::uint32_t>(number),
                  static_cast<std::uint32_t>(number >> 32));
    for (std::size_t k = 0; k < seen.action_mask.size(); ++k) {
      if (seen.action_mask[k] == 0 || pick-- > 0) continue;
      choice.action = ActionAt(seen, k);
      choice.probability = 1.0F / static_cast<float>(legal);
      return;
    }
  }

  std::uint64_t seed_;
};

class FcfsRule final : public Rule {
 public:
  FcfsRule() : Rule("fcfs") {}

 private:
  void Decide(const DecisionPoint& point, Choice& choice) override {
    const Observation& seen = *point.observation;
    const sim::WorldState& state = point.world->state();
    SimTime longest = kNever;
    choice.scores.assign(seen.action_mask.size(), 0);
    for (std::size_t k = 0; k < seen.action_mask.size(); ++k) {
      const VertiportId j{static_cast<std::int32_t>(k)};
      if (seen.action_mask[k] == 0 || j == seen.vertiport) continue;
      if (seen.destinations[k].passengers == 0) continue;
      const SimTime take_off = seen.destinations[k].take_off;
      for (const TripId id : state.waiting[state.pair(seen.vertiport, j)]) {
        const sim::Trip& trip = state.at(id);
        if (trip.latest < take_off) continue;
        choice.scores[k] = static_cast<float>((seen.now - trip.earliest).count()) / 1000.0F;
        if (trip.earliest < longest) {
          longest = trip.earliest;
          choice.action = Action::Fly(j);
        }
        break;
      }
    }
  }
};

class GreedyRule final : public Rule {
 public:
  explicit GreedyRule(std::shared_ptr<const sim::Network> network)
      : Rule("greedy"),
        network_(std::move(network)),
        curve_(network_->scenario().charging, network_->battery_wh) {}

 private:
  void Decide(const DecisionPoint& point, Choice& choice) override {
    const Observation& seen = *point.observation;
    const SimDuration turnaround = network_->scenario().operations.turnaround;
    choice.scores.assign(seen.action_mask.size(), 0);
    double best = 0;
    for (std::size_t k = 0; k < seen.action_mask.size(); ++k) {
      const VertiportId j{static_cast<std::int32_t>(k)};
      const DestinationEstimate& flight = seen.destinations[k];
      if (seen.action_mask[k] == 0 || j == seen.vertiport) continue;
      const SimDuration cycle = (flight.landing - seen.now) +
                                network_->expected_delay(seen.vertiport) +
                                std::max(turnaround, Recharge(flight.energy_wh));
      const double per_hour = static_cast<double>(flight.profit_cents()) / 100.0 *
                              static_cast<double>(kHour.count()) /
                              static_cast<double>(cycle.count());
      choice.scores[k] = static_cast<float>(per_hour);
      if (per_hour > best) {
        best = per_hour;
        choice.action = Action::Fly(j);
      }
    }
  }

  // Time to put the flight's energy back, at the power of an empty battery.
  SimDuration Recharge(std::int64_t energy_wh) const {
    return curve_.TimeTo(0, energy_wh * sim::kWattMsPerWh);
  }

  std::shared_ptr<const sim::Network> network_;
  sim::ChargeCurve curve_;
};

}  // namespace

std::unique_ptr<Dispatcher> MakeHold() { return std::make_unique<HoldRule>(); }
std::unique_ptr<Dispatcher> MakeRandom(std::uint64_t seed) {
  return std::make_unique<RandomRule>(seed);
}
std::unique_ptr<Dispatcher> MakeFcfs() { return std::make_unique<FcfsRule>(); }
std::unique_ptr<Dispatcher> MakeGreedy(std::shared_ptr<const sim::Network> network) {
  return std::make_unique<GreedyRule>(std::move(network));
}

}  // namespace skein::policy
