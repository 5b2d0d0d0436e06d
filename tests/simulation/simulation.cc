#include "tests/simulation/simulation.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sim/domain/status.h"
#include "storage/hash_chain.h"
#include "tests/sim/triangle.h"
#include "tests/simulation/simulated_server.h"
#include "tests/torture/clients/crowd_client.h"
#include "tests/torture/clients/day_client.h"

namespace skein::simulation {
namespace {

using torture::Operation;
using torture::Session;

// Faults end after so much simulated time, and then everybody must get through in as much again.
constexpr std::int64_t kStormMs = 60'000;
constexpr std::int64_t kCalmMs = 600'000;

// What a seed lets go wrong; each of it is left out now and then, so that the others show.
struct Weather {
  StoreFaults store{};
  PolicyFaults policy{};
  double request_lost = 0;
  double answer_lost = 0;
  std::int64_t delay_ms = 1;
  double crash = 0;  // per second, each of these
  double pause = 0;
  double clock_jump = 0;
};

Weather DrawWeather(testing::Dice& dice) {
  const auto sometimes = [&dice](double most) {
    return dice.Chance(0.3) ? 0 : most * dice.Uniform() * dice.Uniform();
  };
  Weather weather;
  weather.store.not_written = sometimes(0.2);
  weather.store.in_doubt = sometimes(0.2);
  weather.store.read_fails = sometimes(0.2);
  weather.store.slow = sometimes(0.5);
  weather.store.slow_ms = 1 + dice.Below(300);
  weather.policy.chance = sometimes(0.5);
  weather.request_lost = sometimes(0.2);
  weather.answer_lost = sometimes(0.2);
  weather.delay_ms = 1 + dice.Below(dice.Chance(0.2) ? 400 : 10);
  weather.crash = sometimes(1.5);
  weather.pause = sometimes(0.7);
  weather.clock_jump = sometimes(0.5);
  return weather;
}

// Without payloads: they come in no particular order.
std::string Text(const absl::Status& status) {
  return absl::StrCat(absl::StatusCodeToString(status.code()), " ", status.message());
}

class Simulation : public torture::Recorder {
 public:
  explicit Simulation(const SimulationOptions& options)
      : options_(options), scheduler_(options.seed) {
    weather_ = DrawWeather(dice());
    SimulatedServer::Parts parts{.scheduler = &scheduler_,
                                 .disk = &disk_,
                                 .store_faults = &weather_.store,
                                 .policy_faults = &weather_.policy,
                                 .sabotage = options.sabotage};
    parts.options.sequencer_threads = dice().Int(1, 3);
    parts.options.snapshot_every_records = dice().Int(2, 60);
    parts.options.commit_max_requests = dice().Int(1, 20);
    for (std::size_t k = 0; k < servers_.size(); ++k) {
      parts.address = absl::StrCat("server ", k);
      parts.on_role = [this, address = parts.address](bool leads) {
        Happened(absl::StrCat(address, leads ? " leads" : " follows"));
        if (leads) ++report_.takeovers;
      };
      servers_[k] = std::make_unique<SimulatedServer>(parts);
    }
    MakeClients();
  }

  SimulationReport Run() {
    begin_ms_ = scheduler_.now_ms();
    for (std::size_t k = 0; k < servers_.size(); ++k) Serve(k);
    for (std::size_t k = 0; k < sessions_.size(); ++k) Ask(k);
    while (verdict_.ok() && !AllThrough()) {
      if (storming_ && scheduler_.now_ms() - begin_ms_ > kStormMs) CalmDown();
      if (scheduler_.now_ms() - begin_ms_ > kStormMs + kCalmMs)
        verdict_ = absl::InternalError("somebody never gets an answer");
      scheduler_.Step();
      KeepServing();
    }
    CalmDown();
    for (auto& server : servers_) server->running() ? server->Stop() : server->Remove();
    if (verdict_.ok()) verdict_ = Judge();
    return Report();
  }

  void Invoked(const Operation&) override { ++report_.operations; }

  void Ended(const Operation& operation) override {
    if (operation.outcome == Operation::Outcome::kUnknown) ++report_.in_doubt;
    if (operation.outcome == Operation::Outcome::kFailed) ++report_.refused;
    Happened(absl::StrCat(operation.client, " ", operation.number, " ",
                          torture::MethodOf(operation.request), " ",
                          static_cast<int>(operation.outcome), " ", Text(operation.failure)));
    history_.push_back(operation);
  }

 private:
  testing::Dice& dice() { return scheduler_.dice(); }

  void MakeClients();
  void Happened(const std::string& what);
  bool AllThrough() const;

  // Servers.
  void Serve(std::size_t server);
  void KeepServing();
  void Crash(std::size_t server);
  void Pause(std::size_t server);
  void DrawTrouble();
  void CalmDown();

