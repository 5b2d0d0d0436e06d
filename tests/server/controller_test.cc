#include "server/controller.h"

#include <string>

#include "google/protobuf/util/message_differencer.h"
#include "server/base/reason.h"
#include "tests/server/harness.h"

namespace skein::server {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(ControllerTest, CreatesANetwork) {
  const auto created = Create("a");

  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->network().name(), "networks/a");
  EXPECT_EQ(created->network().scenario(), "triangle");
  EXPECT_EQ(created->network().state(), v1::NETWORK_STATE_ACTIVE);
  EXPECT_EQ(created->network().policy(), "greedy");
  EXPECT_EQ(created->network().journal_sequence(), 0);
  EXPECT_EQ(created->network().progress().next_stop_ms(), kOpenMs);
  EXPECT_TRUE(MessageDifferencer::Equals(
      [&] {
        v1::Network network = Get("a").value();
        network.mutable_progress()->clear_digest();
        return network;
      }(),
      created->network()));
}

TEST_F(ControllerTest, AnswersARepeatedCreationTheSame) {
  const auto first = Create("a");
  const auto second = Create("a");
  Restart();
  const auto third = Create("a");

  ASSERT_TRUE(second.ok()) << second.status();
  ASSERT_TRUE(third.ok()) << third.status();
  EXPECT_TRUE(MessageDifferencer::Equals(*first, *second));
  EXPECT_TRUE(MessageDifferencer::Equals(*first, *third));
}

