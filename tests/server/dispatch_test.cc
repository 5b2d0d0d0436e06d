// What answers when the policy does not, and networks that move by the server's clock.

#include <cmath>
#include <stdexcept>
#include <string>

#include "server/controller.h"
#include "tests/server/harness.h"

namespace skein::server {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class DispatchTest : public ControllerTest {
 protected:
  void SetUp() override {
    script_ = [](const Observation&, Choice*) { return absl::OkStatus(); };
    ASSERT_TRUE(Create("a", "scripted").ok());
    ASSERT_TRUE(Advance("a", 1, kOpenMs).ok());
  }
  v1::DecisionRecord DecideFor(const std::string& aircraft) {
    auto answer = Decide("a", aircraft, "d-" + aircraft);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? answer->decision() : v1::DecisionRecord();
  }
  static Choice* Fly(Choice* choice, int destination) {
    choice->action = Action::Fly(VertiportId{destination});
    return choice;
  }
};

TEST_F(DispatchTest, TakesThePolicysChoiceWithItsNumbers) {
  script_ = [](const Observation&, Choice* choice) {
    Fly(choice, 1)->value = 3;
    choice->probability = 0.25F;
    choice->scores = {1, 2, -INFINITY};
    return absl::OkStatus();
  };

  const v1::DecisionRecord decision = DecideFor("N1");

  EXPECT_EQ(decision.decided_by(), "scripted");
  EXPECT_EQ(decision.decision().fly().destination(), "B");
  EXPECT_EQ(decision.probability(), 0.25F);
  EXPECT_EQ(decision.value_usd(), 3);
  EXPECT_EQ(decision.destinations(1).score(), 2);
  EXPECT_FALSE(decision.destinations(2).has_score());
}

TEST_F(DispatchTest, FallsBackWhenThePolicyFails) {
  script_ = [](const Observation&, Choice*) { return absl::UnavailableError("it is gone"); };

  const v1::DecisionRecord decision = DecideFor("N1");

  EXPECT_EQ(decision.decided_by(), "fallback");
  EXPECT_EQ(decision.fallback_reason(), v1::FALLBACK_REASON_UNAVAILABLE);
  EXPECT_THAT(decision.fallback_detail(), HasSubstr("it is gone"));
  EXPECT_TRUE(decision.verdict().accepted());
}

TEST_F(DispatchTest, FallsBackWhenThePolicyIsLate) {
  script_ = [this](const Observation&, Choice* choice) {
    Fly(choice, 1);
    clock_.Advance(201);
    return absl::OkStatus();
  };

  const v1::DecisionRecord decision = DecideFor("N1");

  EXPECT_EQ(decision.fallback_reason(), v1::FALLBACK_REASON_DEADLINE);
  EXPECT_TRUE(decision.decision().has_hold());  // greedy: nobody waits
}

TEST_F(DispatchTest, FallsBackFromNumbersThatAreNotFinite) {
  int call = 0;
  script_ = [&call](const Observation&, Choice* choice) {
    Fly(choice, 1);
    if (call == 0) choice->scores = {0, std::nanf(""), 0};
    if (call == 1) choice->value = INFINITY;
    if (call == 2) choice->probability = std::nanf("");
    ++call;
    return absl::OkStatus();
  };

  for (const char* const name : {"N1", "N2", "N3"})
    EXPECT_EQ(DecideFor(name).fallback_reason(), v1::FALLBACK_REASON_NON_FINITE);
}

TEST_F(DispatchTest, FallsBackWhenThePolicySaysThatItsNumbersAreNotFinite) {
  script_ = [](const Observation&, Choice*) { return absl::DataLossError("a logit"); };

  const v1::DecisionRecord decision = DecideFor("N1");

  EXPECT_EQ(decision.fallback_reason(), v1::FALLBACK_REASON_NON_FINITE);
  EXPECT_EQ(decision.fallback_detail(), "a logit");
}

TEST_F(DispatchTest, FallsBackFromARefusedChoiceAndKeepsIt) {
  script_ = [](const Observation& observation, Choice* choice) {
    Fly(choice, observation.vertiport.value);  // to where it is
    return absl::OkStatus();
  };

  const v1::DecisionRecord decision = DecideFor("N1");

  EXPECT_EQ(decision.fallback_reason(), v1::FALLBACK_REASON_REFUSED);
  EXPECT_THAT(decision.fallback_detail(), HasSubstr("no corridor"));
  EXPECT_EQ(decision.id(), 0);
  EXPECT_EQ(Get("a")->journal_sequence(), 3);  // time, refusal, decision
  const std::string digest = Digest("a");
  Crash();
  EXPECT_EQ(Digest("a"), digest);
}

TEST_F(DispatchTest, FallsBackFromNonsense) {
  script_ = [](const Observation&, Choice* choice) {
    Fly(choice, 99);
    return absl::OkStatus();
  };
  EXPECT_EQ(DecideFor("N1").fallback_reason(), v1::FALLBACK_REASON_UNAVAILABLE);
  script_ = [](const Observation&, Choice* choice) {
    choice->scores = {1, 2};
    return absl::OkStatus();
  };
  EXPECT_EQ(DecideFor("N2").fallback_reason(), v1::FALLBACK_REASON_UNAVAILABLE);
}

TEST_F(DispatchTest, SurvivesAPolicyThatThrows) {
  ASSERT_TRUE(Ask(controller(), &Controller::SubmitTrip, Trip("a", "t-1")).ok());
  const std::string before = Digest("a");
  script_ = [](const Observation&, Choice*) -> absl::Status { throw std::runtime_error("boom"); };

  const auto thrown = Decide("a", "N1", "d-1");

  EXPECT_THAT(thrown.status(), HasCode(absl::StatusCode::kInternal));
  EXPECT_THAT(thrown.status(), MessageHas("boom"));
  script_ = [](const Observation&, Choice*) { return absl::OkStatus(); };
  EXPECT_EQ(Digest("a"), before);
  EXPECT_TRUE(Decide("a", "N1", "d-1").ok());
}

class SystemClockTest : public ControllerTest {
 protected:
  void CreateLive(bool auto_dispatch) {
    v1::CreateNetworkRequest request = Creation("live", "greedy");
    request.set_clock(v1::CLOCK_MODE_SYSTEM);
    request.set_day_start_unix_ms(clock_.unix_ms());
    request.set_auto_dispatch(auto_dispatch);
    const auto created = Ask(controller(), &Controller::CreateNetwork, request);
    ASSERT_TRUE(created.ok()) << created.status();
  }
  std::int64_t start_ms_ = clock_.unix_ms();
};

TEST_F(SystemClockTest, MovesWhenATimerIsDue) {
  CreateLive(false);

  clock_.Set(start_ms_ + kOpenMs - 1);
  const v1::Network before = Get("live").value();
  clock_.Set(start_ms_ + kOpenMs + 5);
  const v1::Network after = Get("live").value();

  EXPECT_THAT(before.progress().open_decision_points(), IsEmpty());
  EXPECT_EQ(after.progress().time_ms(), kOpenMs + 5);
  EXPECT_EQ(after.progress().open_decision_points_size(), 3);
}

TEST_F(SystemClockTest, AnswersOpenPointsByItself) {
  CreateLive(true);

  clock_.Set(start_ms_ + kOpenMs);
  const v1::Network after = Get("live").value();

  EXPECT_EQ(after.decision_count(), 3);
  EXPECT_THAT(after.progress().open_decision_points(), IsEmpty());
}

TEST_F(SystemClockTest, StampsRequestsWithThePresent) {
  CreateLive(false);
  clock_.Set(start_ms_ + kOpenMs + 60'000);

  const auto trip = Ask(controller(), &Controller::SubmitTrip, Trip("live", "t-1"));
  v1::Event event;
  event.mutable_aircraft_failed()->set_aircraft("N2");
  clock_.Advance(1000);
  const auto failed = Ingest("live", 1, event);
  clock_.Advance(1000);
  const auto decision = Decide("live", "N1", "d-1");

  ASSERT_TRUE(trip.ok()) << trip.status();
  EXPECT_EQ(trip->trip().earliest_ms(), kOpenMs + 60'000);
  EXPECT_EQ(failed->result().progress().time_ms(), kOpenMs + 61'000);
  ASSERT_TRUE(decision.ok()) << decision.status();
  EXPECT_EQ(decision->decision().time_ms(), kOpenMs + 62'000);
  EXPECT_GE(decision->decision().verdict().take_off_ms(), kOpenMs + 62'000);
}

TEST_F(SystemClockTest, RefusesEventsThatLieAhead) {
  CreateLive(false);
  v1::Event event;
  event.set_time_ms(3'600'000);
  event.mutable_time_advanced();

  EXPECT_THAT(Ingest("live", 1, event).status(), MessageHas("ahead of the network's clock"));
}

TEST_F(SystemClockTest, CatchesUpAfterALongStop) {
  CreateLive(true);
  clock_.Advance(20LL * 24 * 3'600'000);
  Restart();

  const v1::Network network = Get("live").value();

  EXPECT_EQ(network.state(), v1::NETWORK_STATE_ACTIVE);
  EXPECT_EQ(network.progress().time_ms(), 20LL * 24 * 3'600'000);
}

TEST_F(SystemClockTest, StartsAtTheLatestMidnightUnlessTold) {
  v1::CreateNetworkRequest request = Creation("live", "greedy");
  request.set_clock(v1::CLOCK_MODE_SYSTEM);

  const auto created = Ask(controller(), &Controller::CreateNetwork, request);

  ASSERT_TRUE(created.ok()) << created.status();
  // 2023-11-14 22:13:20 UTC; the triangle lives by UTC.
  EXPECT_EQ(created->network().day_start_unix_ms(), 1'699'920'000'000);
}

TEST_F(SystemClockTest, AutoDispatchWorksWithAnExternalClockToo) {
  v1::CreateNetworkRequest request = Creation("a", "greedy");
  request.set_auto_dispatch(true);
  ASSERT_TRUE(Ask(controller(), &Controller::CreateNetwork, request).ok());

  const auto opened = Advance("a", 1, kOpenMs);

  EXPECT_THAT(opened->result().progress().open_decision_points(), IsEmpty());
  EXPECT_EQ(Get("a")->decision_count(), 3);
}

}  // namespace
}  // namespace skein::server
