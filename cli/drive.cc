#include "cli/drive.h"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "cli/drive_client.h"
#include "cli/drive_table.h"
#include "cli/interrupt.h"
#include "cli/print.h"
#include "cli/scenario_options.h"
#include "cli/scenario_source.h"
#include "proto/codec/decision_codec.h"
#include "proto/codec/json.h"
#include "proto/codec/names.h"
#include "proto/codec/report_codec.h"
#include "proto/codec/resource_name.h"
#include "proto/codec/scenario_codec.h"
#include "sim/simulator.h"

namespace skein::cli {
namespace {

struct DriveOptions {
  std::string target = "127.0.0.1:50051";
  std::string scenario = "paper:7";
  ScenarioOptions sizes;
  std::string policy;
  std::uint64_t seed = kFirstFinalSeed;
  std::string speed = "max";
  std::string network;
  std::string acknowledged;
  int patience_s = 60;
  bool json = false;
};

// Letters that a network id cannot have become '-'.
std::string NetworkIdOf(const DriveOptions& options) {
  if (!options.network.empty()) return options.network;
  std::string id = absl::StrCat("drive-", options.scenario, "-", options.seed);
  for (char& letter : id)
    if (std::isalnum(static_cast<unsigned char>(letter)) == 0 && letter != '.') letter = '-';
  return id.substr(0, 64);
}

// Network time against wall time: `speed` network seconds per second, or no limit.
class Pace {
 public:
  Pace(double speed, SimTime from)
      : speed_(speed), from_(from), start_(std::chrono::steady_clock::now()) {}

  void WaitFor(SimTime time) const {
    if (speed_ <= 0 || time <= from_) return;
    const std::chrono::duration<double, std::milli> wall(
        static_cast<double>((time - from_).count()) / speed_);
    std::this_thread::sleep_until(
        start_ + std::chrono::duration_cast<std::chrono::steady_clock::duration>(wall));
  }

 private:
  double speed_;
  SimTime from_;
  std::chrono::steady_clock::time_point start_;
};

// Plays the outside world for a server and checks, decision by decision, that the server's world
// and its own are the same.
class Drive {
 public:
  Drive(const DriveOptions& options, std::shared_ptr<const sim::Network> network)
      : options_(options),
        network_(std::move(network)),
        names_(network_->scenario()),
        simulator_(network_, options.seed),
        client_({options.target, NetworkIdOf(options), std::chrono::seconds(options.patience_s)}) {}

