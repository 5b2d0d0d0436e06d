#include "policy/external/external.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "policy/registry.h"
#include "skein/v1/policy_endpoint.grpc.pb.h"
#include "tests/policy/dispatcher_contract.h"

namespace skein::policy {
namespace {

// A policy program that flies to the legal destination with most passengers, or answers nonsense.
class Endpoint final : public v1::PolicyEndpointService::Service {
 public:
  enum class Mood { kSound, kIllegal, kUnknownName, kTooFew, kFails };
  Mood mood = Mood::kSound;
  int scenarios_seen = 0;

  grpc::Status Decide(grpc::ServerContext*, const v1::DecideRequest* request,
                      v1::DecideResponse* response) override {
    if (mood == Mood::kFails) return {grpc::StatusCode::INTERNAL, "out of ideas"};
    if (request->has_scenario()) ++scenarios_seen;
    for (const v1::Observation& seen : request->observations()) {
      if (mood == Mood::kTooFew) break;
      v1::EndpointChoice& choice = *response->add_choices();
      choice.mutable_hold();
      int best = 0;
      for (const v1::DestinationEstimate& flight : seen.destinations()) {
        const bool wanted =
            mood == Mood::kIllegal ? !flight.legal() : flight.legal() && flight.passengers() > best;
        if (!wanted) continue;
        best = flight.passengers();
        choice.mutable_fly()->set_destination(flight.destination());
      }
      if (mood == Mood::kUnknownName) choice.mutable_fly()->set_destination("Atlantis");
    }
    return grpc::Status::OK;
  }
};

class ExternalTest : public testing::Test {
 protected:
  ExternalTest() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&endpoint_);
    server_ = builder.BuildAndStart();
  }

  std::string name() const { return "external:127.0.0.1:" + std::to_string(port_); }

  // What the endpoint's answer to a legal-but-for-one-destination observation comes to.
  absl::Status DecideOnce() {
    const auto scenario = sim::GeneratePaper(900'001, {3, 3});
    const auto network = sim::Network::Create(*scenario);
    auto dispatcher = MakeDispatcher(name(), {.network = *network});
    if (!dispatcher.ok()) return dispatcher.status();
    sim::Simulator simulator(*network, 1);
    SKEIN_RETURN_IF_ERROR(simulator.Apply(*simulator.NextEvent()));
    Observation observation;
    simulator.world().Observe(simulator.world().open_points().front(), &observation);
    for (std::size_t k = 0; k < 3; ++k) {
      if (VertiportId{static_cast<std::int32_t>(k)} == observation.vertiport) continue;
      observation.action_mask[k] = 0;
      observation.destinations[k].refusal = Refusal::kNoStand;
    }
    const DecisionPoint point{&observation, &simulator.world()};
    Choice choice;
    return (*dispatcher)->DecideBatch({&point, 1}, {&choice, 1});
  }

  Endpoint endpoint_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(ExternalTest, KeepsTheContract) {
  ExpectDispatcherContract(
      [this](const auto& network) { return *MakeDispatcher(name(), {.network = network}); });
  EXPECT_EQ(endpoint_.scenarios_seen, 2);  // once for each of the two dispatchers
}

TEST_F(ExternalTest, RefusesAnIllegalAction) {
  endpoint_.mood = Endpoint::Mood::kIllegal;
  const absl::Status status = DecideOnce();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("no stand is free"));
}

TEST_F(ExternalTest, RefusesAnUnknownVertiport) {
  endpoint_.mood = Endpoint::Mood::kUnknownName;
  const absl::Status status = DecideOnce();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("Atlantis"));
}

TEST_F(ExternalTest, RefusesAnswersThatAreTooFew) {
  endpoint_.mood = Endpoint::Mood::kTooFew;
  EXPECT_EQ(DecideOnce().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ExternalTest, PassesAnErrorOn) {
  endpoint_.mood = Endpoint::Mood::kFails;
  const absl::Status status = DecideOnce();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << status;
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("out of ideas"));
}

TEST(RegistryTest, NamesThePoliciesThereAre) {
  const auto made = MakeDispatcher("greddy", {});
  EXPECT_EQ(made.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(made.status().message()),
              testing::AllOf(testing::HasSubstr("greddy"), testing::HasSubstr("fcfs")));
}

TEST(RegistryTest, RefusesATargetThatIsNoAddress) {
  EXPECT_EQ(MakeDispatcher("external:nowhere", {}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace skein::policy
