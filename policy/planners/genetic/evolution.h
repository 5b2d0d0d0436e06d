#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "sim/domain/status.h"

// The genetic algorithm itself: it knows nothing of aircraft. All randomness is addressed
// (sim/domain/draw.h), so that a child does not depend on who is bred before it.
namespace skein::policy {

// One allele of [0, allele_count).
using Gene = std::uint16_t;
// A value; operators return new ones.
using Chromosome = std::vector<Gene>;

// Where the draws of one child come from.
struct ChildAddress {
  std::uint64_t seed = 0;
  std::uint32_t generation = 0;
  std::uint32_t child = 0;
};

// Every gene uniform over the alleles.
Chromosome RandomChromosome(int gene_count, int allele_count, const ChildAddress& address);

// Uniform crossover: every gene of one parent or the other, with equal chances.
// Requires: the parents are equally long.
Chromosome Cross(const Chromosome& mother, const Chromosome& father, const ChildAddress& address);

// Every gene is replaced with this probability, by a uniform allele.
Chromosome Mutate(Chromosome chromosome, double probability, int allele_count,
                  const ChildAddress& address);

struct EvolutionOptions {
  int population = 100;
  int generations = 100;  // populations that are evaluated, the first one included
  double elite = 0.01;    // share that lives on unchanged; at least one does
  double crossover = 0.5;
  double mutation = 0.1;
};

struct Evolution {
  Chromosome best;
  std::vector<std::int64_t> best_fitness;  // of each generation; never falls
};

// Fills fitness[i] for chromosomes[i]; the larger the better. Must be a function of the chromosome.
using Fitness = std::function<absl::Status(std::span<const Chromosome> chromosomes,
                                           std::span<std::int64_t> fitness)>;

// Breeds: the elite lives on; every other member of the next generation is the crossover of two
// parents, with probability `crossover`, or a copy of one, and is then mutated. A parent is the
// fitter of two members drawn uniformly.
//
// Requires: population ≥ 2, generations ≥ 1, gene_count in [1, 65536], allele_count in [1, 65536].
// Errors:   those of `fitness`.
absl::StatusOr<Evolution> Evolve(const EvolutionOptions& options, int gene_count, int allele_count,
                                 std::uint64_t seed, const Fitness& fitness);

}  // namespace skein::policy
