// The learned policy behind the controller: what is recorded, and what happens when it is broken.

#include <cstdio>
#include <string>

#include "policy/captain/checkpoint/checkpoint.h"
#include "policy/captain/native/native_backend.h"
#include "policy/registry.h"
#include "server/controller.h"
#include "tests/policy/captain/random_checkpoint.h"
#include "tests/server/harness.h"

namespace skein::server {
namespace {

using policy::captain::Checkpoint;
using policy::captain::RandomCheckpoint;
using testing::HasSubstr;

class CaptainServingTest : public ControllerTest {
 protected:
  void SetUp() override {
    factory_ = [](const DispatcherRequest& request) {
      return policy::MakeDispatcher(
          request.policy, {.network = request.network,
                           .captain = {.backend = *policy::captain::NativeBackend("baseline")}});
    };
    Write(RandomCheckpoint({}, 3));
  }

  // Writes the checkpoint of the policy, and says what its checksum is.
  std::string Write(const Checkpoint& checkpoint) {
    EXPECT_TRUE(policy::captain::WriteCheckpoint(path_, checkpoint).ok());
    return policy::captain::ReadCheckpoint(path_)->checksum;
  }

  void Begin() {
    const auto created = Create("a", policy_);
    ASSERT_TRUE(created.ok()) << created.status();
    ASSERT_TRUE(Advance("a", 1, kOpenMs).ok());
  }

  v1::DecisionRecord DecideFor(const std::string& aircraft) {
    auto answer = Decide("a", aircraft, "d-" + aircraft);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? answer->decision() : v1::DecisionRecord();
  }

  const std::string path_ = testing::TempDir() + "captain_serving_test.captain";
  const std::string policy_ = "captain:" + path_;
};

TEST_F(CaptainServingTest, RecordsWithWhatItDecided) {
  const std::string checksum = Write(RandomCheckpoint({}, 4));
  Begin();

  const v1::DecisionRecord decision = DecideFor("N1");

  EXPECT_EQ(decision.decided_by(), policy_);
  EXPECT_EQ(decision.fallback_reason(), v1::FALLBACK_REASON_UNSPECIFIED);
  EXPECT_EQ(decision.policy_checksum(), checksum);
  EXPECT_THAT(decision.policy_backend(), testing::StartsWith("native-baseline "));
  EXPECT_EQ(decision.features_hash().size(), 16);
  EXPECT_TRUE(decision.destinations(0).has_score());
  Crash();
  v1::GetDecisionRequest request;
  request.set_network("networks/a");
  request.set_decision(decision.id());
  const auto found = Ask(controller(), &Controller::GetDecision, request);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->decision().policy_checksum(), checksum);
  EXPECT_EQ(found->decision().policy_backend(), decision.policy_backend());
  EXPECT_EQ(found->decision().features_hash(), decision.features_hash());
}

// Every weight is finite, or the file would be refused; what comes of them is not.
TEST_F(CaptainServingTest, FallsBackFromANetworkThatGivesNotANumber) {
  Checkpoint broken = RandomCheckpoint({}, 3);
  for (policy::captain::Tensor& tensor : broken.tensors)
    if (tensor.name == "destination_hidden.weight")
      for (float& value : tensor.values) value *= 3e38F;
  const std::string checksum = Write(broken);
  Begin();

  for (const char* const aircraft : {"N1", "N2", "N3"}) {
    const v1::DecisionRecord decision = DecideFor(aircraft);
    EXPECT_EQ(decision.decided_by(), "fallback");
    EXPECT_EQ(decision.fallback_reason(), v1::FALLBACK_REASON_NON_FINITE);
    EXPECT_EQ(decision.fallback_detail(), "a logit is not finite");
    EXPECT_EQ(decision.policy_checksum(), checksum);
    EXPECT_TRUE(decision.verdict().accepted());
  }
}

TEST_F(CaptainServingTest, CreatesNoNetworkWithoutItsCheckpoint) {
  std::remove(path_.c_str());

  EXPECT_THAT(Create("a", policy_).status(), HasCode(absl::StatusCode::kFailedPrecondition));

  EXPECT_THAT(Get("a").status(), HasCode(absl::StatusCode::kNotFound));
}

TEST_F(CaptainServingTest, KeepsANetworkWhoseCheckpointIsLost) {
  Begin();
  DecideFor("N1");
  const std::string digest = Digest("a");
  std::remove(path_.c_str());

  Crash();

  const auto network = Get("a");
  ASSERT_TRUE(network.ok()) << network.status();
  EXPECT_EQ(network->state(), v1::NETWORK_STATE_QUARANTINED);
  EXPECT_THAT(network->quarantine_reason(), HasSubstr("there is no such file"));
  Write(RandomCheckpoint({}, 3));
  Crash();
  EXPECT_EQ(Get("a")->state(), v1::NETWORK_STATE_ACTIVE);
  EXPECT_EQ(Digest("a"), digest);
}

// Whatever a factory says, a network that is in the store is not lost.
TEST_F(CaptainServingTest, KeepsANetworkWhosePolicyIsNotFound) {
  Begin();
  factory_ = [](const DispatcherRequest&) { return absl::NotFoundError("no such policy"); };

  Crash();

  ASSERT_TRUE(Get("a").ok());
  EXPECT_EQ(Get("a")->state(), v1::NETWORK_STATE_QUARANTINED);
  EXPECT_EQ(Get("a")->quarantine_reason(), "no such policy");
}

}  // namespace
}  // namespace skein::server
