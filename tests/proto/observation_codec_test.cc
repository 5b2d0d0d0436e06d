#include "proto/codec/observation_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "tests/proto/filled_message.h"

namespace skein::codec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Observation ThreeByTwo() {
  Observation observation;
  observation.now = TimeFromMs(10);
  observation.aircraft = AircraftId{1};
  observation.vertiport = VertiportId{2};
  observation.charge_wh = 11;
  observation.decision_number = 12;
  observation.action_mask = {1, 0, 1};
  observation.destinations.assign(
      3, {Refusal::kNoSlot, TimeFromMs(1), TimeFromMs(2), 3, 4, 5, 6, 7, 8});
  observation.vertiports.assign(3, {1, 2, 3, 4, 5, 6, TimeFromMs(7), SimDuration{8}, 9, true});
  observation.aircraft_rows.assign(
      2, {AircraftPhase::kHolding, VertiportId{1}, 2, TimeFromMs(3), 0.5F});
  return observation;
}

TEST(ObservationCodecTest, SetsEveryField) {
  const v1::Observation message = EncodeObservation(ThreeByTwo(), SmallNames());

  EXPECT_THAT(UnsetFields(message), testing::IsEmpty());
  EXPECT_EQ(message.aircraft(), "N02");
  ASSERT_EQ(message.destinations_size(), 3);
  EXPECT_TRUE(message.destinations(0).legal());
  EXPECT_FALSE(message.destinations(1).legal());
  EXPECT_EQ(message.vertiports(1).name(), "OAK");
  ASSERT_EQ(message.aircraft_rows_size(), 2);
  EXPECT_EQ(message.aircraft_rows(0).name(), "N01");
  EXPECT_EQ(message.aircraft_rows(0).phase(), v1::AIRCRAFT_PHASE_HOLDING);
}

TEST(ObservationCodecTest, LeavesOutTimesThatAreNotKnown) {
  Observation observation = ThreeByTwo();
  observation.vertiports[0].charger_free = kNever;
  observation.aircraft_rows[0].next_event = kNever;

  const v1::Observation message = EncodeObservation(observation, SmallNames());

  EXPECT_FALSE(message.vertiports(0).has_charger_free_ms());
  EXPECT_TRUE(message.vertiports(1).has_charger_free_ms());
  EXPECT_FALSE(message.aircraft_rows(0).has_next_event_ms());
}

TEST(ChoiceCodecTest, TakesHoldWithNothingElse) {
  v1::EndpointChoice message;
  message.mutable_hold();

  const Choice choice = DecodeChoice(message, SmallNames()).value();

  EXPECT_EQ(choice.action, Action::Hold());
  EXPECT_EQ(choice.probability, 1);
  EXPECT_TRUE(choice.scores.empty());
}

TEST(ChoiceCodecTest, TakesAFlightWithItsExplanation) {
  v1::EndpointChoice message;
  message.mutable_fly()->set_destination("OAK");
  message.set_probability(0.25F);
  message.set_value_usd(12.5F);
  for (const float score : {1.0F, 2.0F, 3.0F}) message.add_scores(score);

  const Choice choice = DecodeChoice(message, SmallNames()).value();

  EXPECT_EQ(choice.action, Action::Fly(VertiportId{1}));
  EXPECT_EQ(choice.probability, 0.25F);
  EXPECT_EQ(choice.value, 12.5F);
  EXPECT_THAT(choice.scores, ElementsAre(1, 2, 3));
}

TEST(ChoiceCodecTest, RefusesAnswersThatMakeNoSense) {
  v1::EndpointChoice message;
  message.set_probability(std::numeric_limits<float>::quiet_NaN());
  message.set_value_usd(std::numeric_limits<float>::infinity());
  message.add_scores(std::numeric_limits<float>::quiet_NaN());

  const absl::Status status = DecodeChoice(message, SmallNames(), "choices[3]").status();

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  const std::string text(status.message());
  EXPECT_THAT(text, HasSubstr("choices[3].action is not set"));
  EXPECT_THAT(text, HasSubstr("choices[3].probability = nan"));
  EXPECT_THAT(text, HasSubstr("choices[3].valueUsd = inf"));
  EXPECT_THAT(text, HasSubstr("choices[3].scores has 1 values, want none or 3"));
  EXPECT_THAT(text, HasSubstr("choices[3].scores[0] = nan"));

  message.mutable_fly()->set_destination("XX");
  EXPECT_THAT(std::string(DecodeChoice(message, SmallNames()).status().message()),
              HasSubstr("choice.fly.destination = \"XX\""));
}

}  // namespace
}  // namespace skein::codec
