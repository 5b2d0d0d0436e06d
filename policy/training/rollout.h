#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "policy/training/environment.h"
#include "policy/training/gae.h"
#include "policy/training/learner.h"

namespace skein::policy {

// What training draws at random, each purpose from a seed of its own.
enum class Purpose : std::uint32_t { kDay = 1, kExploration, kOrder, kMixing };

// A seed for a purpose and a number, such as the iteration.
std::uint64_t SubSeed(std::uint64_t seed, Purpose purpose, std::uint64_t number);

// An action drawn from the softmax of the logits at `uniform` in (0, 1); illegal ones never.
struct Drawn {
  int action = 0;
  float log_prob = 0;
};
Drawn DrawAction(const std::vector<float>& logits, double uniform);
int BestAction(const std::vector<float>& logits);

// Figures of the days that ended while something was collected.
struct DaysPlayed {
  int days = 0;
  double profit_usd = 0;  // sum
};

// Environments side by side. The network is asked for all of them at once; the days are simulated
// on several threads. Results do not depend on the number of threads.
//
// Threads: compatible.
class Rollout {
 public:
  Rollout(const TrainingOptions& options, TrainingWorld world);

  // Plays `steps` decisions per environment, drawn from the policy, days ending and beginning as
  // they do; the last step of each is truncated. Samples stand in order of environment and time.
  absl::StatusOr<std::vector<Sample>> CollectForReward(Learner& learner, std::int64_t iteration,
                                                       DaysPlayed* played);
  // Plays a whole day per environment. `mixing` is the chance that the expert decides.
  absl::StatusOr<std::vector<Sample>> CollectFromExpert(Learner& learner, std::int64_t iteration,
                                                        double mixing, v1::DayRecords* records,
                                                        DaysPlayed* played);
  // The samples of recorded days, without asking anyone.
  absl::StatusOr<std::vector<Sample>> Replay(const v1::DayRecords& records);

  // Where every environment is, and back.
  void Save(v1::TrainerState* state) const;
  absl::Status Restore(const v1::TrainerState& state);

  std::int64_t decisions() const { return decisions_; }

 private:
  absl::Status BeginNextDay(std::size_t k, const std::string& expert);
  // Runs work(k) for every environment that is `active`, on several threads.
  absl::Status ForEach(const std::vector<bool>& active,
                       const std::function<absl::Status(std::size_t)>& work);
  // Asks the network for every active environment.
  void Evaluate(Learner& learner, const std::vector<bool>& active);
  double Uniform(Purpose purpose, std::int64_t iteration, std::size_t k, std::size_t step) const;
  absl::Status StepForReward(std::size_t k, std::int64_t iteration, std::size_t step,
                             Sample* sample, Transition* transition, DaysPlayed* played);

  const TrainingOptions options_;
  std::vector<std::unique_ptr<Environment>> environments_;
  std::vector<std::int64_t> days_begun_;
  std::vector<bool> running_;
  std::vector<captain::Evaluation> evaluations_;
  std::vector<const captain::Features*> batch_;
  std::vector<captain::Evaluation> batch_out_;
  std::int64_t decisions_ = 0;
};

}  // namespace skein::policy
