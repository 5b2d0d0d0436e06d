#include "proto/codec/effect_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/proto/filled_message.h"

namespace skein::codec {
namespace {

constexpr AircraftId kAircraft{1};
constexpr VertiportId kFrom{0};
constexpr VertiportId kTo{2};
constexpr TripId kTrip{5};
constexpr SimTime kAt = TimeFromMs(70);

// One effect of each kind, with no field zero.
std::vector<Effect> AllEffects() {
  return {FlightCommitted{kAircraft, kFrom, kTo, kAt, kAt, 9, {kTrip}},
          AircraftHolds{kAircraft, kAt},
          AircraftWoken{kAircraft},
          SlotsReplanned{kAircraft, kAt, kAt},
          FlightCancelled{kAircraft, CancelReason::kOperator},
          FlightTookOff{kAircraft, kAt, 1, 2},
          FlightLanded{kAircraft, kTo, 3, true, true, true, 4},
          StandTaken{kAircraft},
          AlternateReserved{kAircraft, kTo, kAt},
          AlternateReleased{kAircraft},
          HoldingStarted{kAircraft},
          DiversionStarted{kAircraft, kTo, kAt},
          EmergencyDeclared{kAircraft, kTo, kAt},
          ChargingStarted{kAircraft, kTo},
          ChargingEnded{kAircraft, 5, 6, 7},
          TripAccepted{kTrip, kFrom, kTo, 2, 900},
          TripEnded{kTrip, TripOutcome::kServed},
          Excursion{GuardRule::kG3, kAircraft, kTo, 1, 2},
          DaySettled{-1, 2, -3}};
}

TEST(EffectCodecTest, ATimeThatNeverComesIsAbsent) {
  const v1::Effect message = EncodeEffect(AlternateReserved{kAircraft, kTo, kNever}, SmallNames());

  EXPECT_FALSE(message.alternate_reserved().has_latest_divert_ms());
}

TEST(EffectCodecTest, EveryKindSetsEveryFieldOfItsMessage) {
  const std::vector<Effect> effects = AllEffects();
  ASSERT_EQ(effects.size(), std::variant_size_v<Effect>);

  for (const Effect& effect : effects) {
    const v1::TimedEffect message = EncodeTimedEffect({kAt, effect}, SmallNames());

    EXPECT_EQ(message.time_ms(), 70);
    EXPECT_EQ(static_cast<std::size_t>(message.effect().effect_case()), effect.index() + 1);
    const auto* payload = message.effect().GetReflection()->GetOneofFieldDescriptor(
        message.effect(), v1::Effect::descriptor()->oneof_decl(0));
    ASSERT_NE(payload, nullptr);
    EXPECT_THAT(
        UnsetFields(message.effect().GetReflection()->GetMessage(message.effect(), payload)),
        testing::IsEmpty())
        << payload->name();
  }
}

TEST(EffectCodecTest, LeavesOutWhatIsNotKnown) {
  const Names names = SmallNames();
  EXPECT_FALSE(EncodeEffect(SlotsReplanned{kAircraft, kAt, kNever}, names)
                   .slots_replanned()
                   .has_landing_ms());
  EXPECT_FALSE(EncodeEffect(FlightTookOff{kAircraft, kNever, 1, 2}, names)
                   .flight_took_off()
                   .has_landing_ms());
  EXPECT_FALSE(
      EncodeEffect(AircraftHolds{kAircraft, kNever}, names).aircraft_holds().has_until_ms());

  const v1::Effect nobody = EncodeEffect(Excursion{GuardRule::kG1, {}, kTo, 11, 10}, names);
  EXPECT_EQ(nobody.excursion().aircraft(), "");
  EXPECT_EQ(nobody.excursion().vertiport(), "SJC");
}

TEST(EffectCodecTest, ReasonsKeepTheirMeaning) {
  const Names names = SmallNames();
  EXPECT_EQ(EncodeEffect(FlightCancelled{kAircraft, CancelReason::kClosed}, names)
                .flight_cancelled()
                .reason(),
            v1::CANCEL_REASON_CLOSED);
  EXPECT_EQ(EncodeEffect(FlightCancelled{kAircraft, CancelReason::kNoStand}, names)
                .flight_cancelled()
                .reason(),
            v1::CANCEL_REASON_NO_STAND);
  EXPECT_EQ(EncodeEffect(TripEnded{kTrip, TripOutcome::kDiverted}, names).trip_ended().outcome(),
            v1::TRIP_OUTCOME_DIVERTED);
  EXPECT_EQ(EncodeEffect(TripEnded{kTrip, TripOutcome::kCancelled}, names).trip_ended().outcome(),
            v1::TRIP_OUTCOME_CANCELLED);
}

}  // namespace
}  // namespace skein::codec
