#include "proto/codec/decision_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "tests/proto/filled_message.h"

namespace skein::codec {
namespace {

using testing::HasSubstr;

constexpr int kRefusals = static_cast<int>(Refusal::kClosingTime) + 1;

TEST(DecisionCodecTest, RefusalsAndRulesKeepTheirNames) {
  for (int k = 1; k < kRefusals; ++k) {
    const auto refusal = static_cast<Refusal>(k);
    EXPECT_EQ(v1::Refusal_Name(EncodeRefusal(refusal)), "REFUSAL_" + std::string(NameOf(refusal)));
    EXPECT_EQ(v1::GuardRule_Name(EncodeGuardRule(RuleOf(refusal))),
              "GUARD_RULE_" + std::string(NameOf(RuleOf(refusal))));
    EXPECT_EQ(DecodeRefusal(EncodeRefusal(refusal)).value(), refusal);
  }
}

TEST(DecisionCodecTest, ADecisionComesBackEqual) {
  const Names names = SmallNames();
  const Decision fly{AircraftId{1}, Action::Fly(VertiportId{2}), {TripId{7}, TripId{9}}};
  const Decision hold{AircraftId{0}, Action::Hold(), {}};

  for (const Decision& decision : {fly, hold}) {
    const Decision again = DecodeDecision(EncodeDecision(decision, names), names).value();
    EXPECT_EQ(again.aircraft, decision.aircraft);
    EXPECT_EQ(again.action, decision.action);
    EXPECT_EQ(again.boarding, decision.boarding);
  }
}

TEST(DecisionCodecTest, RefusesADecisionThatNamesNothing) {
  v1::Decision message;
  message.set_aircraft("N09");
  message.add_boarding_trips(0);

  const absl::Status status = DecodeDecision(message, SmallNames()).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("decision.aircraft = \"N09\""));
  EXPECT_THAT(std::string(status.message()), HasSubstr("decision.action is not set"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("decision.boardingTrips[0] = 0"));

  message.mutable_fly()->set_destination("XX");
  EXPECT_THAT(std::string(DecodeDecision(message, SmallNames()).status().message()),
              HasSubstr("decision.fly.destination = \"XX\""));
}

TEST(DecisionCodecTest, RefusesBoardingForAHold) {
  v1::Decision message;
  message.set_aircraft("N01");
  message.mutable_hold();
  message.add_boarding_trips(1);
  EXPECT_FALSE(DecodeDecision(message, SmallNames()).ok());
}

TEST(DecisionCodecTest, AVerdictComesBackEqualAndExplainsItself) {
  const Verdict accepted{Refusal::kNone, TimeFromMs(10), TimeFromMs(20), 3};
  const Verdict again = DecodeVerdict(EncodeVerdict(accepted)).value();
  EXPECT_TRUE(again.accepted());
  EXPECT_EQ(again.take_off, accepted.take_off);
  EXPECT_EQ(again.landing, accepted.landing);
  EXPECT_EQ(again.passengers, 3);
  EXPECT_EQ(EncodeVerdict(accepted).sentence(), "");

  const v1::Verdict refused = EncodeVerdict({Refusal::kNoStand, {}, {}, 0});
  EXPECT_FALSE(refused.accepted());
  EXPECT_EQ(refused.rule(), v1::GUARD_RULE_G1);
  EXPECT_EQ(refused.sentence(), std::string(Explain(Refusal::kNoStand)));
  EXPECT_EQ(DecodeVerdict(refused)->refusal, Refusal::kNoStand);
}

TEST(DecisionCodecTest, RefusesAVerdictThatContradictsItself) {
  v1::Verdict message;
  message.set_accepted(true);
  message.set_refusal(v1::REFUSAL_NO_STAND);
  EXPECT_FALSE(DecodeVerdict(message).ok());
  message.set_refusal(static_cast<v1::Refusal>(99));
  EXPECT_FALSE(DecodeVerdict(message).ok());
}

TEST(DecisionCodecTest, ExplainsEveryDestination) {
  Observation observation;
  observation.now = TimeFromMs(500);
  observation.vertiport = VertiportId{0};
  observation.decision_number = 42;
  observation.destinations.resize(3);
  observation.destinations[1].refusal = Refusal::kReserve;
  observation.destinations[2].revenue_cents = 5000;
  observation.destinations[2].operating_cost_cents = 1200;
  observation.destinations[2].energy_cost_cents = 300;
  Choice choice;
  choice.action = Action::Fly(VertiportId{2});
  choice.probability = 0.5F;
  choice.scores = {0.25F, std::numeric_limits<float>::quiet_NaN(), 1.5F};

  v1::DecisionRecord record;
  EncodeExplanation(observation, choice, SmallNames(), &record);

  EXPECT_EQ(record.id(), 42);
  EXPECT_EQ(record.time_ms(), 500);
  EXPECT_EQ(record.vertiport(), "SFO");
  EXPECT_EQ(record.expected_profit_usd(), 35);  // 50 − 12 − 3
  ASSERT_EQ(record.destinations_size(), 3);
  EXPECT_EQ(record.destinations(0).score(), 0.25F);
  EXPECT_FALSE(record.destinations(1).has_score());
  EXPECT_EQ(record.destinations(1).refusal(), v1::REFUSAL_RESERVE);
  EXPECT_EQ(record.destinations(1).rule(), v1::GUARD_RULE_G3);
  EXPECT_FALSE(record.destinations(1).sentence().empty());
  EXPECT_EQ(record.destinations(2).destination(), "SJC");
  EXPECT_EQ(record.destinations(2).sentence(), "");
}

TEST(DecisionCodecTest, LeavesOutNumbersOfAPolicyThatAreNotFinite) {
  Observation observation;
  observation.vertiport = VertiportId{0};
  Choice choice;
  choice.probability = std::numeric_limits<float>::quiet_NaN();
  choice.value = std::numeric_limits<float>::infinity();

  v1::DecisionRecord record;
  EncodeExplanation(observation, choice, SmallNames(), &record);

  EXPECT_EQ(record.probability(), 0);
  EXPECT_EQ(record.value_usd(), 0);
}

}  // namespace
}  // namespace skein::codec
