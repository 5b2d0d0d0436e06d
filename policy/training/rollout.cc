#include "policy/training/rollout.h"

#include <algorithm>
#include <cmath>
#include <thread>
#include <utility>

#include "sim/domain/draw.h"

namespace skein::policy {

std::uint64_t SubSeed(std::uint64_t seed, Purpose purpose, std::uint64_t number) {
  return DrawBits(seed, Stream::kPolicy, static_cast<std::uint32_t>(purpose),
                  static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(number >> 32));
}

Drawn DrawAction(const std::vector<float>& logits, double uniform) {
  const double top = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(static_cast<double>(logit) - top);
  double left = uniform * sum;
  Drawn drawn;
  for (std::size_t k = 0; k < logits.size(); ++k) {
    const double weight = std::exp(static_cast<double>(logits[k]) - top);
    if (weight == 0) continue;
    drawn = {static_cast<int>(k), static_cast<float>(logits[k] - top - std::log(sum))};
    left -= weight;
    if (left <= 0) break;
  }
  return drawn;
}

int BestAction(const std::vector<float>& logits) {
  return static_cast<int>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

Rollout::Rollout(const TrainingOptions& options, TrainingWorld world) : options_(options) {
  for (const TrainingSource& source : options.sources)
    for (int k = 0; k < source.environments; ++k)
      environments_.push_back(std::make_unique<Environment>(source, world));
  days_begun_.assign(environments_.size(), 0);
  running_.assign(environments_.size(), false);
  evaluations_.resize(environments_.size());
}

absl::Status Rollout::BeginNextDay(std::size_t k, const std::string& expert) {
  const auto number = static_cast<std::uint32_t>(days_begun_[k]++);
  const std::uint64_t seed =
      options_.first_seed + DrawIndex(static_cast<std::uint32_t>(options_.seed_count),
                                      SubSeed(options_.seed, Purpose::kDay, k), Stream::kPolicy,
                                      number);
  return environments_[k]->Begin(seed, expert);
}

absl::Status Rollout::ForEach(const std::vector<bool>& active,
                              const std::function<absl::Status(std::size_t)>& work) {
  std::vector<absl::Status> statuses(environments_.size());
  const auto threads = static_cast<std::size_t>(options_.threads);
  const auto some = [&](std::size_t first) {
    for (std::size_t k = first; k < environments_.size(); k += threads)
      if (active[k]) statuses[k] = work(k);
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t first = 1; first < threads; ++first) others.emplace_back(some, first);
    some(0);
  }
  for (const absl::Status& status : statuses) SKEIN_RETURN_IF_ERROR(status);
  return absl::OkStatus();
}

void Rollout::Evaluate(Learner& learner, const std::vector<bool>& active) {
  batch_.clear();
  for (std::size_t k = 0; k < environments_.size(); ++k)
    if (active[k]) batch_.push_back(&environments_[k]->features());
  if (batch_.empty()) return;
  batch_out_.resize(batch_.size());
  learner.Evaluate(batch_, batch_out_);
  std::size_t next = 0;
  for (std::size_t k = 0; k < environments_.size(); ++k)
    if (active[k]) std::swap(evaluations_[k], batch_out_[next++]);
}

double Rollout::Uniform(Purpose purpose, std::int64_t iteration, std::size_t k,
                        std::size_t step) const {
  return DrawUniform(SubSeed(options_.seed, purpose, static_cast<std::uint64_t>(iteration)),
                     Stream::kPolicy, static_cast<std::uint32_t>(k),
                     static_cast<std::uint32_t>(step));
}

absl::Status Rollout::StepForReward(std::size_t k, std::int64_t iteration, std::size_t step,
                                    Sample* sample, Transition* transition, DaysPlayed* played) {
  Environment& environment = *environments_[k];
  const captain::Evaluation& said = evaluations_[k];
  const Drawn drawn = DrawAction(said.logits, Uniform(Purpose::kExploration, iteration, k, step));
  sample->features = environment.features();
  sample->action = drawn.action;
  sample->log_prob = drawn.log_prob;
  sample->value = said.value;
  SKEIN_ASSIGN_OR_RETURN(const StepResult result, environment.Step(drawn.action));
  transition->reward = result.reward;
  transition->value = said.value;
  transition->elapsed_s = result.elapsed_s;
  if (!result.terminated) return absl::OkStatus();
  transition->ending = Ending::kTerminated;
  ++played->days;
  played->profit_usd += static_cast<double>(environment.profit_cents()) / 100;
  return BeginNextDay(k, "");
}

absl::StatusOr<std::vector<Sample>> Rollout::CollectForReward(Learner& learner,
                                                              std::int64_t iteration,
                                                              DaysPlayed* played) {
  const auto steps = static_cast<std::size_t>(options_.ppo.steps);
  const std::size_t count = environments_.size();
  const std::vector<bool> all(count, true);
  SKEIN_RETURN_IF_ERROR(ForEach(
      all, [&](std::size_t k) { return running_[k] ? absl::OkStatus() : BeginNextDay(k, ""); }));
  running_ = all;
  std::vector<Sample> samples(count * steps);
  std::vector<Transition> transitions(count * steps);
  std::vector<DaysPlayed> days(count);
  for (std::size_t step = 0; step < steps; ++step) {
    Evaluate(learner, all);
    SKEIN_RETURN_IF_ERROR(ForEach(all, [&](std::size_t k) {
      const std::size_t at = k * steps + step;
      return StepForReward(k, iteration, step, &samples[at], &transitions[at], &days[k]);
    }));
  }
  Evaluate(learner, all);
  for (std::size_t k = 0; k < count; ++k) {
    const std::span<Transition> own(&transitions[k * steps], steps);
    if (own.back().ending == Ending::kNone) {
      own.back().ending = Ending::kTruncated;
      own.back().next_value = evaluations_[k].value;
    }
    const std::vector<Advantage> advantages =
        ComputeGae(own, {.discount_half_life_s = options_.ppo.discount_half_life_s,
                         .gae_half_life_s = options_.ppo.gae_half_life_s});
    for (std::size_t step = 0; step < steps; ++step) {
      samples[k * steps + step].advantage = static_cast<float>(advantages[step].advantage);
      samples[k * steps + step].return_ = static_cast<float>(advantages[step].return_);
    }
    played->days += days[k].days;
    played->profit_usd += days[k].profit_usd;
  }
  decisions_ += static_cast<std::int64_t>(samples.size());
  return samples;
}

absl::StatusOr<std::vector<Sample>> Rollout::CollectFromExpert(Learner& learner,
                                                               std::int64_t iteration,
                                                               double mixing,
                                                               v1::DayRecords* records,
                                                               DaysPlayed* played) {
  const std::size_t count = environments_.size();
  std::vector<bool> active(count, true);
  SKEIN_RETURN_IF_ERROR(
      ForEach(active, [&](std::size_t k) { return BeginNextDay(k, options_.imitation.expert); }));
  std::vector<std::vector<Sample>> samples(count);
  std::vector<v1::DayRecord> days(count);
  std::vector<std::uint8_t> ended(count, 0);
  for (std::size_t step = 0; std::find(active.begin(), active.end(), true) != active.end();
       ++step) {
    if (mixing < 1) Evaluate(learner, active);
    SKEIN_RETURN_IF_ERROR(ForEach(active, [&](std::size_t k) -> absl::Status {
      Environment& environment = *environments_[k];
      SKEIN_ASSIGN_OR_RETURN(const int label, environment.Label());
      Sample& sample = samples[k].emplace_back();
      sample.features = environment.features();
      sample.action = label;
      int action = label;
      if (mixing < 1 && Uniform(Purpose::kMixing, iteration, k, step) >= mixing)
        action =
            DrawAction(evaluations_[k].logits, Uniform(Purpose::kExploration, iteration, k, step))
                .action;
      days[k].add_labels(label);
      days[k].add_actions(action);
      SKEIN_ASSIGN_OR_RETURN(const StepResult result, environment.Step(action));
      ended[k] = result.terminated ? 1 : 0;
      return absl::OkStatus();
    }));
    for (std::size_t k = 0; k < count; ++k) active[k] = active[k] && ended[k] == 0;
  }
  std::vector<Sample> all;
  for (std::size_t k = 0; k < count; ++k) {
    days[k].set_environment(static_cast<std::int32_t>(k));
    days[k].set_seed(environments_[k]->seed());
    *records->add_days() = days[k];
    played->profit_usd += static_cast<double>(environments_[k]->profit_cents()) / 100;
    ++played->days;
    std::move(samples[k].begin(), samples[k].end(), std::back_inserter(all));
  }
  decisions_ += static_cast<std::int64_t>(all.size());
  return all;
}

absl::StatusOr<std::vector<Sample>> Rollout::Replay(const v1::DayRecords& records) {
  std::vector<Sample> samples;
  for (const v1::DayRecord& day : records.days()) {
    if (day.environment() < 0 || day.environment() >= static_cast<int>(environments_.size()) ||
        day.actions_size() != day.labels_size())
      return absl::DataLossError("a recorded day does not belong to this configuration");
    Environment& environment = *environments_[static_cast<std::size_t>(day.environment())];
    SKEIN_RETURN_IF_ERROR(environment.Begin(day.seed(), ""));
    for (int step = 0; step < day.actions_size(); ++step) {
      Sample& sample = samples.emplace_back();
      sample.features = environment.features();
      sample.action = day.labels(step);
      SKEIN_RETURN_IF_ERROR(environment.Step(day.actions(step)).status());
    }
  }
  return samples;
}

void Rollout::Save(v1::TrainerState* state) const {
  state->set_decisions(decisions_);
  state->mutable_days_begun()->Assign(days_begun_.begin(), days_begun_.end());
  for (std::size_t k = 0; k < environments_.size(); ++k) {
    if (!running_[k]) continue;
    v1::DayRecord* day = state->add_days();
    day->set_environment(static_cast<std::int32_t>(k));
    day->set_seed(environments_[k]->seed());
    const std::vector<std::int32_t>& actions = environments_[k]->actions();
    day->mutable_actions()->Assign(actions.begin(), actions.end());
  }
}

absl::Status Rollout::Restore(const v1::TrainerState& state) {
  if (state.days_begun_size() != static_cast<int>(environments_.size()))
    return absl::FailedPreconditionError(
        absl::StrCat("the saved state has ", state.days_begun_size(), " environments, want ",
                     environments_.size()));
  decisions_ = state.decisions();
  days_begun_.assign(state.days_begun().begin(), state.days_begun().end());
  for (const v1::DayRecord& day : state.days()) {
    const auto k = static_cast<std::size_t>(day.environment());
    if (k >= environments_.size()) return absl::DataLossError("a day of no environment");
    SKEIN_RETURN_IF_ERROR(environments_[k]->Begin(day.seed(), ""));
    for (const std::int32_t action : day.actions())
      SKEIN_RETURN_IF_ERROR(environments_[k]->Step(action).status());
    running_[k] = true;
  }
  return absl::OkStatus();
}

}  // namespace skein::policy
