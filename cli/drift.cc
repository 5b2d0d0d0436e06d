#include "cli/drift.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "cli/build_commit.h"
#include "cli/captain_backend.h"
#include "cli/interrupt.h"
#include "cli/print.h"
#include "cli/result_file.h"
#include "cli/scenario_options.h"
#include "cli/scenario_source.h"
#include "policy/captain/drift/drift_reference.h"
#include "policy/captain/drift/profile_recorder.h"
#include "policy/evaluation/parallel_jobs.h"
#include "policy/registry.h"
#include "policy/training/training_config.h"
#include "proto/codec/json.h"
#include "sim/episode.h"

namespace skein::cli {
namespace {

using policy::captain::DayProfile;
using policy::captain::DriftDays;
using policy::captain::DriftReference;

constexpr int kFeaturesShown = 10;

struct DriftOptions {
  std::string checkpoint;  // empty: the one that is shipped
  std::string backend = kDefaultBackend;
  int threads = 1;
  // learn
  std::string out;  // empty: beside the checkpoint
  int training_days = 320;
  // measure
  std::string scenario = "paper";
  ScenarioOptions sizes;
  DayRange range;
};

// A loaded policy, and the file that it comes from.
struct Subject {
  policy::CaptainParts parts;
  std::string path;
  policy::captain::Checkpoint checkpoint;
};

absl::StatusOr<Subject> SubjectOf(const DriftOptions& options) {
  Subject subject;
  SKEIN_ASSIGN_OR_RETURN(subject.parts, CaptainPartsOf(options.backend));
  if (!options.checkpoint.empty()) subject.parts.checkpoint = options.checkpoint;
  SKEIN_ASSIGN_OR_RETURN(subject.path, subject.parts.checkpoint);
  SKEIN_ASSIGN_OR_RETURN(subject.checkpoint, policy::captain::ReadCheckpoint(subject.path));
  return subject;
}

// Plays a day with the policy; gives what it saw and chose.
absl::StatusOr<DayProfile> PlayDay(const Subject& subject, const DayNetworks& networks,
                                   std::uint64_t seed) {
  DayProfile day{};
  policy::CaptainParts parts = subject.parts;
  parts.backend = [&](const policy::captain::Checkpoint& checkpoint)
      -> absl::StatusOr<std::unique_ptr<policy::captain::Backend>> {
    SKEIN_ASSIGN_OR_RETURN(auto backend, subject.parts.backend(checkpoint));
    return std::make_unique<policy::captain::ProfileRecorder>(std::move(backend), &day);
  };
  SKEIN_ASSIGN_OR_RETURN(const auto network, networks.Of(seed));
  SKEIN_ASSIGN_OR_RETURN(const auto captain,
                         policy::MakeDispatcher("captain", {.network = network, .captain = parts}));
  sim::EpisodeHooks hooks;
  hooks.stop = [] { return Interrupted(); };
  SKEIN_RETURN_IF_ERROR(sim::RunEpisode(network, seed, *captain, hooks).status());
  return day;
}

// A scenario and the day of it that is to be played.
struct Job {
  const DayNetworks* networks;
  std::uint64_t seed;
};

absl::StatusOr<std::vector<DayProfile>> PlayDays(const Subject& subject,
                                                 const std::vector<Job>& jobs, int threads) {
  std::vector<DayProfile> days(jobs.size());
  absl::Mutex mutex;
  std::size_t done = 0;
  ProgressLine progress;
  CatchInterrupts();
  SKEIN_RETURN_IF_ERROR(
      policy::RunInParallel(jobs.size(), threads, [&](std::size_t k) -> absl::Status {
        SKEIN_ASSIGN_OR_RETURN(days[k], PlayDay(subject, *jobs[k].networks, jobs[k].seed));
        absl::MutexLock lock(&mutex);
        progress.Show(absl::StrCat("day ", ++done, " of ", jobs.size()));
        return absl::OkStatus();
      }));
  return days;
}

// So many days of each source as it had environments.
absl::StatusOr<std::vector<DriftDays>> TrainingDays(const policy::captain::Checkpoint& checkpoint,
                                                    int days) {
  v1::TrainingConfig message;
  absl::Status read = codec::ParseMessage(checkpoint.training_config, &message);
  if (!read.ok()) return Annotate(read, "the checkpoint's training configuration");
  SKEIN_ASSIGN_OR_RETURN(const policy::TrainingOptions training,
                         policy::DecodeTrainingConfig(message));
  int environments = 0;
  for (const policy::TrainingSource& source : training.sources) environments += source.environments;
  std::vector<DriftDays> all;
  for (const policy::TrainingSource& source : training.sources)
    all.push_back({source.scenario, source.vertiports, source.aircraft, training.first_seed,
                   std::max(1, days * source.environments / environments)});
  return all;
}

absl::Status Learn(const DriftOptions& options) {
  SKEIN_ASSIGN_OR_RETURN(const Subject subject, SubjectOf(options));
  DriftReference reference{subject.checkpoint.checksum, kBuildCommit, {}, {}};
  SKEIN_ASSIGN_OR_RETURN(reference.days, TrainingDays(subject.checkpoint, options.training_days));
  std::vector<std::unique_ptr<DayNetworks>> networks;
  std::vector<Job> jobs;
  for (const DriftDays& source : reference.days) {
    ScenarioOptions sizes;
    if (HasSizes(source.scenario))
      sizes = {.vertiports = source.vertiports, .aircraft = source.aircraft};
    SKEIN_ASSIGN_OR_RETURN(DayNetworks made, DayNetworks::Create(source.scenario, sizes));
    networks.push_back(std::make_unique<DayNetworks>(std::move(made)));
    for (int k = 0; k < source.days; ++k)
      jobs.push_back({networks.back().get(), source.first_seed + static_cast<unsigned>(k)});
  }
  SKEIN_ASSIGN_OR_RETURN(const std::vector<DayProfile> days,
                         PlayDays(subject, jobs, options.threads));
  SKEIN_RETURN_IF_ERROR(policy::captain::SetMoments(days, &reference));
  const std::string out =
      options.out.empty() ? policy::captain::DriftReferencePath(subject.path) : options.out;
  SKEIN_RETURN_IF_ERROR(WriteResultFile(out, policy::captain::EncodeDriftReference(reference)));
  return PrintOut(absl::StrCat(days.size(), " days of training played, ", out, " written\n"));
}

// The value that so much of the days do not exceed.
double Quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const double rank = std::ceil(share * static_cast<double>(values.size()));
  return values[static_cast<std::size_t>(std::max(1.0, rank)) - 1];
}

std::string BlockTable(const std::vector<PolicyDrift>& drifts) {
  std::string table = "block        median      95 %   largest\n";
  for (std::size_t block = 0; block < kDriftBlockCount; ++block) {
    std::vector<double> values;
    for (const PolicyDrift& drift : drifts) values.push_back(drift[block]);
    absl::StrAppendFormat(&table, "%-10s %8.2f  %8.2f  %8.2f\n",
                          policy::captain::NameOf(static_cast<DriftBlock>(block)),
                          Quantile(values, 0.5), Quantile(values, 0.95), Quantile(values, 1));
  }
  return table;
}

// The features that are furthest from the reference, on average over days and parts.
std::string FeatureTable(const std::vector<DayProfile>& days, const DriftReference& reference) {
  struct Row {
    double deviations = 0;
    std::size_t feature = 0;
  };
  std::vector<Row> rows;
  for (std::size_t k = 0; k < policy::captain::kProfileFeatures; ++k) {
    double sum = 0;
    double count = 0;
    for (const DayProfile& day : days)
      for (std::size_t part = 0; part < policy::captain::kDayParts; ++part) {
        if (day[part].decisions < policy::captain::kLeastDecisions) continue;
        sum += policy::captain::DeviationsFrom(reference.moments[part][k], day[part].mean(k));
        count += 1;
      }
    rows.push_back({sum / std::max(1.0, count), k});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::abs(a.deviations) > std::abs(b.deviations);
  });
  std::string table = "\nfurthest features, mean deviations\n";
  for (int k = 0; k < kFeaturesShown; ++k) {
    const Row& row = rows[static_cast<std::size_t>(k)];
    const auto& feature = policy::captain::ProfileFeatures()[row.feature];
    absl::StrAppendFormat(&table, "%+8.2f  %s.%s\n", row.deviations,
                          policy::captain::NameOf(feature.block), feature.name);
  }
  return table;
}

