#include "cli/simulate.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "cli/captain_backend.h"
#include "cli/events_file.h"
#include "cli/interrupt.h"
#include "cli/print.h"
#include "cli/report/day_tracer.h"
#include "cli/report/html_page.h"
#include "cli/result_file.h"
#include "cli/scenario_options.h"
#include "cli/scenario_source.h"
#include "policy/evaluation/parallel_jobs.h"
#include "policy/registry.h"
#include "proto/codec/json.h"
#include "proto/codec/report_codec.h"
#include "sim/episode.h"

namespace skein::cli {
namespace {

struct SimulateOptions {
  std::string scenario = "paper";
  ScenarioOptions sizes;
  std::string policy = "greedy";
  std::string backend = kDefaultBackend;
  DayRange range;
  int threads = 1;
  bool json = false;
  std::string events;
  std::string html;
};

// Plays days, each a pure function of its seed, on several threads; results stand in seed order.
class Study {
 public:
  Study(const SimulateOptions& options, DayNetworks networks, policy::CaptainParts captain,
        EventsFile* events)
      : options_(options),
        networks_(std::move(networks)),
        captain_(std::move(captain)),
        events_(events) {
    report_.set_scenario(options.scenario);
    report_.set_policy(options.policy);
    report_.set_seed(options.range.first_seed);
    for (int k = 0; k < options.range.days; ++k) report_.add_days();
  }

  absl::StatusOr<v1::SimulationReport> Run() {
    const auto days = static_cast<std::size_t>(options_.range.days);
    SKEIN_RETURN_IF_ERROR(
        policy::RunInParallel(days, options_.threads, [this](std::size_t day) -> absl::Status {
          SKEIN_ASSIGN_OR_RETURN(*report_.mutable_days(static_cast<int>(day)),
                                 PlayDay(options_.range.first_seed + day));
          absl::MutexLock lock(&mutex_);
          progress_.Show(absl::StrCat("day ", ++done_, " of ", options_.range.days));
          return absl::OkStatus();
        }));
    return std::move(report_);
  }

  // The first day as a trace, if a page was asked for. Call it after Run.
  v1::DayTrace TakeTrace() { return std::move(trace_); }

 private:
  absl::StatusOr<v1::DayReport> PlayDay(std::uint64_t seed) {
    SKEIN_ASSIGN_OR_RETURN(const auto network, networks_.Of(seed));
    SKEIN_ASSIGN_OR_RETURN(
        const auto dispatcher,
        policy::MakeDispatcher(options_.policy,
                               {.network = network, .seed = seed, .captain = captain_}));
    sim::EpisodeHooks hooks;
    if (events_ != nullptr)
      hooks = events_->BeginDay(networks_.NameOf(seed), *network, seed, options_.policy);
    hooks.stop = [] { return Interrupted(); };
    std::optional<DayTracer> tracer;
    if (!options_.html.empty() && seed == options_.range.first_seed) {
      tracer.emplace(*network, networks_.NameOf(seed), seed, options_.policy);
      tracer->Watch(&hooks);
    }
    const auto start = std::chrono::steady_clock::now();
    SKEIN_ASSIGN_OR_RETURN(const sim::EpisodeReport episode,
                           sim::RunEpisode(network, seed, *dispatcher, hooks));
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    v1::DayReport report = codec::EncodeDayReport(
        episode.summary, {network->battery_wh, seed, episode.digest, wall.count()});
    if (events_ != nullptr) events_->EndDay(report);
    if (tracer) trace_ = tracer->Finish();
    return report;
  }

  const SimulateOptions& options_;
  const DayNetworks networks_;
  const policy::CaptainParts captain_;
  EventsFile* const events_;
  v1::SimulationReport report_;  // each day is written by the thread that plays it
  v1::DayTrace trace_;           // by the thread that plays the first day
  absl::Mutex mutex_;
  int done_ ABSL_GUARDED_BY(mutex_) = 0;
  ProgressLine progress_ ABSL_GUARDED_BY(mutex_);
};

absl::Status Run(const SimulateOptions& options) {
  SKEIN_RETURN_IF_ERROR(CheckDayRange(options.range));
  SKEIN_ASSIGN_OR_RETURN(DayNetworks networks,
                         DayNetworks::Create(options.scenario, options.sizes));
  SKEIN_ASSIGN_OR_RETURN(policy::CaptainParts captain, CaptainPartsOf(options.backend));
  std::optional<EventsFile> events;
  if (!options.events.empty()) {
    if (options.threads != 1)
      return absl::InvalidArgumentError("--events writes days in order, want --threads 1");
    SKEIN_ASSIGN_OR_RETURN(EventsFile file, EventsFile::Create(options.events));
    events.emplace(std::move(file));
  }
  std::optional<ResultFile> html;
  if (!options.html.empty()) {
    SKEIN_ASSIGN_OR_RETURN(ResultFile file, ResultFile::Create(options.html));
    html.emplace(std::move(file));
  }
  CatchInterrupts();
  v1::SimulationReport report;
  v1::DayTrace trace;
  {
    Study study(options, std::move(networks), std::move(captain), events ? &*events : nullptr);
    SKEIN_ASSIGN_OR_RETURN(report, study.Run());
    trace = study.TakeTrace();
  }
  if (events) SKEIN_RETURN_IF_ERROR(events->Finish());
  if (html) {
    v1::ReportPage page;
    page.set_version(SKEIN_VERSION);
    *page.mutable_simulation() = report;
    *page.add_traces() = std::move(trace);
    html->Append(HtmlPage(page));
    SKEIN_RETURN_IF_ERROR(html->Finish());
  }
  if (options.json) return PrintOut(codec::ToJson(report, codec::JsonStyle::kPretty) + "\n");
  std::string text = ReportTable(report);
  if (report.days_size() == 1) absl::StrAppend(&text, "\n", DayText(report.days(0)));
  return PrintOut(text);
}

}  // namespace

void AddSimulate(CLI::App& app, int* exit_code) {
  auto options = std::make_shared<SimulateOptions>();
  CLI::App* command = app.add_subcommand("simulate", "Play simulated days with a policy");
  AddScenarioOption(*command, &options->scenario);
  AddSizeOptions(*command, &options->sizes);
  AddTelemetryOption(*command, &options->sizes);
  command->add_option("--policy", options->policy, absl::StrJoin(policy::DispatcherNames(), ", "))
      ->capture_default_str();
  AddBackendOption(*command, &options->backend)->capture_default_str();
  AddDayRange(*command, &options->range);
  AddThreadsOption(*command, &options->threads);
  command->add_option("--events", options->events,
                      "Write every event, decision and effect to this file, one JSON line each");
  command->add_option("--html", options->html,
                      "Write a page with the figures, the first day as a replay, and charts");
  command->add_flag("--json", options->json, "Print the report as JSON");
  command->footer(
      "Examples:\n"
      "  skein simulate --policy greedy --days 30 --threads 2\n"
      "  skein simulate --scenario metro:sfbay --policy fcfs --seed 1000001 --json\n"
      "  skein simulate --scenario metro:sfbay --policy greedy --html day.html\n"
      "  skein simulate --scenario paper:7 --policy random --events day.jsonl\n");
  command->callback([options, exit_code] {
    const absl::Status status = Run(*options);
    *exit_code = status.ok() ? kOk : Fail(status);
  });
}

}  // namespace skein::cli
