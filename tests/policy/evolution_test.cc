#include "policy/planners/genetic/evolution.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "policy/planners/genetic/options.h"
#include "policy/planners/genetic/repair.h"

namespace skein::policy {
namespace {

constexpr int kGenes = 30;
constexpr int kAlleles = 8;

// How many genes are 3.
absl::Status CountThrees(std::span<const Chromosome> plans, std::span<std::int64_t> fitness) {
  for (std::size_t k = 0; k < plans.size(); ++k)
    fitness[k] = std::count(plans[k].begin(), plans[k].end(), Gene{3});
  return absl::OkStatus();
}

TEST(EvolutionTest, TheEliteNeverGetsWorse) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto evolution = Evolve({.population = 10, .generations = 50, .mutation = 0.5}, kGenes,
                                  kAlleles, seed, CountThrees);

    ASSERT_TRUE(evolution.ok());
    EXPECT_EQ(evolution->best_fitness.size(), 50U);
    EXPECT_TRUE(std::is_sorted(evolution->best_fitness.begin(), evolution->best_fitness.end()))
        << "SEED=" << seed;
    EXPECT_EQ(std::count(evolution->best.begin(), evolution->best.end(), Gene{3}),
              evolution->best_fitness.back());
  }
}

TEST(EvolutionTest, FindsAnEasyOptimum) {
  const auto evolution =
      Evolve({.generations = 200, .mutation = 0.02}, kGenes, kAlleles, 1, CountThrees);

  EXPECT_EQ(evolution->best, Chromosome(kGenes, Gene{3}));
}

TEST(EvolutionTest, EvaluatesEveryNewMemberAndNoElite) {
  std::vector<std::size_t> evaluated;
  const auto count = [&](std::span<const Chromosome> plans, std::span<std::int64_t> fitness) {
    evaluated.push_back(plans.size());
    return CountThrees(plans, fitness);
  };

  ASSERT_TRUE(
      Evolve({.population = 20, .generations = 3, .elite = 0.1}, kGenes, kAlleles, 1, count).ok());

  EXPECT_EQ(evaluated, (std::vector<std::size_t>{20, 18, 18}));
}

TEST(EvolutionTest, PassesAnErrorOn) {
  const auto fails = [](std::span<const Chromosome>, std::span<std::int64_t>) {
    return absl::InternalError("no fitness today");
  };

  EXPECT_EQ(Evolve({}, kGenes, kAlleles, 1, fails).status().message(), "no fitness today");
}

TEST(OperatorsTest, CrossTakesHalfOfTheGenesFromEachParent) {
  const Chromosome mother(10'000, Gene{0});
  const Chromosome father(10'000, Gene{1});

  const Chromosome child = Cross(mother, father, {.seed = 1});

  EXPECT_NEAR(static_cast<double>(std::count(child.begin(), child.end(), Gene{1})), 5000,
              4 * std::sqrt(2500.0));
}

// A replaced gene is the old one again with probability 1 in 8.
TEST(OperatorsTest, MutateReplacesGenesWithItsProbability) {
  const Chromosome before(10'000, Gene{5});

  const Chromosome after = Mutate(before, 0.1, kAlleles, {.seed = 1});

  const double share = 0.1 * 7 / 8;
  EXPECT_NEAR(static_cast<double>(std::count(after.begin(), after.end(), Gene{5})),
              10'000 * (1 - share), 4 * std::sqrt(10'000 * share * (1 - share)));
  EXPECT_TRUE(std::all_of(after.begin(), after.end(), [](Gene gene) { return gene < kAlleles; }));
  EXPECT_EQ(Mutate(before, 0, kAlleles, {.seed = 1}), before);
}

TEST(OperatorsTest, DrawsAreAddressed) {
  const Chromosome first = RandomChromosome(kGenes, kAlleles, {.seed = 1, .child = 1});

  EXPECT_EQ(RandomChromosome(kGenes, kAlleles, {.seed = 1, .child = 1}), first);
  EXPECT_NE(RandomChromosome(kGenes, kAlleles, {.seed = 1, .child = 2}), first);
  EXPECT_NE(RandomChromosome(kGenes, kAlleles, {.seed = 1, .generation = 1, .child = 1}), first);
}

TEST(RepairTest, TakesTheNextLegalActionCyclically) {
  const std::vector<int> legal = {0, 1, 0, 0, 1};
  const auto is_legal = [&](int index) { return legal[static_cast<std::size_t>(index)] == 1; };

  EXPECT_EQ(Repair(1, 5, is_legal), 1);
  EXPECT_EQ(Repair(2, 5, is_legal), 4);
  EXPECT_EQ(Repair(0, 5, is_legal), 1);
  EXPECT_EQ(Repair(4, 5, is_legal), 4);
}

TEST(RepairTest, IsIdempotent) {
  for (unsigned legal = 1; legal < 64; ++legal) {
    const auto is_legal = [legal](int index) { return ((legal >> index) & 1U) == 1; };
    for (int gene = 0; gene < 6; ++gene) {
      const int once = Repair(gene, 6, is_legal);
      EXPECT_TRUE(is_legal(once));
      EXPECT_EQ(Repair(once, 6, is_legal), once);
    }
  }
}

TEST(GeneticOptionsTest, StartFromThePaper) {
  const auto options = ParseGeneticOptions("");

  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options->block, 60);
  EXPECT_EQ(options->evolution.population, 100);
  EXPECT_EQ(options->evolution.generations, 100);
  EXPECT_EQ(options->evolution.elite, 0.01);
  EXPECT_EQ(options->evolution.crossover, 0.5);
  EXPECT_EQ(options->evolution.mutation, 0.1);
}

TEST(GeneticOptionsTest, TakeWhatIsNamed) {
  const auto options = ParseGeneticOptions(
      "block=30,population=50,generations=20,elite=0.1,crossover=1,mutation=5e-2,days=2,threads=8");

  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->block, 30);
  EXPECT_EQ(options->evolution.population, 50);
  EXPECT_EQ(options->evolution.generations, 20);
  EXPECT_EQ(options->evolution.elite, 0.1);
  EXPECT_EQ(options->evolution.crossover, 1);
  EXPECT_EQ(options->evolution.mutation, 0.05);
  EXPECT_EQ(options->days, 2);
  EXPECT_EQ(options->threads, 8);
}

TEST(GeneticOptionsTest, RefuseWhatIsIllegal) {
  for (const char* const text :
       {"block=0", "population=1", "generations=0", "elite=-0.1", "crossover=1.1", "mutation=nan",
        "days=0", "threads=257", "days=2.5", "days=", "days", "days=2 ", "Days=2", "=2", ",",
        "days=2,", "days=99999999999999999999"}) {
    EXPECT_EQ(ParseGeneticOptions(text).status().code(), absl::StatusCode::kInvalidArgument)
        << text;
  }
}

}  // namespace
}  // namespace skein::policy
