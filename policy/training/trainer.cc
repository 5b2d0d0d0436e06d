#include "policy/training/trainer.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "sim/domain/draw.h"

namespace skein::policy {
namespace {

// Learning rates fall linearly to this share.
constexpr double kFinalRate = 0.1;

double Falling(double first, int iteration, int iterations) {
  const double share = iterations > 1 ? static_cast<double>(iteration) / (iterations - 1) : 0;
  return first * (1 - share * (1 - kFinalRate));
}

// 1 − Var(R − V) ÷ Var(R).
double ExplainedVariance(const std::vector<Sample>& samples) {
  double sum = 0;
  double square = 0;
  double error = 0;
  double error_square = 0;
  for (const Sample& sample : samples) {
    const double return_ = sample.return_;
    const double off = return_ - static_cast<double>(sample.value);
    sum += return_;
    square += return_ * return_;
    error += off;
    error_square += off * off;
  }
  const auto count = static_cast<double>(samples.size());
  const double variance = square / count - (sum / count) * (sum / count);
  const double left = error_square / count - (error / count) * (error / count);
  return variance > 0 ? 1 - left / variance : 0;
}

void Report(const DaysPlayed& played, v1::TrainingProgress* row) {
  row->set_days(played.days);
  if (played.days > 0) row->set_mean_profit_usd(played.profit_usd / played.days);
}

}  // namespace

Trainer::Trainer(TrainingOptions options, TrainingOrigin origin, TrainingWorld world,
                 std::unique_ptr<Learner> learner)
    : options_(std::move(options)),
      origin_(std::move(origin)),
      learner_(std::move(learner)),
      rollout_(options_, world),
      selection_(options_.selection, world, options_.threads),
      best_profit_usd_(std::numeric_limits<double>::lowest()) {}

absl::StatusOr<std::unique_ptr<Trainer>> Trainer::Create(TrainingOptions options,
                                                         TrainingOrigin origin,
                                                         TrainingWorld world) {
  std::unique_ptr<Learner> learner;
  if (options.initial_checkpoint.empty()) {
    learner = MakeLearner(options.model, options.seed, options.threads);
  } else {
    SKEIN_ASSIGN_OR_RETURN(captain::Checkpoint initial,
                           captain::ReadCheckpoint(options.initial_checkpoint));
    options.model = initial.model;
    SKEIN_ASSIGN_OR_RETURN(learner, MakeLearner(initial, 0, options.threads));
  }
  return std::unique_ptr<Trainer>(
      new Trainer(std::move(options), std::move(origin), std::move(world), std::move(learner)));
}

absl::StatusOr<std::unique_ptr<Trainer>> Trainer::Resume(TrainingOptions options,
                                                         TrainingOrigin origin, TrainingWorld world,
                                                         const captain::Checkpoint& state) {
  if (state.training_config != origin.config_text)
    return absl::FailedPreconditionError("the saved state is of another configuration");
  v1::TrainerState trainer;
  if (!trainer.ParseFromString(state.trainer_state))
    return absl::DataLossError("the saved state cannot be read");
  options.model = state.model;
  SKEIN_ASSIGN_OR_RETURN(std::unique_ptr<Learner> learner,
                         MakeLearner(state, trainer.gradient_steps(), options.threads));
  std::unique_ptr<Trainer> resumed(
      new Trainer(std::move(options), std::move(origin), std::move(world), std::move(learner)));
  SKEIN_RETURN_IF_ERROR(resumed->rollout_.Restore(trainer));
  for (v1::DayRecords& records : *trainer.mutable_window()) {
    SKEIN_ASSIGN_OR_RETURN(std::vector<Sample> samples, resumed->rollout_.Replay(records));
    resumed->samples_.push_back(std::move(samples));
    resumed->window_.push_back(std::move(records));
  }
  resumed->history_.assign(trainer.history().begin(), trainer.history().end());
  resumed->best_profit_usd_ = trainer.best_profit_usd();
  return resumed;
}

int Trainer::imitation_iterations() const {
  return options_.iterations() - options_.ppo.iterations;
}

absl::Status Trainer::Run(const TrainingHooks& hooks) {
  for (int iteration = static_cast<int>(history_.size()); iteration < options_.iterations();
       ++iteration) {
    if (hooks.stop && hooks.stop()) return absl::CancelledError("stopped between two iterations");
    v1::TrainingProgress row;
    row.set_iteration(iteration);
    SKEIN_RETURN_IF_ERROR(iteration < imitation_iterations() ? Imitate(iteration, &row)
                                                             : Reinforce(iteration, &row));
    row.set_decisions(rollout_.decisions());
    const int every = options_.selection.every_iterations;
    const bool last = iteration + 1 == options_.iterations();
    if (every > 0 && ((iteration + 1) % every == 0 || last))
      SKEIN_RETURN_IF_ERROR(Measure(hooks, &row));
    history_.push_back(row);
    if (hooks.on_state && ((iteration + 1) % options_.save_every_iterations == 0 || last))
      SKEIN_RETURN_IF_ERROR(hooks.on_state(MakeCheckpoint(true)));
    if (hooks.on_progress) SKEIN_RETURN_IF_ERROR(hooks.on_progress(history_));
  }
  return absl::OkStatus();
}

absl::Status Trainer::Imitate(int iteration, v1::TrainingProgress* row) {
  const ImitationOptions& options = options_.imitation;
  const double mixing =
      options.mixing_iterations > 0
          ? std::max(0.0, 1 - static_cast<double>(iteration) / options.mixing_iterations)
          : 0;
  DaysPlayed played;
  v1::DayRecords records;
  SKEIN_ASSIGN_OR_RETURN(
      std::vector<Sample> fresh,
      rollout_.CollectFromExpert(*learner_, iteration, mixing, &records, &played));
  const std::size_t batch = fresh.size();
  window_.push_back(std::move(records));
  samples_.push_back(std::move(fresh));
  if (window_.size() > static_cast<std::size_t>(options.window_iterations)) {
    window_.erase(window_.begin());
    samples_.erase(samples_.begin());
  }
  std::vector<const Sample*> all;
  for (const std::vector<Sample>& samples : samples_)
    for (const Sample& sample : samples) all.push_back(&sample);
  // As many samples as `passes` over the fresh ones, drawn from the whole window.
  const std::uint64_t order =
      SubSeed(options_.seed, Purpose::kOrder, static_cast<std::uint64_t>(iteration));
  const std::size_t wanted = batch * static_cast<std::size_t>(options.passes);
  std::vector<const Sample*> chosen;
  for (std::size_t k = 0; k < wanted; ++k)
    chosen.push_back(all[DrawIndex(static_cast<std::uint32_t>(all.size()), order, Stream::kPolicy,
                                   static_cast<std::uint32_t>(k), 1)]);
  const double rate = Falling(options.learning_rate, iteration, imitation_iterations());
  const LearningFigures figures = learner_->LearnFromExpert(chosen, options, rate, order);
  row->set_phase("imitation");
  row->set_learning_rate(rate);
  row->set_sample_passes(figures.sample_passes);
  row->set_imitation_loss(figures.imitation_loss);
  row->set_agreement(figures.agreement);
  Report(played, row);
  return absl::OkStatus();
}

absl::Status Trainer::Reinforce(int iteration, v1::TrainingProgress* row) {
  samples_.clear();
  window_.clear();
  const PpoOptions& options = options_.ppo;
  const int own = iteration - imitation_iterations();
  DaysPlayed played;
  SKEIN_ASSIGN_OR_RETURN(const std::vector<Sample> samples,
                         rollout_.CollectForReward(*learner_, iteration, &played));
  std::vector<const Sample*> all;
  for (const Sample& sample : samples) all.push_back(&sample);
  const bool critic_only = own < options.critic_iterations;
  const double rate = critic_only ? options.critic_learning_rate
                                  : Falling(options.learning_rate, own, options.iterations);
  const LearningFigures figures = learner_->LearnFromReward(
      all, options, rate, critic_only,
      SubSeed(options_.seed, Purpose::kOrder, static_cast<std::uint64_t>(iteration)));
  row->set_phase("ppo");
  row->set_learning_rate(rate);
  row->set_sample_passes(figures.sample_passes);
  row->set_policy_loss(figures.policy_loss);
  row->set_value_loss(figures.value_loss);
  row->set_explained_variance(ExplainedVariance(samples));
  row->set_entropy(figures.entropy);
  row->set_approx_kl(figures.approx_kl);
  row->set_clip_fraction(figures.clip_fraction);
  Report(played, row);
  return absl::OkStatus();
}

absl::Status Trainer::Measure(const TrainingHooks& hooks, v1::TrainingProgress* row) {
  SKEIN_ASSIGN_OR_RETURN(const SelectionResult result, selection_.Measure(*learner_));
  row->set_measured(true);
  row->set_selection_profit_usd(result.profit_usd);
  row->set_baseline_profit_usd(result.baseline_usd);
  row->set_difference_ci95_usd(result.difference_ci95_usd);
  if (result.profit_usd <= best_profit_usd_) return absl::OkStatus();
  best_profit_usd_ = result.profit_usd;
  return hooks.on_best ? hooks.on_best(MakeCheckpoint(false)) : absl::OkStatus();
}

captain::Checkpoint Trainer::MakeCheckpoint(bool resumable) const {
  captain::Checkpoint checkpoint;
  checkpoint.model = options_.model;
  checkpoint.tensors = learner_->Tensors(resumable);
  checkpoint.decisions = rollout_.decisions();
  checkpoint.seed = options_.seed;
  checkpoint.training_config = origin_.config_text;
  checkpoint.commit = origin_.commit;
  checkpoint.libraries = learner_->Libraries();
  if (!resumable) return checkpoint;
  v1::TrainerState state;
  rollout_.Save(&state);
  state.set_iterations(static_cast<std::int32_t>(history_.size()));
  state.set_gradient_steps(learner_->gradient_steps());
  for (const v1::DayRecords& records : window_) *state.add_window() = records;
  for (const v1::TrainingProgress& row : history_) *state.add_history() = row;
  state.set_best_profit_usd(best_profit_usd_);
  checkpoint.trainer_state = state.SerializeAsString();
  return checkpoint;
}

}  // namespace skein::policy