absl::Status Measure(const DriftOptions& options) {
  SKEIN_RETURN_IF_ERROR(CheckDayRange(options.range));
  SKEIN_ASSIGN_OR_RETURN(const Subject subject, SubjectOf(options));
  SKEIN_ASSIGN_OR_RETURN(
      const DriftReference reference,
      policy::captain::ReadDriftReference(policy::captain::DriftReferencePath(subject.path)));
  SKEIN_ASSIGN_OR_RETURN(const DayNetworks networks,
                         DayNetworks::Create(options.scenario, options.sizes));
  std::vector<Job> jobs;
  for (int k = 0; k < options.range.days; ++k)
    jobs.push_back({&networks, options.range.first_seed + static_cast<unsigned>(k)});
  SKEIN_ASSIGN_OR_RETURN(const std::vector<DayProfile> days,
                         PlayDays(subject, jobs, options.threads));
  std::vector<PolicyDrift> drifts;
  for (const DayProfile& day : days)
    if (const auto drift = policy::captain::DriftOf(day, reference)) drifts.push_back(*drift);
  if (drifts.empty())
    return absl::FailedPreconditionError(
        absl::StrCat("no part of a day has ", policy::captain::kLeastDecisions, " decisions"));
  return PrintOut(absl::StrCat(BlockTable(drifts), FeatureTable(days, reference)));
}

