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

// Environments side by side, in groups for which the network is asked at once; groups are played on
// several threads. Results do not depend on the number of threads.
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
  // Environments that one thread plays and the network is asked for at once.
  struct Group {
    std::vector<std::size_t> playing;
    std::vector<const captain::Features*> batch;
    std::vector<captain::Evaluation> said;  // one per playing environment
  };

  absl::Status BeginNextDay(std::size_t k, const std::string& expert);
  // Runs work for every group, on several threads.
  absl::Status ForEachGroup(const std::function<absl::Status(Group&)>& work);
  void Evaluate(Learner& learner, Group* group) const;
  double Uniform(Purpose purpose, std::int64_t iteration, std::size_t k, std::size_t step) const;
  // One step of environment k, which the network said `said` of.
  absl::Status StepForReward(std::size_t k, double uniform, const captain::Evaluation& said,
                             Sample* sample, Transition* transition, DaysPlayed* played);
  absl::Status StepFromExpert(std::size_t k, bool expert_decides, int drawn, bool* terminated,
                              std::vector<Sample>* samples, v1::DayRecord* day);

  const TrainingOptions options_;
  std::vector<std::unique_ptr<Environment>> environments_;
  std::vector<std::int64_t> days_begun_;
  bool running_ = false;  // every environment is within a day
  std::int64_t decisions_ = 0;
};

}  // namespace skein::policy
