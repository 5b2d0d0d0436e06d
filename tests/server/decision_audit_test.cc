#include "server/network/decision_audit.h"

#include <gmock/gmock.h>

#include <cmath>
#include <memory>
#include <vector>

#include "policy/rules/rules.h"
#include "skein/v1/journal.pb.h"
#include "tests/server/harness.h"

namespace skein::server {
namespace {

class DecisionAuditTest : public ControllerTest {
 protected:
  // A day's beginning with decisions of each kind: for one aircraft, for all at once, an
  // operator's, and one that the guard refuses.
  void Play() {
    ASSERT_TRUE(Create("net").ok());
    const auto opened = Advance("net", 1, kOpenMs);
    ASSERT_TRUE(opened.ok()) << opened.status();
    const auto open = opened->result().progress().open_decision_points();
    ASSERT_GE(open.size(), 2);
    ASSERT_TRUE(Decide("net", open[0], "one").ok());
    v1::OverrideDecisionRequest choice;
    choice.set_network("networks/net");
    choice.set_request_id("override");
    choice.mutable_decision()->set_aircraft(open[0]);
    choice.mutable_decision()->mutable_hold();
    Ask(controller(), &Controller::OverrideDecision, choice).status().IgnoreError();
    v1::DispatchAllRequest all;
    all.set_network("networks/net");
    all.set_request_id("all");
    const auto decided = Ask(controller(), &Controller::DispatchAll, all);
    ASSERT_TRUE(decided.ok()) << decided.status();
    record_ = memory_.ListNetworks().value().front();
    records_ = memory_.ReadJournal({.network = "net"}).value();
  }

  // Changes the first record that holds an explanation.
  template <class Change>
  void ChangeExplained(Change change) {
    for (storage::JournalRecord& record : records_) {
      v1::JournalRecord message;
      ASSERT_TRUE(message.ParseFromString(record.payload));
      if (!message.has_decision() || message.decision().destinations().empty()) continue;
      change(message.mutable_decision());
      record.payload = message.SerializeAsString();
      return;
    }
    FAIL() << "nothing is explained";
  }

  static absl::StatusOr<std::unique_ptr<Dispatcher>> MakePolicy(const DispatcherRequest& request) {
    return policy::MakeGreedy(request.network);
  }

  // The audit of a journal with these records.
  absl::StatusOr<DecisionAudit> Audit(std::vector<storage::JournalRecord> records,
                                      const DispatcherFactory& dispatchers = nullptr) {
    storage::MemoryStore store;
    storage::NetworkBatch batch;
    batch.network = "net";
    batch.created = record_;
    batch.records = std::move(records);
    EXPECT_TRUE(store.CommitBatch(std::vector{batch}).ok());
    return AuditDecisions(record_, &store, {.dispatchers = dispatchers});
  }

  storage::NetworkRecord record_;
  std::vector<storage::JournalRecord> records_;
};

TEST_F(DecisionAuditTest, DerivesEveryExplanationAgain) {
  Play();

  const auto audit = Audit(records_);

  ASSERT_TRUE(audit.ok()) << audit.status();
  EXPECT_GE(audit->explained, 2);
  EXPECT_EQ(audit->scored, audit->best);
}

TEST_F(DecisionAuditTest, NoticesAnExplanationThatIsNotTrue) {
  Play();
  ChangeExplained([](v1::DecisionRecord* decision) {
    v1::DestinationExplanation* row = decision->mutable_destinations(1);
    row->set_energy_wh(row->energy_wh() + 1);
  });

  const auto audit = Audit(records_);

  EXPECT_TRUE(absl::IsDataLoss(audit.status())) << audit.status();
  EXPECT_THAT(audit.status(), MessageHas("explanation"));
}

TEST_F(DecisionAuditTest, NoticesAChoiceAfterARecordThatIsNotThere) {
  Play();
  ChangeExplained([](v1::DecisionRecord* decision) { decision->set_observed_after(1'000); });

  EXPECT_TRUE(absl::IsDataLoss(Audit(records_).status()));
}

TEST_F(DecisionAuditTest, HasThePolicyChooseTheSameBitsAgain) {
  Play();

  const auto audit = Audit(records_, MakePolicy);

  ASSERT_TRUE(audit.ok()) << audit.status();
  EXPECT_TRUE(audit->repeatable);
  EXPECT_GE(audit->asked, 2);
  EXPECT_EQ(audit->same_bits, audit->asked);
}

TEST_F(DecisionAuditTest, NoticesABitThatThePolicyDoesNotGive) {
  Play();
  ChangeExplained([](v1::DecisionRecord* decision) {
    decision->set_probability(std::nextafter(decision->probability(), 0.0F));
  });

  const auto audit = Audit(records_, MakePolicy);

  EXPECT_TRUE(absl::IsDataLoss(audit.status())) << audit.status();
  EXPECT_THAT(audit.status(), MessageHas("same weights and backend"));
}

TEST_F(DecisionAuditTest, DoesNotAskForChoicesOfOtherWeightsAndComparesThoseOfOtherBackends) {
  Play();
  ChangeExplained([](v1::DecisionRecord* decision) { decision->set_policy_checksum("ab"); });
  EXPECT_EQ(Audit(records_, MakePolicy)->other_weights, 1);
  ChangeExplained([](v1::DecisionRecord* decision) {
    decision->clear_policy_checksum();
    decision->set_policy_backend("native-baseline gcc-1");
  });

  const auto audit = Audit(records_, MakePolicy);

  ASSERT_TRUE(audit.ok()) << audit.status();
  EXPECT_EQ(audit->asked, audit->same_bits + 1);
  EXPECT_EQ(audit->same_action, 1);
  EXPECT_EQ(audit->score_difference, 0);
}

}  // namespace
}  // namespace skein::server