TEST_F(ControllerTest, RefusesASecondNetworkOfTheName) {
  ASSERT_TRUE(Create("a").ok());

  v1::CreateNetworkRequest other_id = Creation("a", "greedy");
  other_id.set_request_id("another");
  const auto exists = Ask(controller(), &Controller::CreateNetwork, other_id);
  const auto reused = Create("a", "random");

  EXPECT_THAT(exists.status(), HasCode(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(reused.status(), HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(ReasonOf(reused.status()), kRequestIdReused);
}

TEST_F(ControllerTest, LeavesANameFreeWhenCreationFails) {
  v1::CreateNetworkRequest request = Creation("a", "greedy");
  request.mutable_scenario()->set_name("nothing else");
  const auto invalid = Ask(controller(), &Controller::CreateNetwork, request);
  const auto unknown_policy = Create("a", "oracle");

  EXPECT_THAT(invalid.status(), HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(unknown_policy.status(), MessageHas("policy = oracle"));
  EXPECT_THAT(Get("a").status(), HasCode(absl::StatusCode::kNotFound));
  EXPECT_TRUE(Create("a").ok());
}

TEST_F(ControllerTest, ChecksTheFieldsOfACreation) {
  v1::CreateNetworkRequest request;
  request.set_request_id("r");
  const auto empty = Ask(controller(), &Controller::CreateNetwork, request);
  v1::CreateNetworkRequest nul = Creation(std::string("a\0b", 3), "greedy");
  nul.set_request_id("r-2");
  const auto with_nul = Ask(controller(), &Controller::CreateNetwork, nul);
  v1::CreateNetworkRequest nameless = Creation("a", "greedy");
  nameless.clear_request_id();
  const auto without_id = Ask(controller(), &Controller::CreateNetwork, nameless);

  EXPECT_THAT(empty.status(), MessageHas("networkId"));
  EXPECT_THAT(empty.status(), MessageHas("clock"));
  EXPECT_THAT(empty.status(), MessageHas("source"));
  EXPECT_THAT(with_nul.status(), MessageHas("networkId"));
  EXPECT_THAT(without_id.status(), MessageHas("requestId"));
}

TEST_F(ControllerTest, ListsNetworksInPages) {
  for (const char* const id : {"c", "a", "b"}) ASSERT_TRUE(Create(id).ok());
  v1::ListNetworksRequest request;
  request.set_page_size(2);

  const auto first = Ask(controller(), &Controller::ListNetworks, request).value();
  request.set_page_token(first.next_page_token());
  const auto second = Ask(controller(), &Controller::ListNetworks, request).value();

  ASSERT_EQ(first.networks_size(), 2);
  EXPECT_EQ(first.networks(0).name(), "networks/c");
  EXPECT_EQ(first.networks(1).name(), "networks/a");
  ASSERT_EQ(second.networks_size(), 1);
  EXPECT_EQ(second.networks(0).name(), "networks/b");
  EXPECT_THAT(second.next_page_token(), IsEmpty());
}

TEST_F(ControllerTest, BoundsTheNumberOfNetworks) {
  options_.max_networks = 1;
  Restart();
  ASSERT_TRUE(Create("a").ok());

  EXPECT_THAT(Create("b").status(), HasCode(absl::StatusCode::kResourceExhausted));
  EXPECT_TRUE(Create("a").ok());
}

TEST_F(ControllerTest, IgnoresRepeatedEventsAndRefusesGaps) {
  ASSERT_TRUE(Create("a").ok());
  ASSERT_TRUE(Advance("a", 1, 1000).ok());

  const auto repeat = Advance("a", 1, 5000);
  const auto gap = Advance("a", 3, 5000);

  ASSERT_TRUE(repeat.ok()) << repeat.status();
  EXPECT_EQ(repeat->result().last_source_sequence(), 1);
  EXPECT_EQ(repeat->result().progress().time_ms(), 1000);
  EXPECT_THAT(gap.status(), HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(gap.status(), MessageHas("item.sourceSequence = 3, want 2"));
  EXPECT_EQ(ReasonOf(gap.status()), kSourceSequenceGap);
}

TEST_F(ControllerTest, RemembersSourcesOverRestarts) {
  ASSERT_TRUE(Create("a").ok());
  ASSERT_TRUE(Advance("a", 1, 1000).ok());
  ASSERT_TRUE(Advance("a", 2, 2000).ok());

  for (int k = 0; k < 2; ++k) {
    if (k == 0)
      Crash();
    else
      Restart();
    v1::IngestEventRequest question;
    question.mutable_item()->set_network("networks/a");
    question.mutable_item()->set_source("outside");
    const auto answer = Ask(controller(), &Controller::IngestEvent, question);

    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->result().last_source_sequence(), 2);
  }
}

TEST_F(ControllerTest, RefusesBadEventsAndChangesNothing) {
  ASSERT_TRUE(Create("a").ok());
  ASSERT_TRUE(Advance("a", 1, 1000).ok());
  const std::string before = Digest("a");

  EXPECT_THAT(Advance("a", 2, 500).status(), HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Advance("a", 2, kOpenMs + 1).status(), MessageHas("jumps over"));
  v1::Event event;
  event.set_time_ms(2000);
  event.mutable_took_off()->set_aircraft("N9");
  EXPECT_THAT(Ingest("a", 2, event).status(), MessageHas("item.event.tookOff.aircraft"));
  EXPECT_THAT(Ingest("nowhere", 1, event).status(), HasCode(absl::StatusCode::kNotFound));

  EXPECT_EQ(Digest("a"), before);
  EXPECT_TRUE(Advance("a", 2, 2000).ok());
}

TEST_F(ControllerTest, DecidesAndExplains) {
  ASSERT_TRUE(Create("a").ok());
  ASSERT_TRUE(Advance("a", 1, kOpenMs).ok());
  ASSERT_TRUE(Ask(controller(), &Controller::SubmitTrip, Trip("a", "trip-1")).ok());

  const auto answer = Decide("a", "N1", "d-1");

  ASSERT_TRUE(answer.ok()) << answer.status();
  const v1::DecisionRecord& decision = answer->decision();
  EXPECT_EQ(decision.id(), 0);
  EXPECT_EQ(decision.decided_by(), "greedy");
  EXPECT_EQ(decision.fallback_reason(), v1::FALLBACK_REASON_UNSPECIFIED);
  EXPECT_EQ(decision.decision().fly().destination(), "B");
  EXPECT_TRUE(decision.verdict().accepted());
  EXPECT_EQ(decision.verdict().passengers(), 2);
  EXPECT_EQ(decision.destinations_size(), 3);
  EXPECT_EQ(decision.digest(), Digest("a"));
  EXPECT_THAT(answer->progress().open_decision_points(), ElementsAre("N2", "N3"));
}

TEST_F(ControllerTest, SaysWhatAnAircraftDoesThatWantsNoDecision) {
  ASSERT_TRUE(Create("a").ok());
  const auto closed = Decide("a", "N1", "d-0");
  ASSERT_TRUE(Advance("a", 1, kOpenMs).ok());
  ASSERT_TRUE(Decide("a", "N1", "d-1").ok());  // nobody waits: it holds
  const auto holding = Decide("a", "N1", "d-2");

  EXPECT_THAT(closed.status(), MessageHas("while the network is closed"));
  EXPECT_THAT(holding.status(), HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(holding.status(), MessageHas("N1 wants no decision: it holds at A"));
  EXPECT_EQ(ReasonOf(holding.status()), kNoDecisionPoint);
}

TEST_F(ControllerTest, AnswersARepeatedDecisionTheSame) {
  ASSERT_TRUE(Create("a", "random").ok());
  ASSERT_TRUE(Advance("a", 1, kOpenMs).ok());
  const auto first = Decide("a", "N1", "d-1");
  const std::string digest = Digest("a");

  const auto second = Decide("a", "N1", "d-1");
  const auto reused = Decide("a", "N2", "d-1");
  Crash();
  const auto third = Decide("a", "N1", "d-1");

  ASSERT_TRUE(second.ok() && third.ok());
  EXPECT_TRUE(MessageDifferencer::Equals(*first, *second));
  EXPECT_TRUE(MessageDifferencer::Equals(*first, *third));
  EXPECT_EQ(ReasonOf(reused.status()), kRequestIdReused);
  EXPECT_EQ(Digest("a"), digest);
}

TEST_F(ControllerTest, DispatchesAllOpenPointsJointly) {
  ASSERT_TRUE(Create("a", "random").ok());
  ASSERT_TRUE(Advance("a", 1, kOpenMs).ok());
  v1::DispatchAllRequest request;
  request.set_network("networks/a");
  request.set_request_id("all");

  const auto answer = Ask(controller(), &Controller::DispatchAll, request);

  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->decisions_size(), 3);
  for (int k = 0; k < 3; ++k) EXPECT_EQ(answer->decisions(k).id(), k);
  EXPECT_THAT(answer->progress().open_decision_points(), IsEmpty());
  Crash();
  EXPECT_EQ(Get("a")->decision_count(), 3);
  const auto again = Ask(controller(), &Controller::DispatchAll, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(MessageDifferencer::Equals(*again, *answer));
}

TEST_F(ControllerTest, ListsAndFindsDecisions) {
  ASSERT_TRUE(Create("a", "random").ok());
  ASSERT_TRUE(Advance("a", 1, kOpenMs).ok());
  for (const char* const name : {"N1", "N2", "N3"}) ASSERT_TRUE(Decide("a", name, name).ok());
  v1::ListDecisionsRequest list;
  list.set_network("networks/a");
  list.set_page_size(2);
  v1::GetDecisionRequest get;
  get.set_network("networks/a");
  get.set_decision(1);

  const auto first = Ask(controller(), &Controller::ListDecisions, list).value();
  list.set_page_token(first.next_page_token());
  const auto second = Ask(controller(), &Controller::ListDecisions, list).value();
  list.clear_page_token();
  list.set_aircraft("N3");
  const auto of_n3 = Ask(controller(), &Controller::ListDecisions, list).value();
  const auto one = Ask(controller(), &Controller::GetDecision, get);
  get.set_decision(7);
  const auto none = Ask(controller(), &Controller::GetDecision, get);

  ASSERT_EQ(first.decisions_size(), 2);
  EXPECT_EQ(first.decisions(0).decision().aircraft(), "N3");
  EXPECT_EQ(first.decisions(1).decision().aircraft(), "N2");
  ASSERT_EQ(second.decisions_size(), 1);
  EXPECT_EQ(second.decisions(0).decision().aircraft(), "N1");
  ASSERT_EQ(of_n3.decisions_size(), 1);
  EXPECT_TRUE(MessageDifferencer::Equals(one->decision(), first.decisions(1)));
  EXPECT_THAT(none.status(), HasCode(absl::StatusCode::kNotFound));
}

TEST_F(ControllerTest, ExplainsAFoundDecisionAsTheAnswerDid) {
  ASSERT_TRUE(Create("a", "random").ok());
  ASSERT_TRUE(Advance("a", 1, kOpenMs).ok());
  const auto answer = Decide("a", "N3", "d-1");  // half charged: some flights are refused
  v1::GetDecisionRequest get;
  get.set_network("networks/a");

  const auto found = Ask(controller(), &Controller::GetDecision, get);

  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_TRUE(MessageDifferencer::Equals(found->decision(), answer->decision()));
}

TEST_F(ControllerTest, TakesAnOverrideOrSaysWhyNot) {
  ASSERT_TRUE(Create("a").ok());
  ASSERT_TRUE(Advance("a", 1, kOpenMs).ok());
  v1::OverrideDecisionRequest request;
  request.set_network("networks/a");
  request.set_request_id("o-1");
  request.mutable_decision()->set_aircraft("N1");
  request.mutable_decision()->mutable_fly()->set_destination("B");
  const auto accepted = Ask(controller(), &Controller::OverrideDecision, request);
  request.set_request_id("o-2");
  const auto refused = Ask(controller(), &Controller::OverrideDecision, request);
  request.set_request_id("o-3");
  request.mutable_decision()->set_aircraft("N2");
  request.mutable_decision()->add_boarding_trips(77);
  const auto unknown = Ask(controller(), &Controller::OverrideDecision, request);

  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_TRUE(accepted->decision().verdict().accepted());
  EXPECT_EQ(accepted->decision().decided_by(), "operator");
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_FALSE(refused->decision().verdict().accepted());
  EXPECT_EQ(refused->decision().verdict().refusal(), v1::REFUSAL_COMMITTED);
  EXPECT_EQ(refused->decision().id(), -1);
  EXPECT_THAT(unknown.status(), MessageHas("decision.boardingTrips[0] = 77 is unknown"));
  const std::string digest = Digest("a");
  Crash();
  EXPECT_EQ(Digest("a"), digest);
  v1::GetDaySummaryRequest day;
  day.set_network("networks/a");
  EXPECT_EQ(Ask(controller(), &Controller::GetDaySummary, day)->report().refusals(), 1);
}

TEST_F(ControllerTest, SubmitsAndCancelsTrips) {
  ASSERT_TRUE(Create("a").ok());
  ASSERT_TRUE(Advance("a", 1, kOpenMs).ok());
  const auto submitted = Ask(controller(), &Controller::SubmitTrip, Trip("a", "t-1"));
  ASSERT_TRUE(submitted.ok()) << submitted.status();
  v1::CancelTripRequest cancel;
  cancel.set_network("networks/a");
  cancel.set_request_id("c-1");
  cancel.set_trip(submitted->trip().id());
  const auto cancelled = Ask(controller(), &Controller::CancelTrip, cancel);
  v1::GetTripRequest get;
  get.set_network("networks/a");
  get.set_trip(99);
  const auto unknown = Ask(controller(), &Controller::GetTrip, get);
  v1::SubmitTripRequest bad = Trip("a", "t-2");
  bad.set_passengers(9);
  const auto too_many = Ask(controller(), &Controller::SubmitTrip, bad);

  EXPECT_EQ(submitted->trip().id(), 1);
  EXPECT_EQ(submitted->trip().state(), v1::TRIP_STATE_WAITING);
  EXPECT_EQ(submitted->trip().earliest_ms(), kOpenMs);
  EXPECT_EQ(submitted->trip().latest_ms(), kOpenMs + 40 * 60'000);
  EXPECT_EQ(cancelled->trip().state(), v1::TRIP_STATE_CANCELLED);
  EXPECT_THAT(unknown.status(), HasCode(absl::StatusCode::kNotFound));
  EXPECT_THAT(too_many.status(), MessageHas("passengers = 9, want [1, 4]"));
  EXPECT_THAT(std::string(too_many.status().message()), Not(HasSubstr("event.")));
}

TEST_F(ControllerTest, ChangesTheFleet) {
  ASSERT_TRUE(Create("a").ok());
  ASSERT_TRUE(Advance("a", 1, kOpenMs).ok());
  v1::AddAircraftRequest add;
  add.set_network("networks/a");
  add.set_request_id("add");
  add.set_aircraft("N4");
  add.set_vertiport("C");
  add.set_charge_wh(50'000);
  ASSERT_TRUE(Ask(controller(), &Controller::AddAircraft, add).ok());
  v1::GroundAircraftRequest ground;
  ground.set_network("networks/a");
  ground.set_request_id("ground");
  ground.set_aircraft("N4");
  ASSERT_TRUE(Ask(controller(), &Controller::GroundAircraft, ground).ok());
  v1::RemoveAircraftRequest remove;
  remove.set_network("networks/a");
  remove.set_request_id("remove");
  remove.set_aircraft("N1");
  ASSERT_TRUE(Ask(controller(), &Controller::RemoveAircraft, remove).ok());
  v1::SetResourceOutOfOrderRequest broken;
  broken.set_network("networks/a");
  broken.set_request_id("broken");
  broken.set_vertiport("B");
  broken.set_resource(v1::RESOURCE_CHARGERS);
  broken.set_count(1);
  ASSERT_TRUE(Ask(controller(), &Controller::SetResourceOutOfOrder, broken).ok());
  const std::string digest = Digest("a");
  Crash();

  v1::GetFleetRequest get;
  get.set_network("networks/a");
  const v1::Fleet fleet = Ask(controller(), &Controller::GetFleet, get)->fleet();

  EXPECT_EQ(Digest("a"), digest);
  ASSERT_EQ(fleet.aircraft_size(), 3);
  EXPECT_EQ(fleet.aircraft(2).name(), "N4");
  EXPECT_EQ(fleet.aircraft(2).phase(), v1::AIRCRAFT_PHASE_OUT_OF_SERVICE);
  EXPECT_EQ(fleet.vertiports(1).chargers(), 1);
  EXPECT_THAT(Decide("a", "N1", "d").status(), MessageHas("was removed from the fleet"));
}

TEST_F(ControllerTest, IssuesListsAndWithdrawsAdvisories) {
  ASSERT_TRUE(Create("a").ok());
  v1::IssueAdvisoryRequest issue;
  issue.set_network("networks/a");
  issue.set_request_id("i-1");
  issue.mutable_advisory()->set_id(5);
  issue.mutable_advisory()->set_kind(v1::ADVISORY_KIND_VERTIPORT_CLOSED);
  issue.mutable_advisory()->set_vertiport("B");
  issue.mutable_advisory()->set_start_ms(kOpenMs);
  issue.mutable_advisory()->set_end_ms(kOpenMs + 1000);
  ASSERT_TRUE(Ask(controller(), &Controller::IssueAdvisory, issue).ok());
  issue.set_request_id("i-2");
  const auto twice = Ask(controller(), &Controller::IssueAdvisory, issue);
  v1::ListAdvisoriesRequest list;
  list.set_network("networks/a");
  const auto one = Ask(controller(), &Controller::ListAdvisories, list);
  v1::WithdrawAdvisoryRequest withdraw;
  withdraw.set_network("networks/a");
  withdraw.set_request_id("w-1");
  withdraw.set_advisory(5);
  ASSERT_TRUE(Ask(controller(), &Controller::WithdrawAdvisory, withdraw).ok());
  withdraw.set_request_id("w-2");
  const auto gone = Ask(controller(), &Controller::WithdrawAdvisory, withdraw);

  EXPECT_THAT(twice.status(), MessageHas("advisory.id = 5 is in use"));
  EXPECT_EQ(one->advisories_size(), 1);
  EXPECT_THAT(gone.status(), HasCode(absl::StatusCode::kNotFound));
  EXPECT_EQ(Ask(controller(), &Controller::ListAdvisories, list)->advisories_size(), 0);
}

TEST_F(ControllerTest, RefusesRequestsWhoseDeadlineHasPassed) {
  ASSERT_TRUE(Create("a").ok());
  CallOptions late;
  late.deadline = clock_.steady() - std::chrono::milliseconds(1);

  const auto answer = Ask(controller(), &Controller::SubmitTrip, Trip("a", "t-1"), late);

  EXPECT_THAT(answer.status(), HasCode(absl::StatusCode::kDeadlineExceeded));
  EXPECT_EQ(Get("a")->journal_sequence(), 0);
}

TEST_F(ControllerTest, RefusesRequestsWhileItDrains) {
  ASSERT_TRUE(Create("a").ok());

  controller().Drain();

  EXPECT_THAT(Get("a").status(), HasCode(absl::StatusCode::kUnavailable));
  EXPECT_EQ(ReasonOf(Get("a").status()), kDraining);
  Restart();
  EXPECT_TRUE(Get("a").ok());
}

}  // namespace
}  // namespace skein::server
