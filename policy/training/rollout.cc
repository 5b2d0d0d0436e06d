#include "policy/training/rollout.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "policy/evaluation/parallel_jobs.h"
#include "sim/domain/draw.h"

namespace skein::policy {
namespace {

// Environments of a group. Fixed, so that batches, and with them the last bits of the network's
// answers, do not depend on the number of threads.
constexpr std::size_t kGroup = 4;

// Gives each step of one environment its advantage and return.
void Finish(std::span<const Transition> transitions, const PpoOptions& options,
            std::span<Sample> samples) {
  const std::vector<Advantage> advantages =
      ComputeGae(transitions, {.discount_half_life_s = options.discount_half_life_s,
                               .gae_half_life_s = options.gae_half_life_s});
  for (std::size_t step = 0; step < samples.size(); ++step) {
    samples[step].advantage = static_cast<float>(advantages[step].advantage);
    samples[step].return_ = static_cast<float>(advantages[step].return_);
  }
}

}  // namespace

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
}

absl::Status Rollout::BeginNextDay(std::size_t k, const std::string& expert) {
  const auto number = static_cast<std::uint32_t>(days_begun_[k]++);
  const std::uint64_t seed =
      options_.first_seed + DrawIndex(static_cast<std::uint32_t>(options_.seed_count),
                                      SubSeed(options_.seed, Purpose::kDay, k), Stream::kPolicy,
                                      number);
  return environments_[k]->Begin(seed, expert);
}

absl::Status Rollout::ForEachGroup(const std::function<absl::Status(Group&)>& work) {
  const std::size_t groups = (environments_.size() + kGroup - 1) / kGroup;
  return RunInParallel(groups, options_.threads, [&](std::size_t g) {
    Group group;
    for (std::size_t k = g * kGroup; k < std::min(environments_.size(), (g + 1) * kGroup); ++k)
      group.playing.push_back(k);
    return work(group);
  });
}

void Rollout::Evaluate(Learner& learner, Group* group) const {
  group->batch.clear();
  for (const std::size_t k : group->playing) group->batch.push_back(&environments_[k]->features());
  group->said.resize(group->batch.size());
  learner.Evaluate(group->batch, group->said);
}

double Rollout::Uniform(Purpose purpose, std::int64_t iteration, std::size_t k,
                        std::size_t step) const {
  return DrawUniform(SubSeed(options_.seed, purpose, static_cast<std::uint64_t>(iteration)),
                     Stream::kPolicy, static_cast<std::uint32_t>(k),
                     static_cast<std::uint32_t>(step));
}

absl::Status Rollout::StepForReward(std::size_t k, double uniform, const captain::Evaluation& said,
                                    Sample* sample, Transition* transition, DaysPlayed* played) {
  Environment& environment = *environments_[k];
  const Drawn drawn = DrawAction(said.logits, uniform);
  sample->features = environment.features();
  sample->action = drawn.action;
  sample->log_prob = drawn.log_prob;
  sample->value = said.value;
  SKEIN_ASSIGN_OR_RETURN(const StepResult result, environment.Step(drawn.action));
  transition->reward = result.reward;
  transition->value = static_cast<double>(said.value);
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
  std::vector<Sample> samples(count * steps);
  std::vector<Transition> transitions(count * steps);
  std::vector<DaysPlayed> days(count);
  const absl::Status status = ForEachGroup([&](Group& group) -> absl::Status {
    for (const std::size_t k : group.playing)
      if (!running_) SKEIN_RETURN_IF_ERROR(BeginNextDay(k, ""));
    for (std::size_t step = 0; step < steps; ++step) {
      Evaluate(learner, &group);
      for (std::size_t at = 0; at < group.playing.size(); ++at) {
        const std::size_t k = group.playing[at];
        const std::size_t row = k * steps + step;
        SKEIN_RETURN_IF_ERROR(StepForReward(k, Uniform(Purpose::kExploration, iteration, k, step),
                                            group.said[at], &samples[row], &transitions[row],
                                            &days[k]));
      }
    }
    Evaluate(learner, &group);
    for (std::size_t at = 0; at < group.playing.size(); ++at) {
      const std::size_t begin = group.playing[at] * steps;
      Transition& last = transitions[begin + steps - 1];
      if (last.ending == Ending::kNone) {
        last.ending = Ending::kTruncated;
        last.next_value = static_cast<double>(group.said[at].value);
      }
      Finish({&transitions[begin], steps}, options_.ppo, {&samples[begin], steps});
    }
    return absl::OkStatus();
  });
  SKEIN_RETURN_IF_ERROR(status);
  running_ = true;
  for (const DaysPlayed& some : days) {
    played->days += some.days;
    played->profit_usd += some.profit_usd;
  }
  decisions_ += static_cast<std::int64_t>(samples.size());
  return samples;
}

absl::Status Rollout::StepFromExpert(std::size_t k, bool expert_decides, int drawn,
                                     bool* terminated, std::vector<Sample>* samples,
                                     v1::DayRecord* day) {
  Environment& environment = *environments_[k];
  SKEIN_ASSIGN_OR_RETURN(const int label, environment.Label());
  Sample& sample = samples->emplace_back();
  sample.features = environment.features();
  sample.action = label;
  const int action = expert_decides ? label : drawn;
  day->add_labels(label);
  day->add_actions(action);
  SKEIN_ASSIGN_OR_RETURN(const StepResult result, environment.Step(action));
  *terminated = result.terminated;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Sample>> Rollout::CollectFromExpert(Learner& learner,
                                                               std::int64_t iteration,
                                                               double mixing,
                                                               v1::DayRecords* records,
                                                               DaysPlayed* played) {
  const std::size_t count = environments_.size();
  std::vector<std::vector<Sample>> samples(count);
  std::vector<v1::DayRecord> days(count);
  const absl::Status status = ForEachGroup([&](Group& group) -> absl::Status {
    for (const std::size_t k : group.playing)
      SKEIN_RETURN_IF_ERROR(BeginNextDay(k, options_.imitation.expert));
    for (std::size_t step = 0; !group.playing.empty(); ++step) {
      Evaluate(learner, &group);
      std::vector<std::size_t> still;
      for (std::size_t at = 0; at < group.playing.size(); ++at) {
        const std::size_t k = group.playing[at];
        const bool expert_decides = Uniform(Purpose::kMixing, iteration, k, step) < mixing;
        const Drawn drawn =
            DrawAction(group.said[at].logits, Uniform(Purpose::kExploration, iteration, k, step));
        bool terminated = false;
        SKEIN_RETURN_IF_ERROR(
            StepFromExpert(k, expert_decides, drawn.action, &terminated, &samples[k], &days[k]));
        if (!terminated) still.push_back(k);
      }
      group.playing = std::move(still);
    }
    return absl::OkStatus();
  });
  SKEIN_RETURN_IF_ERROR(status);
  running_ = false;
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
  for (std::size_t k = 0; running_ && k < environments_.size(); ++k) {
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
  }
  running_ = !state.days().empty();
  return absl::OkStatus();
}

}  // namespace skein::policy
