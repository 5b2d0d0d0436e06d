#pragma once

#include "sim/domain/decision.h"
#include "sim/domain/observation.h"
#include "sim/world.h"
#include "tests/property/dice.h"

namespace skein::testing {

// Dispatchers that try to bring the world into trouble.
enum class Adversary {
  kRandom,      // uniform over the mask
  kBusy,        // never holds if it can fly
  kFullest,     // the legal vertiport with the fewest stands left
  kLongest,     // the legal leg that takes most energy
  kIllegal,     // something that the mask forbids, if there is such a thing
  kNotANumber,  // the arg max over scores that are NaN
  kKinds
};

Decision Choose(Adversary kind, const sim::World& world, const Observation& seen, Dice& dice);

// A decision that nobody asked for: any aircraft in whatever state, anywhere, with or without named
// parties; too many of them, of other pairs, twice, or unknown.
Decision ChooseRogue(const sim::World& world, Dice& dice);

// Fills `boarding` with parties that should be refused, or happen to fit.
void NameParties(const sim::World& world, Dice& dice, Decision* decision);

}  // namespace skein::testing
