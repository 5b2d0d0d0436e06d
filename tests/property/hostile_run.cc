#include "tests/property/hostile_run.h"

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "sim/independent_check.h"
#include "sim/world.h"
#include "tests/property/acceptance.h"
#include "tests/property/adversary.h"
#include "tests/property/broken.h"
#include "tests/property/dice.h"
#include "tests/property/invariants.h"
#include "tests/property/outside.h"
#include "tests/property/random_scenario.h"

namespace skein::testing {
namespace {

using sim::World;

// How one run is played; drawn from its seed.
struct Style {
  bool calm = false;
  sim::ClockMode clock = sim::ClockMode::kExternal;
  Adversary dispatcher = Adversary::kRandom;
  bool mixed = false;  // another dispatcher for each decision
  bool second_day = false;
  double rogue = 0;  // unasked decisions per event
  Hostility hostility;
};

Style DrawStyle(std::uint64_t seed, Dice& dice) {
  Style style;
  style.calm = seed % 5 == 0;
  style.dispatcher = static_cast<Adversary>(dice.Int(0, static_cast<int>(Adversary::kKinds) - 1));
  style.mixed = dice.Chance(0.5);
  style.rogue = dice.Between(0, 0.3);
  if (style.calm) return style;
  if (dice.Chance(0.25)) style.clock = sim::ClockMode::kSystem;
  style.second_day = dice.Chance(0.1);
  style.hostility.movement = dice.Between(0, 0.25);
  style.hostility.mean_gap = SimDuration{static_cast<std::int64_t>(dice.Between(30e3, 600e3))};
  style.hostility.missed_telemetry = dice.Between(0, 0.4);
  style.hostility.jump = dice.Between(0, 0.3);
  return style;
}

class HostileRun {
 public:
  HostileRun(std::uint64_t seed, const sim::EpisodeHooks* hooks)
      : hooks_(hooks),
        dice_(seed * 2 + 1),
        style_(DrawStyle(seed, dice_)),
        network_(*sim::Network::Create(RandomScenario(seed))),
        world_(World::Create(network_, style_.clock)),
        outside_(network_, dice_.Seed(), style_.hostility),
        invariants_(world_) {
    world_.CollectEffects(&effects_);
    if (hooks_ != nullptr) NoteFirstSessions(world_, *hooks_->effects);
  }

  absl::Status Run();
  Coverage& coverage() { return coverage_; }

 private:
  absl::Status Step();
  absl::Status DecideAll();
  absl::Status Decide(AircraftId aircraft);
  absl::Status CheckMask(AircraftId aircraft) const;
  absl::Status Commit(const Decision& decision, Verdict* verdict);
  absl::Status Rogue();
  absl::Status Restart();
  absl::Status RejectNonsense();
  absl::Status AfterChange();
  // Hands the effects of the last change on, for whoever records the day.
  void Pass() const;
  bool Over() const;
  absl::Status AtEnd();