void AddCommon(CLI::App& command, DriftOptions* options) {
  command.add_option("--checkpoint", options->checkpoint, "Of the policy [the one shipped]");
  AddBackendOption(command, &options->backend)->capture_default_str();
  AddThreadsOption(command, &options->threads);
}

template <class Function>
void Answer(CLI::App& command, const std::shared_ptr<DriftOptions>& options, int* exit_code,
            Function function) {
  command.callback([options, exit_code, function] {
    const absl::Status status = function(*options);
    *exit_code = status.ok() ? kOk : Fail(status);
  });
}

}  // namespace

void AddDrift(CLI::App& app, int* exit_code) {
  auto options = std::make_shared<DriftOptions>();
  CLI::App* drift = app.add_subcommand(
      "drift", "Compare what the policy captain sees and chooses with its training");
  drift->require_subcommand(1);
  CLI::App* learn = drift->add_subcommand(
      "learn", "Play days of a checkpoint's training and write down how they look");
  AddCommon(*learn, options.get());
  learn->add_option("--days", options->training_days, "How many, shared out as in training")
      ->check(CLI::Range(2, kMaxDays))
      ->capture_default_str();
  learn->add_option("--out", options->out, "File to write [NAME.drift.json beside NAME.captain]");
  Answer(*learn, options, exit_code, Learn);
  CLI::App* measure = drift->add_subcommand("measure", "Say how far days are from training");
  AddCommon(*measure, options.get());
  AddScenarioOption(*measure, &options->scenario);
  AddSizeOptions(*measure, &options->sizes);
  measure
      ->add_option("--demand-factor", options->sizes.changes.demand_factor,
                   "Times the demand of the scenario")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  measure
      ->add_option("--charger-factor", options->sizes.changes.charger_factor, "Times its chargers")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  AddDayRange(*measure, &options->range);
  Answer(*measure, options, exit_code, Measure);
  drift->footer(
      "1 is the usual distance of a day of training from their mean; `skein serve` shows the same\n"
      "figure as skein_policy_drift_ratio.\n"
      "Examples:\n"
      "  skein drift learn --checkpoint run/best.captain\n"
      "  skein drift measure --scenario metro:sfbay --days 30\n"
      "  skein drift measure --days 30 --demand-factor 3\n");
}

}  // namespace skein::cli
