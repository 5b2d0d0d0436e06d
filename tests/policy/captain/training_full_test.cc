#include "gtest/gtest.h"
#include "tests/policy/captain/small_training.h"

namespace skein::policy {
namespace {

// From random parameters and reward alone, the policy learns to earn more than `random` on days
// that it has not seen: the 95 % interval of the paired difference is above zero.
TEST(TrainerFullTest, BeatsRandomOnUnseenDays) {
  TrainingOptions options = SmallOptions();
  options.sources[0].aircraft = 6;
  options.sources[0].environments = 16;
  options.ppo.iterations = 60;
  options.ppo.steps = 128;
  options.ppo.minibatch = 256;
  options.ppo.learning_rate = 1e-3;
  options.selection = {.every_iterations = 60, .days = 100, .source = options.sources[0]};
  options.selection.baseline = "random";
  const auto trainer = Trainer::Create(options, {}, SmallWorld());
  ASSERT_TRUE(trainer.ok()) << trainer.status();

  const absl::Status status = (*trainer)->Run({});

  ASSERT_TRUE(status.ok()) << status;
  const v1::TrainingProgress& last = (*trainer)->history().back();
  ASSERT_TRUE(last.measured());
  EXPECT_GT(last.selection_profit_usd() - last.baseline_profit_usd(), last.difference_ci95_usd());
}

}  // namespace
}  // namespace skein::policy