  const sim::EpisodeHooks* const hooks_;
  Dice dice_;
  Style style_;
  std::shared_ptr<const sim::Network> network_;
  World world_;
  Outside outside_;
  Invariants invariants_;
  std::vector<TimedEffect> effects_;
  Observation observation_;
  Coverage coverage_;
};

bool HostileRun::Over() const {
  if (!style_.second_day) return world_.terminated();
  const SimTime open = network_->scenario().operations.open_time;
  return world_.settled_days().size() > 1 || world_.now() > open + kDay + 2 * kHour;
}

absl::Status HostileRun::Run() {
  constexpr int kMostEvents = 300'000;
  coverage_.runs = 1;
  coverage_.most_aircraft = static_cast<std::int64_t>(network_->scenario().aircraft.size());
  coverage_.most_vertiports = network_->vertiport_count();
  SKEIN_RETURN_IF_ERROR(AfterChange());
  for (int k = 0; !Over(); ++k) {
    if (k == kMostEvents) return Broken("the day does not end");
    SKEIN_RETURN_IF_ERROR(Step());
  }
  return AtEnd();
}

absl::Status HostileRun::Step() {
  const ExternalEvent event = outside_.Next(world_);
  const auto* failed = std::get_if<AircraftFailed>(&event.payload);
  if (failed != nullptr && world_.state().at(failed->aircraft).serviceable())
    ++coverage_.rules[Coverage::kFailure];
  if (const auto* landed = std::get_if<Landed>(&event.payload))
    if (world_.state().at(landed->aircraft).target != landed->vertiport)
      ++coverage_.sides[Coverage::kLandedElsewhere];
  const absl::Status applied = world_.Apply(event);
  if (!applied.ok())
    return Annotate(applied, absl::StrCat("event ", event.payload.index(), " was refused"));
  ++coverage_.events;
  if (hooks_ != nullptr) {
    Pass();
    hooks_->on_event(world_, event);
  }
  SKEIN_RETURN_IF_ERROR(
      Annotate(AfterChange(), absl::StrCat("after event ", event.payload.index())));
  SKEIN_RETURN_IF_ERROR(DecideAll());
  if (dice_.Chance(style_.rogue)) SKEIN_RETURN_IF_ERROR(Rogue());
  if (dice_.Chance(0.01)) SKEIN_RETURN_IF_ERROR(RejectNonsense());
  if (dice_.Chance(0.002)) SKEIN_RETURN_IF_ERROR(Restart());
  return absl::OkStatus();
}

absl::Status HostileRun::DecideAll() {
  const bool lazy = world_.clock() == sim::ClockMode::kSystem && dice_.Chance(0.3);
  while (!world_.open_points().empty()) {
    if (lazy && dice_.Chance(0.5)) break;
    SKEIN_RETURN_IF_ERROR(Decide(world_.open_points().front()));
  }
  return absl::OkStatus();
}

absl::Status HostileRun::Decide(AircraftId aircraft) {
  const bool watched = dice_.Chance(0.05);
  const std::uint64_t digest = watched ? world_.Digest() : 0;
  world_.Observe(aircraft, &observation_);
  if (watched && world_.Digest() != digest) return Broken("Observe changed the digest");
  const std::size_t own = observation_.vertiport.index();
  if (observation_.action_mask[own] == 0) return Broken("hold is illegal at a decision point");
  if (dice_.Chance(0.1)) SKEIN_RETURN_IF_ERROR(CheckMask(aircraft));

  const auto kinds = static_cast<int>(Adversary::kKinds);
  const Adversary kind =
      style_.mixed ? static_cast<Adversary>(dice_.Below(kinds)) : style_.dispatcher;
  const Decision decision = Choose(kind, world_, observation_, dice_);
  const std::size_t pick =
      decision.action.kind == ActionKind::kFly ? decision.action.destination.index() : own;
  Verdict verdict;
  SKEIN_RETURN_IF_ERROR(Commit(decision, &verdict));
  const DestinationEstimate& estimate = observation_.destinations[pick];
  if (decision.boarding.empty()) {
    if (verdict.refusal != estimate.refusal)
      return Broken("the mask says ", NameOf(estimate.refusal), ", Commit ",
                    NameOf(verdict.refusal));
    if (pick != own && verdict.accepted() &&
        (verdict.take_off != estimate.take_off || verdict.passengers != estimate.passengers))
      return Broken("the flight is not as estimated");
  }
  if (verdict.accepted()) return absl::OkStatus();
  SKEIN_RETURN_IF_ERROR(Commit({aircraft, Action::Hold(), {}}, &verdict));
  if (!verdict.accepted()) return Broken("hold was refused at a decision point");
  return absl::OkStatus();
}

// The property of the guard: with a free stand in reach and the way open, only slots and closing
// time can make a flight illegal.
absl::Status HostileRun::CheckMask(AircraftId aircraft) const {
  for (std::size_t k = 0; k < observation_.action_mask.size(); ++k) {
    const VertiportId j{static_cast<std::int32_t>(k)};
    if (j == observation_.vertiport) continue;
    const Acceptance acceptance(world_, {aircraft, Action::Fly(j), {}});
    const Refusal refusal = observation_.destinations[k].refusal;
    if (acceptance.OnlySlotsCanForbid() && refusal != Refusal::kNone &&
        refusal != Refusal::kNoSlot && refusal != Refusal::kClosingTime)
      return Broken("a flight to vertiport ", k, " should be legal, the mask says ",
                    NameOf(refusal));
  }
  return absl::OkStatus();
}

absl::Status HostileRun::Commit(const Decision& decision, Verdict* verdict) {
  const Acceptance acceptance(world_, decision);
  const bool watched = dice_.Chance(0.05);
  const std::uint64_t digest = watched ? world_.Digest() : 0;
  const sim::ReadinessBefore before(world_.state().at(decision.aircraft));
  *verdict = world_.Commit(decision);
  if (hooks_ != nullptr) {
    Pass();
    Decision named = decision;  // a vertiport that is not there has no name
    if (!world_.HasVertiport(named.action.destination)) named.action.destination = VertiportId{};
    hooks_->on_decision(world_, named, *verdict);
  }
  coverage_.Count(decision, *verdict);
  const std::string what = absl::StrCat("decision for aircraft ", decision.aircraft.value, " to ",
                                        decision.action.destination.value);
  SKEIN_RETURN_IF_ERROR(Annotate(acceptance.Judge(world_, *verdict), what));
  if (verdict->accepted()) {
    const GuardRule rule = sim::FindViolation(*network_, world_.state(), before, decision);
    if (rule != GuardRule::kNone)
      return Broken(what, ": the independent check finds ", NameOf(rule), " broken");
  }
  if (watched && !verdict->accepted() && world_.Digest() != digest)
    return Broken("a refused decision changed the digest");
  return Annotate(AfterChange(), what);
}

absl::Status HostileRun::Rogue() {
  Verdict verdict;
  return Commit(ChooseRogue(world_, dice_), &verdict);
}

absl::Status HostileRun::Restart() {
  const std::uint64_t digest = world_.Digest();
  absl::StatusOr<World> restored = World::Restore(network_, world_.Snapshot());
  if (!restored.ok()) return Annotate(restored.status(), "restore");
  if (restored->Digest() != digest) return Broken("a restored world has another digest");
  if (restored->next_stop() != world_.next_stop() || restored->next_timer() != world_.next_timer())
    return Broken("a restored world has other timers");
  if (restored->next_movement() != world_.next_movement())
    return Broken("a restored world has other movements");
  world_ = *std::move(restored);
  world_.CollectEffects(&effects_);
  ++coverage_.sides[Coverage::kRestored];
  return AfterChange();
}

absl::Status HostileRun::RejectNonsense() {
  const std::uint64_t digest = world_.Digest();
  if (world_.Apply(outside_.Nonsense(world_)).ok()) return Broken("took an impossible event");
  if (world_.Digest() != digest) return Broken("a rejected event changed the digest");
  ++coverage_.sides[Coverage::kRejectedEvents];
  return absl::OkStatus();
}

absl::Status HostileRun::AfterChange() {
  const absl::Status status = invariants_.Check(world_, effects_);
  ++coverage_.checks;
  for (const TimedEffect& timed : effects_) coverage_.Count(timed.effect);
  effects_.clear();
  return Annotate(status, absl::StrCat("at ", ToMs(world_.now()), " ms"));
}

void HostileRun::Pass() const {
  hooks_->effects->insert(hooks_->effects->end(), effects_.begin(), effects_.end());
}

absl::Status HostileRun::AtEnd() {
  coverage_.rules[Coverage::kChargerQueue] = invariants_.sessions_after_queue();
  if (world_.settled_days().empty()) return Broken("no day was settled");
  const DaySummary& day = world_.settled_days().front();
  if (!day.settled) return Broken("the day is not settled");
  if (style_.calm && day.excursions != 0)
    return Broken("a calm day had ", day.excursions, " excursions");
  return absl::OkStatus();
}

}  // namespace

RunResult RunHostileDay(std::uint64_t seed, const sim::EpisodeHooks* hooks) {
  HostileRun run(seed, hooks);
  RunResult result;
  result.status = run.Run();
  result.coverage = run.coverage();
  return result;
}

}  // namespace skein::testing
