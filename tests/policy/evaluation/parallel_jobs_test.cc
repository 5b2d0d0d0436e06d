#include "policy/evaluation/parallel_jobs.h"

#include <atomic>
#include <vector>

#include "gtest/gtest.h"

namespace skein::policy {
namespace {

TEST(RunInParallelTest, RunsEachJobOnce) {
  for (const int threads : {1, 2, 7}) {
    std::vector<std::atomic<int>> runs(100);

    const absl::Status status = RunInParallel(runs.size(), threads, [&](std::size_t k) {
      ++runs[k];
      return absl::OkStatus();
    });

    EXPECT_TRUE(status.ok());
    for (const std::atomic<int>& count : runs) EXPECT_EQ(count, 1);
  }
}

TEST(RunInParallelTest, BeginsNothingAfterAnError) {
  int runs = 0;

  const absl::Status status = RunInParallel(10, 1, [&](std::size_t k) {
    ++runs;
    return k == 3 ? absl::UnavailableError("no more") : absl::OkStatus();
  });

  EXPECT_EQ(status, absl::UnavailableError("no more"));
  EXPECT_EQ(runs, 4);
}

TEST(RunInParallelTest, TakesNoJobs) {
  EXPECT_TRUE(RunInParallel(0, 2, [](std::size_t) { return absl::InternalError("ran"); }).ok());
}

}  // namespace
}  // namespace skein::policy
