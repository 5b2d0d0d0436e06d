#include "cli/evaluate.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/captain_backend.h"
#include "cli/evaluation/evaluation_plan.h"
#include "cli/evaluation/evaluation_report.h"
#include "cli/evaluation/evaluation_run.h"
#include "cli/evaluation/evaluation_suite.h"
#include "cli/evaluation/evaluation_table.h"
#include "cli/evaluation/work_file.h"
#include "cli/interrupt.h"
#include "cli/print.h"
#include "cli/report/first_day_traces.h"
#include "cli/report/html_page.h"
#include "cli/result_file.h"
#include "cli/scenario_options.h"
#include "proto/codec/json.h"
#include "skein/v1/evaluation.pb.h"
#include "skein/v1/report_page.pb.h"

namespace skein::cli {
namespace {

struct EvaluateOptions {
  std::string scenario = "paper";
  std::string suite;
  ScenarioOptions sizes;
  std::vector<std::string> policies = {"random", "fcfs", "greedy"};
  std::string backend = kDefaultBackend;
  std::optional<int> days;
  std::optional<std::uint64_t> seed;
  bool bound = false;
  int threads = 1;
  bool json = false;
  std::string out;
  std::string state;
  std::string html;
};

constexpr int kDefaultDays = 30;

// Commas stand between policies and between the options of one: what holds "=" before any ":" goes
// on with the policy before it, as in "greedy,ga:days=2,block=30".
std::vector<std::string> JoinPolicyOptions(const std::vector<std::string>& pieces) {
  std::vector<std::string> policies;
  for (const std::string& piece : pieces) {
    const bool goes_on = piece.find('=') < piece.find(':');
    if (goes_on && !policies.empty()) {
      absl::StrAppend(&policies.back(), ",", piece);
    } else {
      policies.push_back(piece);
    }
  }
  return policies;
}

// What the options ask for: a suite, or a nameless one of a single evaluation.
absl::StatusOr<EvaluationSuite> SuiteOf(const EvaluateOptions& options) {
  EvaluationSuite suite;
  if (options.suite.empty()) {
    suite.evaluations.push_back({.name = "",
                                 .scenario = options.scenario,
                                 .path = options.scenario,
                                 .options = options.sizes,
                                 .first_seed = kFirstFinalSeed,
                                 .days = kDefaultDays});
  } else {
    SKEIN_ASSIGN_OR_RETURN(suite, ReadSuiteFile(options.suite));
  }
  for (EvaluationSpec& spec : suite.evaluations) {
    spec.days = options.days.value_or(spec.days);
    spec.first_seed = options.seed.value_or(spec.first_seed);
    SKEIN_RETURN_IF_ERROR(CheckDayRange({spec.first_seed, spec.days}));
  }
  return suite;
}

RunOptions RunOptionsOf(const EvaluateOptions& options, const policy::CaptainParts& captain) {
  RunOptions run;
  run.policies = options.policies;
  run.bound = options.bound;
  run.threads = options.threads;
  run.hooks.clock = [] { return std::chrono::steady_clock::now().time_since_epoch(); };
  run.hooks.stop = Interrupted;
  run.hooks.captain = captain;
  return run;
}

absl::StatusOr<std::vector<PlannedEvaluation>> PlanSuite(const EvaluationSuite& suite) {
  std::vector<PlannedEvaluation> evaluations;
  for (const EvaluationSpec& spec : suite.evaluations) {
    SKEIN_ASSIGN_OR_RETURN(PlannedEvaluation planned, PlanEvaluation(spec, Interrupted));
    evaluations.push_back(std::move(planned));
  }
  return evaluations;
}

// The file that keeps finished work; null: nothing does.
absl::StatusOr<std::unique_ptr<WorkFile>> OpenWork(
    const EvaluateOptions& options, const std::vector<PlannedEvaluation>& evaluations) {
  if (options.state.empty() && options.out.empty()) return nullptr;
  v1::EvaluationWorkHeader header;
  for (const PlannedEvaluation& planned : evaluations) *header.add_protocols() = planned.protocol;
  return WorkFile::Open(options.state.empty() ? options.out + ".work" : options.state, header);
}

std::string TextOf(const v1::EvaluationSuiteReport& report) {
  std::string text;
  if (!report.suite().empty())
    text = absl::StrCat("suite ", report.suite(), ": ", report.title(), "\n\n");
  for (int k = 0; k < report.evaluations_size(); ++k)
    absl::StrAppend(&text, k == 0 ? "" : "\n", EvaluationTable(report.evaluations(k)));
  return text;
}

// The page of the report, with the first day of its first evaluation.
absl::StatusOr<std::string> PageOf(const v1::EvaluationSuiteReport& report,
                                   const std::vector<PlannedEvaluation>& evaluations,
                                   const policy::CaptainParts& captain) {
  v1::ReportPage page;
  page.set_version(SKEIN_VERSION);
  *page.mutable_suite() = report;
  SKEIN_ASSIGN_OR_RETURN(
      std::vector<v1::DayTrace> traces,
      FirstDayTraces(evaluations.front().networks, report.evaluations(0), captain, Interrupted));
  for (v1::DayTrace& trace : traces) *page.add_traces() = std::move(trace);
  return HtmlPage(page);
}

// Writes the report to where it was asked for.
absl::Status Deliver(const EvaluateOptions& options, const v1::EvaluationSuiteReport& report,
                     ResultFile* out) {
  const std::string json = options.suite.empty()
                               ? codec::ToJson(report.evaluations(0), codec::JsonStyle::kPretty)
                               : codec::ToJson(report, codec::JsonStyle::kPretty);
  if (out != nullptr) {
    out->Append(json + "\n");
    SKEIN_RETURN_IF_ERROR(out->Finish());
  }
  return PrintOut(options.json ? json + "\n" : TextOf(report));
}

absl::Status Run(const EvaluateOptions& options) {
  SKEIN_ASSIGN_OR_RETURN(const EvaluationSuite suite, SuiteOf(options));
  SKEIN_ASSIGN_OR_RETURN(const policy::CaptainParts captain, CaptainPartsOf(options.backend));
  std::optional<ResultFile> out;
  if (!options.out.empty()) {
    SKEIN_ASSIGN_OR_RETURN(ResultFile file, ResultFile::Create(options.out));
    out.emplace(std::move(file));
  }
  std::optional<ResultFile> html;
  if (!options.html.empty()) {
    SKEIN_ASSIGN_OR_RETURN(ResultFile file, ResultFile::Create(options.html));
    html.emplace(std::move(file));
  }
  CatchInterrupts();
  SKEIN_ASSIGN_OR_RETURN(const std::vector<PlannedEvaluation> evaluations, PlanSuite(suite));
  SKEIN_RETURN_IF_ERROR(CheckPolicies(options.policies, evaluations.front(), captain));
  SKEIN_ASSIGN_OR_RETURN(const std::unique_ptr<WorkFile> work, OpenWork(options, evaluations));
  SKEIN_ASSIGN_OR_RETURN(const std::vector<EvaluationDays> days,
                         RunEvaluations(evaluations, RunOptionsOf(options, captain), work.get()));
  v1::EvaluationSuiteReport report;
  report.set_suite(suite.name);
  report.set_title(suite.title);
  for (std::size_t k = 0; k < evaluations.size(); ++k)
    *report.add_evaluations() = MakeEvaluationReport(evaluations[k], options.policies, days[k]);
  SKEIN_RETURN_IF_ERROR(Deliver(options, report, out ? &*out : nullptr));
  // The page plays days again, which may fail: the report and the work are kept until it stands.
  if (html) {
    SKEIN_ASSIGN_OR_RETURN(const std::string page, PageOf(report, evaluations, captain));
    html->Append(page);
    SKEIN_RETURN_IF_ERROR(html->Finish());
  }
  // Work in a file that the user has named is his to keep.
  return work != nullptr && options.state.empty() ? work->Remove() : absl::OkStatus();
}

}  // namespace

void AddEvaluate(CLI::App& app, int* exit_code) {
  auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command =
      app.add_subcommand("evaluate", "Compare policies on the same days, with intervals");
  CLI::Option* scenario = AddScenarioOption(*command, &options->scenario);
  const SizeOptions sizes = AddSizeOptions(*command, &options->sizes);
  command
      ->add_option("--suite", options->suite,
                   "File with several evaluations, such as deploy/suites/stress.json")
      ->excludes(scenario)
      ->excludes(sizes.vertiports)
      ->excludes(sizes.aircraft);
  command
      ->add_option("--policies", options->policies,
                   "Policies, with commas between them; ga-clairvoyant, which sees the day, too")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->default_str("random,fcfs,greedy");
  AddBackendOption(*command, &options->backend)->capture_default_str();
  command->add_option("--days", options->days, "How many days; default: 30, or as the suite says")
      ->check(CLI::Range(1, kMaxDays));
  command
      ->add_option("--seed", options->seed,
                   "Seed of the first day; default: 1000000, or as the suite says")
      ->check(IsSeed());
  command->add_flag("--bound", options->bound,
                    "Also bound each day's profit in hindsight, for the gap; takes seconds a day");
  AddThreadsOption(*command, &options->threads);
  command->add_flag("--json", options->json, "Print the report as JSON");
  command->add_option("--out", options->out, "Also write the report as JSON to this file");
  command->add_option("--html", options->html,
                      "Write a page with tables, charts and the first day as a replay");
  command->add_option("--state", options->state,
                      "Keep finished days in this file and go on from it; default: that of --out "
                      "with .work, removed when the report is written");
  command->footer(
      "Examples:\n"
      "  skein evaluate --policies random,fcfs,greedy --days 200 --threads 2\n"
      "  skein evaluate --scenario metro:sfbay --policies fcfs,greedy --days 100 --out sfbay.json\n"
      "  skein evaluate --policies fcfs,greedy --days 30 --html policies.html\n"
      "  skein evaluate --suite deploy/suites/stress.json --policies "
      "greedy,external:[::1]:50052\n");
  command->callback([options, exit_code] {
    options->policies = JoinPolicyOptions(options->policies);
    const absl::Status status = Run(*options);
    *exit_code = status.ok() ? kOk : Fail(status);
  });
}

}  // namespace skein::cli
