#include "policy/training/training_config.h"

#include "sim/domain/fault_list.h"

namespace skein::policy {
namespace {

// Takes present fields over, and collects what is wrong with them.
class Reader {
 public:
  template <class From, class To>
  void Range(const FieldPath& path, bool present, From value, From low, From high, To* to) {
    if (!present) return;
    faults_.Range(path, value, low, high);
    *to = static_cast<To>(value);
  }
  void Integer(const FieldPath& path, bool present, std::int32_t value, int low, int high,
               int* to) {
    Range<std::int64_t>(path, present, value, low, high, to);
  }
  void Number(const FieldPath& path, bool present, double value, double low, double high,
              double* to) {
    Range(path, present, value, low, high, to);
  }
  void Fail(const FieldPath& path, std::string message) { faults_.Add(path, std::move(message)); }
  void Add(std::vector<Fault> faults) {
    for (Fault& fault : faults) faults_.Add({fault.field.c_str()}, std::move(fault.message));
  }
  absl::Status status() { return ToStatus(faults_.Take()); }

 private:
  FaultList faults_;
};

FieldPath Field(const char* group, const char* field) { return {group, FieldPath::kNone, field}; }

TrainingSource ReadSource(const char* list, std::size_t row, const v1::TrainingSource& m,
                          Reader* reader) {
  TrainingSource source;
  source.scenario = m.scenario();
  if (source.scenario.empty())
    reader->Fail({list, row, "scenario"}, "is empty, want paper, paper:SEED, metro:NAME or a file");
  reader->Integer({list, row, "vertiports"}, m.has_vertiports(), m.vertiports(), 3, 256,
                  &source.vertiports);
  reader->Integer({list, row, "aircraft"}, m.has_aircraft(), m.aircraft(), 1, 4096,
                  &source.aircraft);
  reader->Integer({list, row, "environments"}, m.has_environments(), m.environments(), 1, 1024,
                  &source.environments);
  return source;
}

void ReadModel(const v1::CaptainModel& m, Reader* reader, captain::CaptainOptions* options) {
  // A field that is zero keeps its default.
  const auto take = [](auto value, auto* to) {
    if (value != 0) *to = value;
  };
  take(m.width(), &options->width);
  take(m.capsules(), &options->capsules);
  take(m.hops(), &options->hops);
  take(m.layers(), &options->layers);
  take(m.heads(), &options->heads);
  take(m.series_width(), &options->series_width);
  take(m.series_heads(), &options->series_heads);
  take(m.series_layers(), &options->series_layers);
  take(m.logit_clip(), &options->logit_clip);
  options->no_series = m.ablation().no_series();
  options->no_edges = m.ablation().no_edges();
  options->no_graph = m.ablation().no_graph();
  reader->Add(captain::Validate(*options));
}

void ReadImitation(const v1::ImitationConfig& m, Reader* reader, ImitationOptions* to) {
  const auto field = [](const char* name) { return Field("imitation", name); };
  to->expert = m.expert();
  reader->Integer(field("iterations"), m.has_iterations(), m.iterations(), 1, 1'000'000,
                  &to->iterations);
  reader->Integer(field("mixingIterations"), m.has_mixing_iterations(), m.mixing_iterations(), 0,
                  1'000'000, &to->mixing_iterations);
  reader->Integer(field("windowIterations"), m.has_window_iterations(), m.window_iterations(), 1,
                  1'000, &to->window_iterations);
  reader->Integer(field("passes"), m.has_passes(), m.passes(), 1, 100, &to->passes);
  reader->Integer(field("minibatch"), m.has_minibatch(), m.minibatch(), 1, 65'536, &to->minibatch);
  reader->Number(field("learningRate"), m.has_learning_rate(), m.learning_rate(), 1e-8, 1,
                 &to->learning_rate);
}

void ReadPpo(const v1::PpoConfig& m, Reader* reader, PpoOptions* to) {
  const auto field = [](const char* name) { return Field("ppo", name); };
  reader->Integer(field("iterations"), m.has_iterations(), m.iterations(), 0, 10'000'000,
                  &to->iterations);
  reader->Integer(field("steps"), m.has_steps(), m.steps(), 2, 1'000'000, &to->steps);
  reader->Integer(field("epochs"), m.has_epochs(), m.epochs(), 1, 100, &to->epochs);
  reader->Integer(field("minibatch"), m.has_minibatch(), m.minibatch(), 2, 65'536, &to->minibatch);
  reader->Number(field("learningRate"), m.has_learning_rate(), m.learning_rate(), 1e-8, 1,
                 &to->learning_rate);
  reader->Number(field("clipEpsilon"), m.has_clip_epsilon(), m.clip_epsilon(), 1e-3, 1,
                 &to->clip_epsilon);
  reader->Number(field("valueClip"), m.has_value_clip(), m.value_clip(), 1e-3, 1e6,
                 &to->value_clip);
  reader->Number(field("valueCoef"), m.has_value_coef(), m.value_coef(), 0, 100, &to->value_coef);
  reader->Number(field("entropyCoef"), m.has_entropy_coef(), m.entropy_coef(), 0, 10,
                 &to->entropy_coef);
  reader->Number(field("targetKl"), m.has_target_kl(), m.target_kl(), 1e-6, 10, &to->target_kl);
  reader->Number(field("maxGradientNorm"), m.has_max_gradient_norm(), m.max_gradient_norm(), 1e-3,
                 1e3, &to->max_gradient_norm);
  reader->Number(field("discountHalfLifeS"), m.has_discount_half_life_s(), m.discount_half_life_s(),
                 0, 1e9, &to->discount_half_life_s);
  reader->Number(field("gaeHalfLifeS"), m.has_gae_half_life_s(), m.gae_half_life_s(), 1, 1e9,
                 &to->gae_half_life_s);
  reader->Integer(field("criticIterations"), m.has_critic_iterations(), m.critic_iterations(), 0,
                  1'000'000, &to->critic_iterations);
  reader->Number(field("criticLearningRate"), m.has_critic_learning_rate(),
                 m.critic_learning_rate(), 1e-8, 1, &to->critic_learning_rate);
}

void ReadSelection(const v1::SelectionConfig& m, Reader* reader, SelectionOptions* to) {
  const auto field = [](const char* name) { return Field("selection", name); };
  reader->Integer(field("everyIterations"), m.has_every_iterations(), m.every_iterations(), 0,
                  1'000'000, &to->every_iterations);
  reader->Integer(field("days"), m.has_days(), m.days(), 2, 100'000, &to->days);
  if (m.has_first_seed()) to->first_seed = m.first_seed();
  if (m.has_source())
    to->source = ReadSource("selection.source", FieldPath::kNone, m.source(), reader);
  if (m.has_baseline()) to->baseline = m.baseline();
}

}  // namespace

absl::StatusOr<TrainingOptions> DecodeTrainingConfig(const v1::TrainingConfig& m) {
  TrainingOptions options;
  Reader reader;
  if (m.has_seed()) options.seed = m.seed();
  if (m.has_model()) ReadModel(m.model(), &reader, &options.model);
  options.initial_checkpoint = m.initial_checkpoint();
  if (m.sources().empty()) reader.Fail({"sources"}, "is empty, want at least one");
  for (int k = 0; k < m.sources_size(); ++k)
    options.sources.push_back(
        ReadSource("sources", static_cast<std::size_t>(k), m.sources(k), &reader));
  if (!options.sources.empty()) options.selection.source = options.sources.front();
  if (m.has_first_seed()) options.first_seed = m.first_seed();
  if (m.has_seed_count()) options.seed_count = m.seed_count();
  if (options.seed_count < 1 || options.seed_count > 0xffffffffU)
    reader.Fail({"seedCount"}, absl::StrCat("= ", options.seed_count, ", want [1, 4294967295]"));
  reader.Integer({"threads"}, m.has_threads(), m.threads(), 1, 256, &options.threads);
  ReadImitation(m.imitation(), &reader, &options.imitation);
  ReadPpo(m.ppo(), &reader, &options.ppo);
  ReadSelection(m.selection(), &reader, &options.selection);
  reader.Integer({"saveEveryIterations"}, m.has_save_every_iterations(), m.save_every_iterations(),
                 1, 1'000'000, &options.save_every_iterations);
  const SelectionOptions& selection = options.selection;
  const auto days = static_cast<std::uint64_t>(selection.days);
  if (selection.first_seed < options.first_seed + options.seed_count &&
      options.first_seed < selection.first_seed + days)
    reader.Fail({"selection.firstSeed"},
                absl::StrCat("= ", selection.first_seed, ", want days that are not trained on"));
  SKEIN_RETURN_IF_ERROR(reader.status());
  return options;
}

}  // namespace skein::policy
