#include "sim/slot_book.h"

#include <vector>

#include "gtest/gtest.h"

namespace skein::sim {
namespace {

SimTime At(int seconds) { return TimeFromMs(seconds * 1000); }
constexpr SimDuration kLength{60'000};

SlotBook Book(std::vector<int> starts) {
  SlotBook book;
  for (const int start : starts) book.Reserve(At(start));
  return book;
}

TEST(SlotBookTest, AnEmptyBookIsFreeAtOnce) {
  EXPECT_EQ(SlotBook().EarliestFree(At(5), At(100), kLength, 1), At(5));
}

TEST(SlotBookTest, NothingIsFreeWithoutCapacity) {
  EXPECT_EQ(SlotBook().EarliestFree(At(5), At(100), kLength, 0), kNever);
  EXPECT_EQ(SlotBook().EarliestFree(At(5), At(100), kLength, -1), kNever);
}

TEST(SlotBookTest, WaitsForTheEndOfTheIntervalThatRuns) {
  EXPECT_EQ(Book({0}).EarliestFree(At(5), At(100), kLength, 1), At(60));
  EXPECT_EQ(Book({0}).EarliestFree(At(60), At(100), kLength, 1), At(60));  // half open
}

TEST(SlotBookTest, DoesNotStartWhereALaterIntervalWouldCollide) {
  // [50, 110) is taken; [0, 60) would meet it, so would everything before 110.
  EXPECT_EQ(Book({50}).EarliestFree(At(0), At(200), kLength, 1), At(110));
  // A gap of exactly one length fits: [60, 120) between [0, 60) and [120, 180).
  EXPECT_EQ(Book({0, 120}).EarliestFree(At(0), At(200), kLength, 1), At(60));
  EXPECT_EQ(Book({0, 119}).EarliestFree(At(0), At(200), kLength, 1), At(179));
}

TEST(SlotBookTest, CountsTheIntervalsThatCoverAnInstant) {
  // Two resources. At 40 both are taken ([0, 60) and [30, 90)); the first is free at 60.
  EXPECT_EQ(Book({0, 30}).EarliestFree(At(40), At(200), kLength, 2), At(60));
  // [0, 60) and [70, 130) never overlap: a third that meets both needs one resource more only.
  EXPECT_EQ(Book({0, 70}).EarliestFree(At(30), At(200), kLength, 2), At(30));
  EXPECT_EQ(Book({0, 30}).EarliestFree(At(40), At(200), kLength, 3), At(40));
}

TEST(SlotBookTest, GivesUpAfterTheLimit) {
  EXPECT_EQ(Book({0}).EarliestFree(At(5), At(59), kLength, 1), kNever);
  EXPECT_EQ(Book({0}).EarliestFree(At(5), At(60), kLength, 1), At(60));
}

TEST(SlotBookTest, ALengthOfZeroNeverCollides) {
  EXPECT_EQ(Book({5, 5}).EarliestFree(At(5), At(59), SimDuration{0}, 1), At(5));
}

TEST(SlotBookTest, ReleasesOneOfSeveralAndPrunesThePast) {
  SlotBook book = Book({30, 0, 30});

  book.Release(At(30));
  EXPECT_EQ(book.starts(), (std::vector<SimTime>{At(0), At(30)}));
  book.Prune(At(30));
  EXPECT_EQ(book.starts(), (std::vector<SimTime>{At(30)}));
}

TEST(SlotBookDeathTest, StopsAtTheReleaseOfAFreeSlot) {
  SlotBook book = Book({30});
  EXPECT_DEATH(book.Release(At(31)), "not reserved");
}

}  // namespace
}  // namespace skein::sim
