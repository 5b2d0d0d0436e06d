#pragma once

#include <functional>
#include <memory>
#include <string>

#include "server/base/writer_role.h"
#include "server/controller.h"
#include "server/elector.h"
#include "tests/simulation/scheduler.h"
#include "tests/simulation/simulated_store.h"
#include "tests/torture/clients/request.h"

namespace skein::simulation {

// How often a policy misbehaves: late, failing, without sense, or against the rules.
struct PolicyFaults {
  double chance = 0;
};

// A server process on a machine of the simulation: the service's core on a connection to the disk,
// which it shares with others; it leads or follows. It may crash and start again.
//
// Threads: one.
class SimulatedServer {
 public:
  struct Parts {
    Scheduler* scheduler = nullptr;
    Disk* disk = nullptr;
    const StoreFaults* store_faults = nullptr;
    const PolicyFaults* policy_faults = nullptr;
    Sabotage sabotage = Sabotage::kNone;
    server::ControllerOptions options{};
    std::string address{};
    std::function<void(bool leads)> on_role{};  // when it begins to lead or to follow
  };
  using Answer = std::function<void(absl::StatusOr<torture::Response>)>;

  // It does not run yet.
  explicit SimulatedServer(Parts parts);
  ~SimulatedServer();

  // Starts, or tries to: the store may fail. Requires: nothing of this server is on the stack.
  absl::Status Start();
  // Whatever it does from now on has no effect, and nobody hears of it.
  void Crash();
  // Takes what remains of it away. Requires: nothing of this server is on the stack.
  void Remove();
  // Finishes its work and ends.
  void Stop();
  // Looks who leads, if it is time to. Requires: nothing of this server is on the stack.
  void LookWhoLeads();

  void Pause(bool paused) { host_.Pause(paused); }
  bool paused() const { return host_.paused(); }
  bool running() const { return controller_ != nullptr && !crashed_; }
  bool crashed() const { return crashed_; }
  // Counts its lives: an answer of an earlier one never arrives.
  int life() const { return life_; }

  // Requires: running() and not paused().
  void Call(const torture::Request& request, const server::CallOptions& options, Answer answer);

  std::int64_t failed_commits() const { return failed_commits_; }
  std::int64_t in_doubt_commits() const { return in_doubt_commits_; }

 private:
  server::ControllerParts ControllerPartsOf();

  const Parts parts_;
  Host host_;
  server::NoMetrics metrics_;
  std::unique_ptr<SimulatedStore> store_;
  std::unique_ptr<server::WriterRole> role_;
  std::unique_ptr<server::Controller> controller_;
  std::unique_ptr<server::Elector> elector_;
  std::int64_t next_look_ms_ = 0;
  bool crashed_ = false;
  int life_ = 0;
  std::int64_t failed_commits_ = 0;
  std::int64_t in_doubt_commits_ = 0;
};

}  // namespace skein::simulation
