#include "policy/planners/genetic/evolution.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "sim/domain/check.h"
#include "sim/domain/draw.h"

namespace skein::policy {
namespace {

// What a draw decides. It stands above the 16 bits of the gene's number in the last word of the
// address.
enum class Purpose : std::uint32_t {
  kFirstAllele,
  kParent,
  kWhetherCrossed,
  kWhichParent,
  kWhetherMutated,
  kNewAllele,
};

std::uint32_t KeyOf(Purpose purpose, std::size_t gene) {
  return (static_cast<std::uint32_t>(purpose) << 16) | static_cast<std::uint32_t>(gene);
}

double Uniform(const ChildAddress& at, Purpose purpose, std::size_t gene = 0) {
  return DrawUniform(at.seed, Stream::kPolicy, at.generation, at.child, KeyOf(purpose, gene));
}

std::size_t Index(std::size_t count, const ChildAddress& at, Purpose purpose, std::size_t gene) {
  return DrawIndex(static_cast<std::uint32_t>(count), at.seed, Stream::kPolicy, at.generation,
                   at.child, KeyOf(purpose, gene));
}

Gene AnyAllele(int allele_count, const ChildAddress& at, Purpose purpose, std::size_t gene) {
  return static_cast<Gene>(Index(static_cast<std::size_t>(allele_count), at, purpose, gene));
}

// Members by falling fitness; equally fit ones keep their order.
struct Population {
  std::vector<Chromosome> members;
  std::vector<std::int64_t> fitness;

  void Sort() {
    std::vector<std::size_t> order(members.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [this](std::size_t a, std::size_t b) { return fitness[a] > fitness[b]; });
    Population sorted;
    for (const std::size_t k : order) {
      sorted.members.push_back(std::move(members[k]));
      sorted.fitness.push_back(fitness[k]);
    }
    *this = std::move(sorted);
  }

  // The fitter of two; as the members are sorted, that with the smaller index.
  const Chromosome& Parent(const ChildAddress& at, std::size_t number) const {
    return members[std::min(Index(members.size(), at, Purpose::kParent, 2 * number),
                            Index(members.size(), at, Purpose::kParent, 2 * number + 1))];
  }
};

Chromosome Breed(const Population& parents, const EvolutionOptions& options, int allele_count,
                 const ChildAddress& at) {
  const Chromosome& mother = parents.Parent(at, 0);
  const bool crossed = Uniform(at, Purpose::kWhetherCrossed) < options.crossover;
  return Mutate(crossed ? Cross(mother, parents.Parent(at, 1), at) : mother, options.mutation,
                allele_count, at);
}

}  // namespace

Chromosome RandomChromosome(int gene_count, int allele_count, const ChildAddress& address) {
  Chromosome chromosome(static_cast<std::size_t>(gene_count));
  for (std::size_t k = 0; k < chromosome.size(); ++k)
    chromosome[k] = AnyAllele(allele_count, address, Purpose::kFirstAllele, k);
  return chromosome;
}

Chromosome Cross(const Chromosome& mother, const Chromosome& father, const ChildAddress& address) {
  SKEIN_CHECK(mother.size() == father.size(), "parents of different length");
  Chromosome child = mother;
  for (std::size_t k = 0; k < child.size(); ++k)
    if (Uniform(address, Purpose::kWhichParent, k) < 0.5) child[k] = father[k];
  return child;
}

Chromosome Mutate(Chromosome chromosome, double probability, int allele_count,
                  const ChildAddress& address) {
  for (std::size_t k = 0; k < chromosome.size(); ++k)
    if (Uniform(address, Purpose::kWhetherMutated, k) < probability)
      chromosome[k] = AnyAllele(allele_count, address, Purpose::kNewAllele, k);
  return chromosome;
}

absl::StatusOr<Evolution> Evolve(const EvolutionOptions& options, int gene_count, int allele_count,
                                 std::uint64_t seed, const Fitness& fitness) {
  SKEIN_CHECK(options.population >= 2 && options.generations >= 1, "nothing to evolve");
  const auto size = static_cast<std::size_t>(options.population);
  const auto elite = std::clamp<std::size_t>(
      static_cast<std::size_t>(std::llround(options.elite * options.population)), 1, size - 1);
  Evolution evolution;
  Population population;
  for (int generation = 0; generation < options.generations; ++generation) {
    const std::size_t kept = generation == 0 ? 0 : elite;
    Population next;
    for (std::size_t k = 0; k < size; ++k) {
      const ChildAddress at{seed, static_cast<std::uint32_t>(generation),
                            static_cast<std::uint32_t>(k)};
      next.members.push_back(k < kept          ? population.members[k]
                             : generation == 0 ? RandomChromosome(gene_count, allele_count, at)
                                               : Breed(population, options, allele_count, at));
    }
    next.fitness.resize(size);
    std::copy_n(population.fitness.begin(), kept, next.fitness.begin());
    SKEIN_RETURN_IF_ERROR(
        fitness(std::span(next.members).subspan(kept), std::span(next.fitness).subspan(kept)));
    next.Sort();
    population = std::move(next);
    evolution.best_fitness.push_back(population.fitness.front());
  }
  evolution.best = std::move(population.members.front());
  return evolution;
}

}  // namespace skein::policy
