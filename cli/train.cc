#include "cli/train.h"

#include <malloc.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "cli/build_commit.h"
#include "cli/interrupt.h"
#include "cli/print.h"
#include "cli/result_file.h"
#include "cli/scenario_source.h"
#include "cli/torch.h"
#include "google/protobuf/text_format.h"
#include "policy/registry.h"
#include "policy/training/learning_curve.h"
#include "policy/training/trainer.h"
#include "policy/training/training_log.h"
#include "proto/codec/json.h"

namespace skein::cli {
namespace {

// The networks of each source, and policies by name. Scenario files are read once.
absl::StatusOr<policy::TrainingWorld> OutsideOf(const policy::TrainingOptions& options) {
  using Source = policy::TrainingSource;
  auto networks = std::make_shared<std::vector<std::pair<Source, DayNetworks>>>();
  std::vector<Source> sources = options.sources;
  sources.push_back(options.selection.source);
  for (const Source& source : sources) {
    ScenarioOptions sizes;
    if (HasSizes(source.scenario))
      sizes = {.vertiports = source.vertiports, .aircraft = source.aircraft};
    SKEIN_ASSIGN_OR_RETURN(DayNetworks days, DayNetworks::Create(source.scenario, sizes));
    networks->emplace_back(source, std::move(days));
  }
  return policy::TrainingWorld{
      .network = [networks](const Source& source, std::uint64_t seed)
          -> absl::StatusOr<std::shared_ptr<const sim::Network>> {
        for (const auto& [known, days] : *networks)
          if (known == source) return days.Of(seed);
        return absl::InternalError("a source that the configuration does not have");
      },
      .dispatcher =
          [](const std::string& name, std::shared_ptr<const sim::Network> network,
             std::uint64_t seed) {
            return policy::MakeDispatcher(name, {.network = std::move(network), .seed = seed});
          }};
}

// The files of a run, and the line that tells how it goes.
class RunFolder {
 public:
  RunFolder(std::filesystem::path folder, int iterations)
      : folder_(std::move(folder)), iterations_(iterations) {}

  std::string state() const { return folder_ / "state.captain"; }
  bool begun() const { return std::filesystem::exists(state()); }

  // Makes the folder and puts the configuration there.
  absl::Status Begin(const std::string& config_text) const {
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (error) return absl::UnavailableError(absl::StrCat(folder_.string(), ": ", error.message()));
    return Write("config.txtpb", config_text);
  }

  policy::TrainingHooks Hooks() {
    return {.on_progress = [this](const auto& history) { return Report(history); },
            .on_state =
                [this](const policy::captain::Checkpoint& checkpoint) {
                  return Write("state.captain", policy::captain::EncodeCheckpoint(checkpoint));
                },
            .on_best =
                [this](const policy::captain::Checkpoint& checkpoint) {
                  return Write("best.captain", policy::captain::EncodeCheckpoint(checkpoint));
                },
            .stop = [] { return Interrupted(); }};
  }

 private:
  absl::Status Write(const char* name, const std::string& content) const {
    return WriteResultFile(folder_ / name, content);
  }

  absl::Status Report(const std::vector<v1::TrainingProgress>& history) {
    SKEIN_RETURN_IF_ERROR(Write("log.csv", policy::TrainingCsv(history)));
    SKEIN_RETURN_IF_ERROR(Write("log.jsonl", policy::TrainingJsonLines(history)));
    SKEIN_RETURN_IF_ERROR(Write("curve.svg", policy::LearningCurveSvg(history)));
    const v1::TrainingProgress& row = history.back();
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    const double left = seconds * (iterations_ - static_cast<double>(history.size()));
    std::string line =
        absl::StrFormat("%d/%d %s: %d decisions, %.0f sample-passes/s, %.0f $/day played",
                        row.iteration() + 1, iterations_, row.phase(), row.decisions(),
                        static_cast<double>(row.sample_passes()) / seconds, row.mean_profit_usd());
    if (row.phase() == "imitation") {
      absl::StrAppendFormat(&line, ", agreement %.3f", row.agreement());
    } else {
      absl::StrAppendFormat(&line, ", entropy %.3f, kl %.4f, explained %.2f", row.entropy(),
                            row.approx_kl(), row.explained_variance());
    }
    if (row.measured())
      absl::StrAppendFormat(
          &line, ", measured %.0f $/day, baseline %+.0f +- %.0f", row.selection_profit_usd(),
          row.selection_profit_usd() - row.baseline_profit_usd(), row.difference_ci95_usd());
    std::fprintf(stderr, "%s; %.0f min left\n", line.c_str(), left / 60);
    return absl::OkStatus();
  }

  const std::filesystem::path folder_;
  const int iterations_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

// Tensors come and go with every operation. Memory that malloc would give back and fetch again as
// fresh pages takes a good part of a gradient step.
void KeepMemory() {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

}  // namespace

absl::Status Train(const TrainOptions& options, char**) {
  KeepMemory();
  v1::TrainingConfig message;
  SKEIN_RETURN_IF_ERROR(codec::ReadMessageFile(options.config, &message));
  SKEIN_ASSIGN_OR_RETURN(const policy::TrainingOptions training,
                         policy::DecodeTrainingConfig(message));
  policy::TrainingOrigin origin{.config_text = "", .commit = kBuildCommit};
  google::protobuf::TextFormat::PrintToString(message, &origin.config_text);
  RunFolder folder(options.out, training.iterations());
  const bool begun = folder.begun();
  if (begun && !options.resume)
    return absl::AlreadyExistsError(
        absl::StrCat(options.out, " holds a run; go on with --resume, or name another folder"));
  SKEIN_ASSIGN_OR_RETURN(policy::TrainingWorld outside, OutsideOf(training));
  std::unique_ptr<policy::Trainer> trainer;
  if (begun) {
    SKEIN_ASSIGN_OR_RETURN(const policy::captain::Checkpoint state,
                           policy::captain::ReadCheckpoint(folder.state()));
    SKEIN_ASSIGN_OR_RETURN(trainer,
                           policy::Trainer::Resume(training, origin, std::move(outside), state));
  } else {
    SKEIN_ASSIGN_OR_RETURN(trainer, policy::Trainer::Create(training, origin, std::move(outside)));
  }
  // Only now: what is refused must not touch the folder of another run.
  SKEIN_RETURN_IF_ERROR(folder.Begin(origin.config_text));
  CatchInterrupts();
  return trainer->Run(folder.Hooks());
}

}  // namespace skein::cli
