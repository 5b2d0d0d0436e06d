#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "policy/training/learner.h"
#include "policy/training/rollout.h"
#include "policy/training/selection.h"
#include "skein/v1/training.pb.h"

namespace skein::policy {

// What is kept of a run. The trainer knows neither files nor clocks.
struct TrainingHooks {
  // After each iteration, with all rows so far.
  std::function<absl::Status(const std::vector<v1::TrainingProgress>& history)> on_progress = {};
  // A state from which Resume goes on; a network better than any before on the selection days.
  std::function<absl::Status(const captain::Checkpoint&)> on_state = {};
  std::function<absl::Status(const captain::Checkpoint&)> on_best = {};
  // Asked between iterations; true stops the run with CANCELLED.
  std::function<bool()> stop = {};
};

// What a run is known by, for its checkpoints.
struct TrainingOrigin {
  std::string config_text;
  std::string commit;
};

// Trains: imitation, then PPO; measures and saves in between. The same options give the same
// network bit for bit on one machine, resumed or not.
//
//   for each iteration: collect ─► learn ─► measure ─► save ─► report
//
// Threads: one.
class Trainer {
 public:
  // Errors: those of the outside; NOT_FOUND and others of the initial checkpoint.
  static absl::StatusOr<std::unique_ptr<Trainer>> Create(TrainingOptions options,
                                                         TrainingOrigin origin,
                                                         TrainingWorld world);
  // Goes on from a state that on_state was given.
  // Errors: FAILED_PRECONDITION, if it belongs to other options; DATA_LOSS, if it is damaged.
  static absl::StatusOr<std::unique_ptr<Trainer>> Resume(TrainingOptions options,
                                                         TrainingOrigin origin, TrainingWorld world,
                                                         const captain::Checkpoint& state);

  // Errors: CANCELLED; those of the outside and of the hooks.
  absl::Status Run(const TrainingHooks& hooks);

  const std::vector<v1::TrainingProgress>& history() const { return history_; }

 private:
  Trainer(TrainingOptions options, TrainingOrigin origin, TrainingWorld world,
          std::unique_ptr<Learner> learner);
  absl::Status Imitate(int iteration, v1::TrainingProgress* row);
  absl::Status Reinforce(int iteration, v1::TrainingProgress* row);
  absl::Status Measure(const TrainingHooks& hooks, v1::TrainingProgress* row);
  captain::Checkpoint MakeCheckpoint(bool resumable) const;
  int imitation_iterations() const;

  const TrainingOptions options_;
  const TrainingOrigin origin_;
  std::unique_ptr<Learner> learner_;
  Rollout rollout_;
  Selection selection_;
  std::vector<v1::DayRecords> window_;        // of the latest iterations of imitation
  std::vector<std::vector<Sample>> samples_;  // of the same days
  std::vector<v1::TrainingProgress> history_;
  double best_profit_usd_;
};

}  // namespace skein::policy
