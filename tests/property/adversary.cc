#include "tests/property/adversary.h"

#include <limits>
#include <vector>

namespace skein::testing {
namespace {

VertiportId VertiportAt(std::size_t k) { return VertiportId{static_cast<std::int32_t>(k)}; }

Action ActionAt(const Observation& seen, std::size_t k) {
  return VertiportAt(k) == seen.vertiport ? Action::Hold() : Action::Fly(VertiportAt(k));
}

// The k with the largest score. Naive on purpose: with NaN it stays at the first.
std::size_t ArgMax(const std::vector<double>& scores) {
  std::size_t best = 0;
  for (std::size_t k = 1; k < scores.size(); ++k)
    if (scores[k] > scores[best]) best = k;
  return best;
}

std::size_t AnyOf(const Observation& seen, bool legal, bool fly_only, Dice& dice) {
  std::vector<std::size_t> choices;
  for (std::size_t k = 0; k < seen.action_mask.size(); ++k) {
    if (fly_only && VertiportAt(k) == seen.vertiport) continue;
    if ((seen.action_mask[k] != 0) == legal) choices.push_back(k);
  }
  return choices.empty() ? seen.vertiport.index() : choices[dice.Below(choices.size())];
}

}  // namespace

Decision Choose(Adversary kind, const sim::World& world, const Observation& seen, Dice& dice) {
  const std::size_t count = seen.action_mask.size();
  std::vector<double> scores(count, 0);
  for (std::size_t k = 0; k < count; ++k) {
    const bool own = VertiportAt(k) == seen.vertiport;
    const VertiportObservation& row = seen.vertiports[k];
    if (kind == Adversary::kFullest)
      scores[k] = own ? -1e6 : row.on_ground + row.inbound - row.stands;
    if (kind == Adversary::kLongest)
      scores[k] = own ? -1 : static_cast<double>(seen.destinations[k].energy_wh);
    if (kind == Adversary::kNotANumber) scores[k] = std::numeric_limits<double>::quiet_NaN();
    const bool masked = kind == Adversary::kFullest || kind == Adversary::kLongest;
    if (masked && seen.action_mask[k] == 0) scores[k] = -1e9;
  }
  std::size_t pick = ArgMax(scores);
  if (kind == Adversary::kRandom) pick = AnyOf(seen, true, false, dice);
  if (kind == Adversary::kBusy) pick = AnyOf(seen, true, true, dice);
  if (kind == Adversary::kIllegal) pick = AnyOf(seen, false, true, dice);
  Decision decision{seen.aircraft, ActionAt(seen, pick), {}};
  if (decision.action.kind == ActionKind::kFly && dice.Chance(0.05))
    NameParties(world, dice, &decision);
  return decision;
}

Decision ChooseRogue(const sim::World& world, Dice& dice) {
  const sim::WorldState& state = world.state();
  Decision decision;
  do {
    decision.aircraft = AircraftId{dice.Below(static_cast<std::int32_t>(state.aircraft.size()))};
  } while (!world.HasAircraft(decision.aircraft));
  if (dice.Chance(0.25)) return decision;  // hold
  const int count = world.network().vertiport_count();
  const int place = dice.Chance(0.02) ? dice.Int(-2, count + 2) : dice.Below(count);
  decision.action = Action::Fly(VertiportId{place});
  if (dice.Chance(0.2)) NameParties(world, dice, &decision);
  return decision;
}

void NameParties(const sim::World& world, Dice& dice, Decision* decision) {
  const sim::WorldState& state = world.state();
  const VertiportId i = state.at(decision->aircraft).vertiport;
  const VertiportId j = decision->action.destination;
  if (!world.HasVertiport(j)) return;
  if (dice.Chance(0.7)) {
    decision->boarding = state.waiting[state.pair(i, j)];  // all of them: often too many
    if (dice.Chance(0.1) && !decision->boarding.empty())
      decision->boarding.push_back(decision->boarding.front());
    return;
  }
  for (int k = dice.Int(1, 3); k > 0; --k)
    decision->boarding.emplace_back(
        dice.Below(state.next_trip().value - state.first_trip.value + 3) + state.first_trip.value -
        1);
}

}  // namespace skein::testing
