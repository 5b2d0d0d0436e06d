#include "gtest/gtest.h"

#include "tests/property/episode_digests.h"

namespace skein::testing {
namespace {

TEST(DeterminismTest, OneAndTwoThreadsPlayTheSameDays) {
  const std::string one = EpisodeDigests(1);

  ASSERT_FALSE(one.empty());
  EXPECT_EQ(EpisodeDigests(2), one);
}

}  // namespace
}  // namespace skein::testing
