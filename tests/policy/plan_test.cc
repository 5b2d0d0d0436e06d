#include "policy/planners/rolling/plan.h"

#include <algorithm>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/planners/rolling/plan_program.h"
#include "sim/generator.h"
#include "tests/policy/two_vertiports.h"
#include "tests/sim/small_scenario.h"

namespace skein::policy {
namespace {

constexpr double kTolerance = 1e-6;

std::shared_ptr<const PlanNetwork> Compile(Scenario scenario, const RollingOptions& options) {
  return std::make_shared<PlanNetwork>(*sim::Network::Create(std::move(scenario)), options);
}

TEST(TimeGridTest, FindsTheShareOfTheNextStep) {
  const PlanGrid grid({10 * kMinute, 20 * kMinute});

  EXPECT_EQ(grid.horizon(), 30 * kMinute);
  EXPECT_EQ(grid.At(10 * kMinute).lower, 1U);
  EXPECT_EQ(grid.At(15 * kMinute).lower, 1U);
  EXPECT_DOUBLE_EQ(grid.At(15 * kMinute).share, 0.25);
  EXPECT_EQ(grid.At(-kMinute).lower, 0U);
  EXPECT_EQ(grid.At(40 * kMinute).lower, 2U);
}

// min −x − 2y with x + y ≤ 4, x ≤ 3, y ≤ 2: x = y = 2 costs −6, and a fifth unit would go to x.
TEST(LinearSolverTest, FindsOptimumAndPrices) {
  PlanLp program;
  const int row = program.AddRow(-kNoBound, 4);
  program.AddColumn(-1, 0, 3);
  program.AddEntry(row, 1);
  program.AddColumn(-2, 0, 2);
  program.AddEntry(row, 1);
  LinearSolution solution;

  LinearSolver(program).Solve(program, 100, &solution);

  ASSERT_TRUE(solution.optimal);
  EXPECT_NEAR(solution.cost, -6, kTolerance);
  EXPECT_THAT(solution.primal, testing::ElementsAre(testing::DoubleNear(2, kTolerance),
                                                    testing::DoubleNear(2, kTolerance)));
  EXPECT_NEAR(solution.dual[0], -1, kTolerance);
}

// Three steps of 15 min on TwoVertiports: one aircraft at A, full, ready now; a passenger brings
// 10 USD in the first two steps and 9 in the third, a flight costs 3 USD.
class HandPlan : public testing::Test {
 protected:
  HandPlan() {
    input.until_close = kDay;
    input.aircraft = {{kA, {SimDuration{}, 100'000}}};
    input.passengers.assign(2 * 3, 0);
    input.margin_usd = {10, 10, 9, 10, 10, 9};
    input.flight_usd.assign(2 * 3, 3);
    input.flyable.assign(2 * 3, 1);
    input.stand_releases.assign(2 * 3, 0);
    input.stands_taken = {1, 0};
    input.stands = {2, 2};
  }

  void Solve() {
    program.Fill(input);
    LinearSolver(program.program()).Solve(program.program(), 1000, &solution);
    ASSERT_TRUE(solution.optimal);
  }
  double Flights(std::size_t pair, std::size_t step) const {
    return solution.primal[static_cast<std::size_t>(program.FlightColumn(pair, 0, step))];
  }
  void Wait(std::size_t pair, double passengers) { input.passengers[pair * 3] = passengers; }

  static constexpr std::size_t kAB = 0;
  static constexpr std::size_t kBA = 1;
  const RollingOptions options{
      .steps = std::vector<SimDuration>(3, 15 * kMinute), .charge_levels = {1}, .seat_fill = 1};
  const std::shared_ptr<const PlanNetwork> network = Compile(TwoVertiports(), options);
  PlanProgram program{network, options};
  PlanInput input;
  LinearSolution solution;
};

// Of 8 passengers at B the share exp(−15/40) is still there after a step: 5.5, more than 4 seats.
// So: empty to B, −3 USD, and back with four, 40 − 3 USD.
TEST_F(HandPlan, RepositionsWhereItPays) {
  Wait(kBA, 8);

  Solve();

  EXPECT_NEAR(Flights(kAB, 0), 1, kTolerance);
  EXPECT_NEAR(Flights(kBA, 1), 1, kTolerance);
  EXPECT_NEAR(-solution.cost, 34, kTolerance);
}

TEST_F(HandPlan, StaysWhereRepositioningCostsMoreThanItBrings) {
  Wait(kBA, 8);
  input.flight_usd.assign(2 * 3, 25);  // 40 − 2 × 25 < 0

  Solve();

  EXPECT_NEAR(solution.cost, 0, kTolerance);
}

// A second aircraft at A now would do as the first: 34 USD. One that is there a step later is worth
// that much if it stands in for the first, and 4 × 9 − 2 × 3 = 30 USD if it comes besides: any
// price in between is right.
TEST_F(HandPlan, PricesAircraftByPlaceAndTime) {
  Wait(kBA, 8);

  Solve();

  const Plan plan(network, program, solution);
  const double later = plan.AircraftValue(kA, {15 * kMinute, 100'000});
  EXPECT_NEAR(plan.profit_usd(), 34, kTolerance);
  EXPECT_NEAR(plan.AircraftValue(kA, {SimDuration{}, 100'000}), 34, kTolerance);
  EXPECT_GE(later, 30 - kTolerance);
  EXPECT_LE(later, 34 + kTolerance);
  EXPECT_NEAR(plan.AircraftValue(kA, {SimDuration{450'000}, 100'000}), (34 + later) / 2,
              kTolerance);
  EXPECT_EQ(plan.AircraftValue(kB, {kHour, 100'000}), 0);  // beyond the horizon
}

TEST_F(HandPlan, CountsPlannedFlights) {
  Wait(kBA, 8);

  Solve();

  const Plan plan(network, program, solution);
  EXPECT_NEAR(plan.PlannedFlights(kA, kB, 15 * kMinute), 1, kTolerance);
  EXPECT_NEAR(plan.PlannedFlights(kB, kA, 15 * kMinute), 0, kTolerance);
  EXPECT_NEAR(plan.PlannedFlights(kB, kA, SimDuration{1'350'000}), 0.5, kTolerance);
}

TEST_F(HandPlan, FliesNowhereWithoutAFreeStand) {
  Wait(kAB, 4);
  input.stands = {2, 1};
  input.stands_taken = {1, 1};

  Solve();

  EXPECT_NEAR(solution.cost, 0, kTolerance);
  EXPECT_GT(Plan(network, program, solution).StandPrice(kB, SimDuration{}), 0);
}

TEST_F(HandPlan, FliesWhenACommittedAircraftHasLeftTheStand) {
  Wait(kAB, 4);
  input.stands = {2, 1};
  input.stands_taken = {1, 1};
  input.stand_releases[1 * 3 + 1] = 1;  // from B in step 1

  Solve();

  EXPECT_NEAR(Flights(kAB, 0), 0, kTolerance);
  EXPECT_GT(Flights(kAB, 1), 0.5);
}

TEST_F(HandPlan, HoldsWhereVertiportsHaveMoreAircraftThanStands) {
  Wait(kAB, 4);
  input.stands = {0, 0};

  Solve();

  EXPECT_NEAR(solution.cost, 0, kTolerance);
}

TEST_F(HandPlan, DoesNotFlyWhatTheGuardForbids) {
  Wait(kAB, 4);
  input.flyable = {0, 1, 1, 1, 1, 1};

  Solve();

  EXPECT_NEAR(Flights(kAB, 0), 0, kTolerance);
  EXPECT_GT(Flights(kAB, 1), 0.5);
}

TEST_F(HandPlan, SaysWhenTheIterationsRanOut) {
  Wait(kBA, 8);
  program.Fill(input);

  LinearSolver(program.program()).Solve(program.program(), 1, &solution);

  EXPECT_FALSE(solution.optimal);
}

// Starting from the basis of another plan changes the work, not the optimum.
TEST_F(HandPlan, SolvesTheNextPlanFromTheBasisOfTheLast) {
  Wait(kBA, 8);
  program.Fill(input);
  LinearSolver solver(program.program());
  solver.Solve(program.program(), 1000, &solution);
  Wait(kBA, 0);
  Wait(kAB, 4);
  program.Fill(input);

  solver.Solve(program.program(), 1000, &solution);

  ASSERT_TRUE(solution.optimal);
  EXPECT_NEAR(-solution.cost, 37, kTolerance);  // 4 × 10 − 3
}

// The first basis, in which every aircraft holds, saves work and changes nothing else.
TEST(PlanProgramTest, StartsFromHolding) {
  const RollingOptions options;
  const auto network = Compile(*sim::GeneratePaper(900'001, {5, 12}), options);
  sim::World world = sim::World::Create(
      *sim::Network::Create(*sim::GeneratePaper(900'001, {5, 12})), sim::ClockMode::kExternal);
  ASSERT_TRUE(world.Apply({world.next_stop(), TimeAdvanced{}}).ok());
  PlanProgram program(network, options);
  program.Fill(ReadWorld(*network, world));
  PlanLp from_slacks = program.program();
  std::fill(from_slacks.first_basis.begin(), from_slacks.first_basis.end(), -1);
  LinearSolution solution;
  LinearSolution expected;

  LinearSolver(program.program()).Solve(program.program(), 20'000, &solution);
  LinearSolver(from_slacks).Solve(from_slacks, 20'000, &expected);

  ASSERT_TRUE(expected.optimal);
  EXPECT_NEAR(solution.cost, expected.cost, 1e-4);
  EXPECT_LT(solution.iterations, expected.iterations);
}

// A battery of 25 kWh does not go 20 km with the reserve of 10 kWh; a full one does.
TEST(PlanProgramTest, FliesOnlyWithEnoughCharge) {
  const RollingOptions options{.charge_levels = {0.25, 1}};
  const auto network = Compile(TwoVertiports(), options);

  const PlanProgram program(network, options);

  EXPECT_EQ(program.FlightColumn(0, 0, 0), -1);
  EXPECT_GE(program.FlightColumn(0, 1, 0), 0);
}

TEST(PlanNetworkTest, KeepsTheBusiestDestinationsOfEachVertiport) {
  Scenario scenario = Triangle();
  scenario.demand.requests_per_hour[(0 * 3 + 2) * 2] = 5;  // A–C

  const auto network = Compile(scenario, {.max_destinations = 1});

  ASSERT_EQ(network->pairs().size(), 3U);
  EXPECT_EQ(network->pairs()[0].destination, sim::kC);
  EXPECT_EQ(network->pairs()[1].destination, sim::kA);  // as busy as C and nearer
}

// 2 pairs × 3 levels × 10 steps are 60 columns: without levels 20, with steps joined twice 2 × 3.
TEST(PlanNetworkTest, MakesTheGridCoarserUntilItFits) {
  const auto one_level = Compile(TwoVertiports(), {.max_flight_columns = 20});
  const auto long_steps = Compile(TwoVertiports(), {.max_flight_columns = 6});

  EXPECT_EQ(one_level->levels_wh().size(), 1U);
  EXPECT_EQ(one_level->grid().steps(), 10U);
  EXPECT_EQ(long_steps->grid().steps(), 3U);
  EXPECT_EQ(long_steps->grid().horizon(), one_level->grid().horizon());
}

class ReadWorldTest : public testing::Test {
 protected:
  PlanInput Read() { return ReadWorld(*network, scene.world); }
  std::size_t Pair(VertiportId i, VertiportId j) const {
    for (std::size_t p = 0; p < network->pairs().size(); ++p)
      if (network->pairs()[p].origin == i && network->pairs()[p].destination == j) return p;
    ADD_FAILURE() << "no such pair";
    return 0;
  }

  const RollingOptions options{.charge_levels = {1}};
  sim::Scene scene;
  const std::shared_ptr<const PlanNetwork> network =
      std::make_shared<PlanNetwork>(scene.world.shared_network(), options);
};

// One request an hour with 1.5 passengers on average: 0.375 in 15 minutes.
TEST_F(ReadWorldTest, CountsWhoWaitsAndWhoIsExpected) {
  scene.Request(sim::Clock(6, 0), sim::kA, sim::kB, 2);

  const PlanInput input = Read();

  const double* const passengers = &input.passengers[Pair(sim::kA, sim::kB) * 10];
  EXPECT_DOUBLE_EQ(passengers[0], 2);
  EXPECT_DOUBLE_EQ(passengers[1], 0.375);
  EXPECT_DOUBLE_EQ(passengers[9], 0);  // after closing time
}

TEST_F(ReadWorldTest, CountsABookingWhenItIsReady) {
  scene.At(sim::Clock(6, 0),
           TripRequested{{}, sim::kA, sim::kB, 2, sim::Clock(6, 20), sim::Clock(7, 0), {}});

  const PlanInput input = Read();

  const double* const passengers = &input.passengers[Pair(sim::kA, sim::kB) * 10];
  EXPECT_DOUBLE_EQ(passengers[0], 0);
  EXPECT_DOUBLE_EQ(passengers[2], 2 + 0.375);
}

TEST_F(ReadWorldTest, LeavesOutFlightsIntoAClosedVertiport) {
  scene.Close(sim::Clock(6, 0), sim::kB, sim::Clock(6, 0), sim::Clock(6, 45));

  const PlanInput input = Read();

  const std::uint8_t* const flyable = &input.flyable[Pair(sim::kA, sim::kB) * 10];
  EXPECT_EQ(flyable[0], 0);
  EXPECT_EQ(flyable[2], 0);
  EXPECT_EQ(flyable[3], 1);
}

TEST_F(ReadWorldTest, ExpectsAFailedAircraftAfterTheMeanRepair) {
  scene.To(sim::Clock(6, 0));
  scene.At(sim::Clock(6, 0), AircraftFailed{sim::kN1});

  const PlanInput input = Read();

  ASSERT_EQ(input.aircraft.size(), 3U);
  EXPECT_EQ(input.aircraft[0].ready.in, 2 * kHour);
  EXPECT_EQ(input.aircraft[1].ready.in, SimDuration{});
  EXPECT_EQ(input.stands_taken[0], 2);  // it still takes its stand
}

TEST_F(ReadWorldTest, DoesNotExpectAGroundedAircraft) {
  scene.To(sim::Clock(6, 0));
  scene.At(sim::Clock(6, 0), AircraftGrounded{sim::kN1});

  EXPECT_EQ(Read().aircraft.size(), 2U);
}

// A–B: 2 min expected delay, 520 s, 8 min turnaround.
TEST_F(ReadWorldTest, ExpectsACommittedAircraftAtItsDestination) {
  scene.To(sim::Clock(6, 0));
  ASSERT_TRUE(scene.Fly(sim::kN1, sim::kB).accepted());

  const PlanInput input = Read();

  EXPECT_EQ(input.aircraft[0].vertiport, sim::kB);
  EXPECT_GE(input.aircraft[0].ready.in, 10 * kMinute + SimDuration{520'000});
  EXPECT_EQ(input.stands_taken[1], 2);         // N3, and N1 on its way
  EXPECT_EQ(input.stand_releases[0 * 10], 1);  // by N1
}

}  // namespace
}  // namespace skein::policy
