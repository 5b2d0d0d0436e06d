#include "policy/training/training_config.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/training/learning_curve.h"
#include "policy/training/training_log.h"

namespace skein::policy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(TrainingConfigTest, FillsInDefaults) {
  v1::TrainingConfig message;
  message.add_sources()->set_scenario("paper");

  const auto options = DecodeTrainingConfig(message);

  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->sources[0].aircraft, 40);
  EXPECT_EQ(options->model, captain::CaptainOptions{});
  EXPECT_EQ(options->ppo.epochs, 3);
  EXPECT_EQ(options->iterations(), 100);
  EXPECT_EQ(options->selection.source.scenario, "paper");
}

TEST(TrainingConfigTest, ReportsEveryFaultWithItsField) {
  v1::TrainingConfig message;
  message.add_sources()->set_vertiports(2);
  message.mutable_model()->set_width(65);
  message.mutable_ppo()->set_clip_epsilon(0);
  message.mutable_imitation()->set_passes(0);
  message.mutable_selection()->set_first_seed(17);

  const absl::Status status = DecodeTrainingConfig(message).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("sources[0].scenario is empty"), HasSubstr("sources[0].vertiports"),
                    HasSubstr("model.width"), HasSubstr("ppo.clipEpsilon"),
                    HasSubstr("imitation.passes"), HasSubstr("selection.firstSeed")));
}

TEST(TrainingConfigTest, WantsAtLeastOneSource) {
  EXPECT_THAT(std::string(DecodeTrainingConfig({}).status().message()),
              HasSubstr("sources is empty"));
}

std::vector<v1::TrainingProgress> TwoRows() {
  std::vector<v1::TrainingProgress> rows(2);
  rows[0].set_phase("imitation");
  rows[0].set_decisions(1000);
  rows[1].set_iteration(1);
  rows[1].set_phase("ppo");
  rows[1].set_decisions(3000);
  rows[1].set_measured(true);
  rows[1].set_selection_profit_usd(900.5);
  return rows;
}

TEST(TrainingLogTest, WritesOneLinePerIteration) {
  const std::string csv = TrainingCsv(TwoRows());
  EXPECT_THAT(csv, HasSubstr("iteration,phase,decisions,"));
  EXPECT_THAT(csv, HasSubstr("\n1,ppo,3000,"));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 3);
  const std::string lines = TrainingJsonLines(TwoRows());
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2);
  EXPECT_THAT(lines, HasSubstr("\"selectionProfitUsd\":900.5"));
}

TEST(TrainingLogTest, DrawsACurveEvenOfNothing) {
  EXPECT_THAT(LearningCurveSvg(TwoRows()), AllOf(HasSubstr("<svg"), HasSubstr("</svg>")));
  EXPECT_THAT(LearningCurveSvg({}), HasSubstr("</svg>"));
}

}  // namespace
}  // namespace skein::policy
