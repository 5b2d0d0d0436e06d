// Load for a service that is being tortured: clients of both kinds, each in a thread, which go on
// until SIGTERM and write down what they ask and learn.
//
//   torture_client --target HOST:PORT[,HOST:PORT] --journal FILE [--days 3] [--crowds 1]
//                  [--members 3] [--seed 1] [--give-up 0.3] [--patience 60]
//
// Exit 0: no answer contradicted what the clients know, and all were answered within the patience.

#include <signal.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "proto/codec/scenario_codec.h"
#include "sim/domain/status.h"
#include "sim/generator.h"
#include "tests/torture/clients/crowd_client.h"
#include "tests/torture/clients/day_client.h"
#include "tests/torture/clients/session.h"
#include "tests/torture/file_recorder.h"
#include "tests/torture/grpc_transport.h"

namespace skein::torture {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kDeadline{2000};
constexpr std::chrono::milliseconds kPause{20};  // after an attempt without an answer
constexpr std::int64_t kNoLimit = 1'000'000'000;

struct Options {
  std::vector<std::string> targets;
  std::string journal;
  int days = 3;
  int crowds = 1;
  int members = 3;  // of a crowd
  std::uint64_t seed = 1;
  double give_up = 0.3;
  int patience_s = 60;
};

std::atomic<bool> stop{false};

// Lets one client after the other use the service, until told to stop.
class Worker {
 public:
  // Makes the client that follows the n-th.
  using Factory = std::function<std::unique_ptr<Client>(int n)>;

  Worker(const Options& options, Recorder* recorder, std::uint64_t seed, Factory factory)
      : options_(options),
        recorder_(recorder),
        seed_(seed),
        factory_(std::move(factory)),
        transport_(options.targets) {}

  absl::Status Run() {
    for (int n = 0; !stop; ++n) {
      Session session(factory_(n), seed_ + static_cast<std::uint64_t>(n), options_.give_up,
                      recorder_);
      SKEIN_RETURN_IF_ERROR(Use(&session));
    }
    return absl::OkStatus();
  }

 private:
  // An operation that has begun is brought to its end even after `stop`.
  absl::Status Use(Session* session) {
    std::int64_t number = 0;
    Clock::time_point begun;
    while (true) {
      if (stop && !pending_) return absl::OkStatus();
      const Operation* operation = session->Attempt();
      if (operation == nullptr) return absl::OkStatus();
      if (operation->number != std::exchange(number, operation->number)) begun = Clock::now();
      const absl::StatusOr<Response> answer = transport_.Call(operation->request, kDeadline);
      pending_ = !answer.ok();
      const absl::Status sound = session->Answer(answer);
      if (!sound.ok()) return sound;
      if (answer.ok()) continue;
      if (Clock::now() - begun > std::chrono::seconds(options_.patience_s))
        return absl::UnavailableError(absl::StrCat(session->client().name(), ": no answer for ",
                                                   options_.patience_s, " s; the last was ",
                                                   answer.status().ToString()));
      if (absl::IsUnavailable(answer.status()) || absl::IsDeadlineExceeded(answer.status()))
        std::this_thread::sleep_for(kPause);
      else
        pending_ = false;
    }
  }

  const Options& options_;
  Recorder* const recorder_;
  const std::uint64_t seed_;
  const Factory factory_;
  GrpcTransport transport_;
  bool pending_ = false;  // an operation may go on
};

v1::CreateNetworkRequest Creation(const std::string& id, const Scenario& scenario,
                                  std::uint64_t seed) {
  v1::CreateNetworkRequest creation;
  creation.set_request_id("create-" + id);
  creation.set_network_id(id);
  *creation.mutable_scenario() = codec::EncodeScenario(scenario);
  creation.set_clock(v1::CLOCK_MODE_EXTERNAL);
  creation.set_policy("random");
  creation.set_policy_seed(seed);
  return creation;
}

std::unique_ptr<Worker> MakeDay(const Options& options, Recorder* recorder, int k,
                                const std::shared_ptr<const sim::Network>& network) {
  const std::uint64_t seed = options.seed * 1000 + static_cast<std::uint64_t>(k) * 100;
  return std::make_unique<Worker>(options, recorder, seed, [k, seed, network](int n) {
    const auto day = seed + static_cast<std::uint64_t>(n);
    return std::make_unique<DayClient>(
        Creation(absl::StrCat("day", k, "-", n), network->scenario(), day), network, day, kNoLimit);
  });
}

std::unique_ptr<Worker> MakeMember(const Options& options, Recorder* recorder, int crowd,
                                   int member, const Scenario& scenario) {
  const std::uint64_t seed =
      options.seed * 1000 + 500 + static_cast<std::uint64_t>(crowd * 50 + member);
  return std::make_unique<Worker>(options, recorder, seed, [crowd, member, seed, scenario](int n) {
    return std::make_unique<CrowdClient>(absl::StrCat("crowd", crowd, "-", member, "-", n),
                                         Creation(absl::StrCat("crowd", crowd), scenario, 7),
                                         codec::Names(scenario),
                                         seed + static_cast<std::uint64_t>(n), kNoLimit);
  });
}

absl::Status Run(const Options& options) {
  SKEIN_ASSIGN_OR_RETURN(const std::unique_ptr<FileRecorder> recorder,
                         FileRecorder::Open(options.journal));
  SKEIN_ASSIGN_OR_RETURN(const Scenario scenario, sim::GeneratePaper(7));
  SKEIN_ASSIGN_OR_RETURN(const auto network, sim::Network::Create(scenario));
  std::vector<std::unique_ptr<Worker>> workers;
  for (int k = 0; k < options.days; ++k)
    workers.push_back(MakeDay(options, recorder.get(), k, network));
  for (int k = 0; k < options.crowds; ++k)
    for (int m = 0; m < options.members; ++m)
      workers.push_back(MakeMember(options, recorder.get(), k, m, scenario));
  std::vector<absl::Status> outcomes(workers.size());
  std::vector<std::thread> threads;
  for (std::size_t k = 0; k < workers.size(); ++k)
    threads.emplace_back([&, k] {
      outcomes[k] = workers[k]->Run();
      if (!outcomes[k].ok()) stop = true;
    });
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& outcome : outcomes) SKEIN_RETURN_IF_ERROR(outcome);
  return absl::OkStatus();
}

}  // namespace
}  // namespace skein::torture

int main(int argc, char** argv) {
  skein::torture::Options options;
  CLI::App app("Uses a service that is being tortured");
  app.add_option("--target", options.targets, "HOST:PORT of each server")
      ->delimiter(',')
      ->required();
  app.add_option("--journal", options.journal, "Where to write what is asked and learnt")
      ->required();
  app.add_option("--days", options.days, "Clients that play a day each");
  app.add_option("--crowds", options.crowds, "Networks that are used by many");
  app.add_option("--members", options.members, "How many");
  app.add_option("--seed", options.seed, "Of days and clients");
  app.add_option("--give-up", options.give_up, "Chance to give up after no answer");
  app.add_option("--patience", options.patience_s, "Seconds to wait for an answer at most");
  CLI11_PARSE(app, argc, argv);
  const auto on_stop = [](int) { skein::torture::stop = true; };
  signal(SIGTERM, on_stop);
  signal(SIGINT, on_stop);
  const absl::Status status = skein::torture::Run(options);
  if (status.ok()) return 0;
  std::fprintf(stderr, "error: %s\n", status.ToString().c_str());
  return 1;
}