  // Messages.
  void Ask(std::size_t session);
  void Deliver(std::size_t session, std::int64_t attempt, std::size_t server,
               const torture::Request& request);
  void Answer(std::size_t session, std::int64_t attempt,
              const absl::StatusOr<torture::Response>& answer);
  std::int64_t Delay() { return dice().Below(weather_.delay_ms + 1); }

  absl::Status Judge();
  SimulationReport Report();

  const SimulationOptions options_;
  Scheduler scheduler_;
  Weather weather_;
  Disk disk_;
  std::array<std::unique_ptr<SimulatedServer>, 2> servers_;
  std::array<std::int64_t, 2> start_ms_{};  // when a server that has crashed starts again
  std::int64_t next_trouble_ms_ = 0;
  bool storming_ = true;
  std::int64_t begin_ms_ = 0;

  std::vector<std::unique_ptr<Session>> sessions_;
  std::vector<std::int64_t> attempts_;  // the present attempt of each session
  std::vector<std::size_t> server_of_;  // whom each session asks
  History history_;
  absl::Status verdict_;
  std::string happened_;  // a hash over all of it
  SimulationReport report_;
};

v1::CreateNetworkRequest Creation(const std::string& id, testing::Dice& dice) {
  v1::CreateNetworkRequest creation;
  creation.set_request_id("create-" + id);
  creation.set_network_id(id);
  creation.set_scenario_name("triangle");
  creation.set_clock(v1::CLOCK_MODE_EXTERNAL);
  creation.set_policy(dice.Chance(0.5) ? "greedy" : "moody");
  creation.set_policy_seed(dice.Seed());
  return creation;
}

void Simulation::MakeClients() {
  const auto add = [this](std::unique_ptr<torture::Client> client) {
    const std::uint64_t seed = dice().Seed();
    sessions_.push_back(std::make_unique<Session>(std::move(client), seed, dice().Uniform(), this));
  };
  const auto network = sim::Network::Create(Triangle()).value();
  const int days = dice().Int(0, 2);
  const int crowds = dice().Int(days == 0 ? 1 : 0, 2);
  for (int k = 0; k < days; ++k) {
    const v1::CreateNetworkRequest creation = Creation(absl::StrCat("day", k), dice());
    const std::uint64_t seed = dice().Seed();
    add(std::make_unique<torture::DayClient>(creation, network, seed, dice().Int(10, 60)));
  }
  for (int k = 0; k < crowds; ++k) {
    v1::CreateNetworkRequest creation = Creation(absl::StrCat("crowd", k), dice());
    if (dice().Chance(0.3)) {
      creation.set_clock(v1::CLOCK_MODE_SYSTEM);
      creation.set_day_start_unix_ms(scheduler_.clock().unix_ms() - ToMs(SimTime{6 * kHour}));
      creation.set_auto_dispatch(dice().Chance(0.5));
    }
    const int members = dice().Int(1, 3);
    for (int m = 0; m < members; ++m) {
      const std::uint64_t seed = dice().Seed();
      add(std::make_unique<torture::CrowdClient>(
          absl::StrCat("c", k, m), creation, codec::Names(Triangle()), seed, dice().Int(5, 30)));
    }
  }
  attempts_.resize(sessions_.size());
  server_of_.resize(sessions_.size());
}

void Simulation::Happened(const std::string& what) {
  const std::string line = absl::StrCat(scheduler_.now_ms() - begin_ms_, " ms: ", what);
  happened_ = storage::ToBytes(storage::Sha256(absl::StrCat(happened_, line)));
  if (options_.trace) std::fprintf(stderr, "%s\n", line.c_str());
}

bool Simulation::AllThrough() const {
  return std::all_of(sessions_.begin(), sessions_.end(),
                     [](const auto& session) { return session->through(); });
}

// Servers -----------------------------------------------------------------------------------------

void Simulation::Serve(std::size_t server) {
  const absl::Status started = servers_[server]->Start();
  Happened(absl::StrCat("server ", server, " starts: ", Text(started)));
  if (started.ok()) return;
  servers_[server]->Crash();
  start_ms_[server] = scheduler_.now_ms() + 100;
}

void Simulation::Crash(std::size_t server) {
  ++report_.crashes;
  Happened(absl::StrCat("server ", server, " crashes"));
  servers_[server]->Crash();
  start_ms_[server] = scheduler_.now_ms() + dice().Below(3000);
}

// The server stands still, perhaps for longer than its lease; then it goes on as if nothing had
// been.
void Simulation::Pause(std::size_t server) {
  const std::int64_t wake_ms = dice().Below(4000);
  Happened(absl::StrCat("server ", server, " stands still for ", wake_ms, " ms"));
  servers_[server]->Pause(true);
  scheduler_.After(wake_ms, [this, server, life = servers_[server]->life()] {
    if (servers_[server]->life() == life) servers_[server]->Pause(false);
  });
}

// Once a second: what is to go wrong in the next.
void Simulation::DrawTrouble() {
  next_trouble_ms_ = scheduler_.now_ms() + 1000;
  for (std::size_t server = 0; server < servers_.size(); ++server) {
    const bool crashes = dice().Chance(weather_.crash / 2);
    if (!crashes && !dice().Chance(weather_.pause / 2)) continue;
    scheduler_.After(dice().Below(1000), [this, server, crashes] {
      if (!storming_ || !servers_[server]->running()) return;
      if (crashes)
        Crash(server);
      else
        Pause(server);
    });
  }
  if (dice().Chance(weather_.clock_jump)) scheduler_.clock().Jump((dice().Below(40) - 10) * 60'000);
}

// At the bottom of the stack: the only place where servers come and go, lead and follow.
void Simulation::KeepServing() {
  if (storming_ && scheduler_.now_ms() >= next_trouble_ms_) DrawTrouble();
  for (std::size_t server = 0; server < servers_.size(); ++server) {
    if (servers_[server]->crashed() && scheduler_.now_ms() >= start_ms_[server]) Serve(server);
    servers_[server]->LookWhoLeads();
  }
}

void Simulation::CalmDown() {
  if (!std::exchange(storming_, false)) return;
  Happened("calm");
  const std::int64_t delay_ms = weather_.delay_ms;
  weather_ = Weather{};
  weather_.store.slow_ms = 1;
  weather_.delay_ms = delay_ms;
  for (auto& server : servers_) server->Pause(false);
}

// Messages ----------------------------------------------------------------------------------------

void Simulation::Ask(std::size_t session) {
  const Operation* operation = sessions_[session]->Attempt();
  if (operation == nullptr) return;
  const std::int64_t attempt = ++attempts_[session];
  const std::size_t server = server_of_[session];
  if (!dice().Chance(weather_.request_lost))
    scheduler_.After(Delay(), [this, session, attempt, server, request = operation->request] {
      Deliver(session, attempt, server, request);
    });
  scheduler_.After(200 + 4 * weather_.delay_ms, [this, session, attempt] {
    Answer(session, attempt, absl::UnavailableError("no answer in time"));
  });
}

void Simulation::Deliver(std::size_t session, std::int64_t attempt, std::size_t server,
                         const torture::Request& request) {
  SimulatedServer& receiver = *servers_[server];
  if (receiver.paused()) {  // it waits in a socket
    scheduler_.After(50, [this, session, attempt, server, request] {
      Deliver(session, attempt, server, request);
    });
    return;
  }
  if (!receiver.running()) return;
  const int life = receiver.life();
  server::CallOptions call;
  if (dice().Chance(0.2))
    call.deadline = scheduler_.clock().steady() + std::chrono::milliseconds(Delay());
  receiver.Call(request, call,
                [this, session, attempt, server, life](absl::StatusOr<torture::Response> answer) {
                  const SimulatedServer& sender = *servers_[server];
                  if (sender.crashed() || sender.life() != life) return;
                  if (dice().Chance(weather_.answer_lost)) return;
                  scheduler_.After(Delay(), [this, session, attempt, answer = std::move(answer)] {
                    Answer(session, attempt, answer);
                  });
                });
}

void Simulation::Answer(std::size_t session, std::int64_t attempt,
                        const absl::StatusOr<torture::Response>& answer) {
  if (attempts_[session] != attempt || !verdict_.ok()) return;
  if (absl::IsUnavailable(answer.status())) server_of_[session] = dice().Below(servers_.size());
  verdict_.Update(sessions_[session]->Answer(answer));
  ++attempts_[session];  // what else comes of this attempt is late
  scheduler_.After(1 + dice().Below(20), [this, session] {
    if (verdict_.ok()) Ask(session);
  });
}

// Judgement ---------------------------------------------------------------------------------------

absl::Status Simulation::Judge() {
  if (disk_.stale_writes > 0) return absl::InternalError("a deposed writer has written");
  return CheckStore(&disk_.memory, history_, &report_.figures);
}

SimulationReport Simulation::Report() {
  Happened(Text(verdict_));
  report_.verdict = verdict_;
  report_.simulated_ms = scheduler_.now_ms() - begin_ms_;
  for (const auto& server : servers_) {
    report_.failed_commits += server->failed_commits();
    report_.in_doubt_commits += server->in_doubt_commits();
  }
  for (std::size_t k = 0; k < 8; ++k)
    report_.fingerprint = report_.fingerprint << 8 |
                          static_cast<unsigned char>(happened_[static_cast<std::size_t>(k)]);
  return report_;
}

}  // namespace

SimulationReport Simulate(const SimulationOptions& options) { return Simulation(options).Run(); }

}  // namespace skein::simulation