  absl::StatusOr<v1::DayReport> Run(double speed) {
    const auto start = std::chrono::steady_clock::now();
    if (!options_.acknowledged.empty()) {
      acknowledged_.open(options_.acknowledged, std::ios::app);
      if (!acknowledged_)
        return absl::UnavailableError(
            absl::StrCat("--journal-acks = \"", options_.acknowledged, "\" cannot be written"));
    }
    SKEIN_RETURN_IF_ERROR(Create());
    SKEIN_ASSIGN_OR_RETURN(last_known_, client_.LastSequence());
    const Pace pace(speed, network_->scenario().operations.open_time);
    while (const auto event = simulator_.NextEvent()) {
      if (Interrupted()) return absl::CancelledError("stopped; the same command resumes the day");
      if (sequence_ >= last_known_) pace.WaitFor(event->time);
      SKEIN_RETURN_IF_ERROR(Play(*event));
      table_.Show(simulator_.world());
    }
    SKEIN_ASSIGN_OR_RETURN(v1::DayReport report, CheckReport());
    report.set_wall_s(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    return report;
  }

 private:
  absl::Status Create() {
    v1::CreateNetworkRequest request;
    request.set_request_id("drive-create");
    request.set_network_id(NetworkIdOf(options_));
    *request.mutable_scenario() = codec::EncodeScenario(network_->scenario());
    request.set_clock(v1::CLOCK_MODE_EXTERNAL);
    request.set_policy(options_.policy);
    request.set_policy_seed(options_.seed);
    return client_.CreateNetwork(request);
  }

  absl::Status Play(const ExternalEvent& event) {
    if (++sequence_ > last_known_) SKEIN_RETURN_IF_ERROR(client_.Ingest(sequence_, event, names_));
    SKEIN_RETURN_IF_ERROR(simulator_.Apply(event));
    while (!simulator_.world().open_points().empty()) SKEIN_RETURN_IF_ERROR(Decide());
    return absl::OkStatus();
  }

  absl::Status Decide() {
    const AircraftId aircraft = simulator_.world().open_points().front();
    const std::int64_t number = simulator_.world().state().decision_count;
    SKEIN_ASSIGN_OR_RETURN(const v1::RequestDecisionResponse answer,
                           client_.Decide(number, names_.Of(aircraft)));
    SKEIN_ASSIGN_OR_RETURN(const Decision decision,
                           codec::DecodeDecision(answer.decision().decision(), names_));
    const Verdict verdict = simulator_.Commit(decision);
    const std::string digest = codec::HexDigest(simulator_.world().Digest());
    if (!verdict.accepted() || digest != answer.decision().digest())
      return Differs(answer, verdict, digest);
    if (acknowledged_.is_open()) {
      acknowledged_ << "{\"decision\":" << answer.decision().id() << ",\"aircraft\":\""
                    << names_.Of(aircraft) << "\",\"digest\":\"" << digest << "\"}\n"
                    << std::flush;
    }
    return absl::OkStatus();
  }

  // Prints both states and says where they parted.
  absl::Status Differs(const v1::RequestDecisionResponse& answer, const Verdict& verdict,
                       const std::string& digest) {
    std::fprintf(stderr, "\nthe server's decision:\n%s\n",
                 codec::ToJson(answer, codec::JsonStyle::kPretty).c_str());
    if (const auto fleet = client_.Fleet(); fleet.ok())
      std::fprintf(stderr, "the server's fleet:\n%s\n",
                   codec::ToJson(*fleet, codec::JsonStyle::kPretty).c_str());
    std::fprintf(stderr, "our fleet at %s:\n", ClockText(ToMs(simulator_.world().now())).c_str());
    for (const sim::AircraftState& aircraft : simulator_.world().state().aircraft)
      std::fprintf(stderr, "  %s phase=%d vertiport=%s charge_wh=%lld take_off=%lld landing=%lld\n",
                   aircraft.name.c_str(), static_cast<int>(aircraft.phase),
                   names_.Of(aircraft.vertiport).c_str(),
                   static_cast<long long>(aircraft.charge_wh),
                   static_cast<long long>(ToMs(aircraft.take_off)),
                   static_cast<long long>(ToMs(aircraft.landing)));
    return absl::InternalError(absl::StrCat("decision ", answer.decision().id(),
                                            ": the server's digest is ", answer.decision().digest(),
                                            ", ours ", digest, "; our guard says ",
                                            std::string(NameOf(verdict.refusal))));
  }

  // The server's report, after checking that it equals ours.
  absl::StatusOr<v1::DayReport> CheckReport() {
    SKEIN_ASSIGN_OR_RETURN(v1::GetDaySummaryResponse answer, client_.DaySummary(0));
    v1::DayReport report = *answer.mutable_report();
    const sim::World& world = simulator_.world();
    v1::DayReport ours = codec::EncodeDayReport(
        world.settled_days().back(), {network_->battery_wh, options_.seed, world.Digest(), 0});
    report.set_seed(options_.seed);
    report.set_wall_s(0);
    if (report.digest().empty()) report.set_digest(ours.digest());
    if (!answer.settled() || codec::ToJson(report) != codec::ToJson(ours))
      return absl::InternalError(absl::StrCat("the server's report differs from ours:\n",
                                              codec::ToJson(report, codec::JsonStyle::kPretty),
                                              "\nours:\n",
                                              codec::ToJson(ours, codec::JsonStyle::kPretty)));
    return report;
  }

  const DriveOptions& options_;
  std::shared_ptr<const sim::Network> network_;
  codec::Names names_;
  sim::Simulator simulator_;
  DriveClient client_;
  DriveTable table_;
  std::ofstream acknowledged_;
  std::int64_t sequence_ = 0;    // of the last event played
  std::int64_t last_known_ = 0;  // events the server had when the drive began
};

absl::StatusOr<double> ParseSpeed(const std::string& text) {
  if (text == "max") return 0;
  char* end = nullptr;
  const double speed = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || *end != '\0' || !(speed > 0) || speed > 1e6)
    return absl::InvalidArgumentError(
        absl::StrCat("--speed = \"", text, "\", want max or a number in (0, 1000000]"));
  return speed;
}

absl::Status Run(const DriveOptions& options) {
  SKEIN_ASSIGN_OR_RETURN(const double speed, ParseSpeed(options.speed));
  SKEIN_ASSIGN_OR_RETURN(const DayNetworks networks,
                         DayNetworks::Create(options.scenario, options.sizes));
  SKEIN_ASSIGN_OR_RETURN(const auto network, networks.Of(options.seed));
  CatchInterrupts();
  v1::SimulationReport report;
  report.set_scenario(options.scenario);
  report.set_policy(options.policy);
  report.set_seed(options.seed);
  {
    Drive drive(options, network);
    SKEIN_ASSIGN_OR_RETURN(*report.add_days(), drive.Run(speed));
  }
  if (options.json) return PrintOut(codec::ToJson(report, codec::JsonStyle::kPretty) + "\n");
  return PrintOut(absl::StrCat("\nThe day as the server booked it (equal to ours, to the cent):\n",
                               DayText(report.days(0))));
}

}  // namespace

void AddDrive(CLI::App& app, int* exit_code) {
  auto options = std::make_shared<DriveOptions>();
  CLI::App* command =
      app.add_subcommand("drive", "Play the outside world for a server, one simulated day");
  command
      ->add_option("--target", options->target,
                   "HOST:PORT of the server, or several separated by commas, of which one leads")
      ->capture_default_str();
  AddScenarioOption(*command, &options->scenario);
  AddSizeOptions(*command, &options->sizes);
  AddTelemetryOption(*command, &options->sizes);
  command->add_option("--policy", options->policy, "Policy of the network; empty: the server's");
  command->add_option("--seed", options->seed, "Seed of the day")
      ->check(IsSeed())
      ->capture_default_str();
  command->add_option("--speed", options->speed, "Network seconds per second, such as 600, or max")
      ->capture_default_str();
  command->add_option("--network", options->network,
                      "Id of the network to make or resume; default: from scenario and seed");
  command
      ->add_option("--patience", options->patience_s,
                   "Seconds for which a server that cannot be reached is tried again")
      ->check(CLI::Range(0, 86400))
      ->capture_default_str();
  command->add_option("--journal-acks", options->acknowledged,
                      "Append each acknowledged decision to this file, one JSON line each");
  command->add_flag("--json", options->json, "Print the report as JSON");
  command->footer(
      "The same command resumes a day that was stopped: events and decisions that the server has\n"
      "are not made again.\n\n"
      "Examples:\n"
      "  skein drive --scenario metro:sfbay --speed 600\n"
      "  skein drive --target 127.0.0.1:50051 --scenario paper:7 --policy random --speed max "
      "--json\n");
  command->callback([options, exit_code] {
    const absl::Status status = Run(*options);
    *exit_code = status.ok() ? kOk : Fail(status);
  });
}

}  // namespace skein::cli
