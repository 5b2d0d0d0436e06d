#include "policy/evaluation/parallel_jobs.h"

#include <atomic>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace skein::policy {
namespace {

class Jobs {
 public:
  Jobs(std::size_t count, const std::function<absl::Status(std::size_t)>& job)
      : count_(count), job_(job) {}

  void Work() {
    while (true) {
      const std::size_t next = next_.fetch_add(1);
      if (next >= count_ || failed_) return;
      absl::Status status = job_(next);
      if (status.ok()) continue;
      absl::MutexLock lock(&mutex_);
      if (!failed_.exchange(true)) status_ = std::move(status);
    }
  }

  absl::Status status() {
    absl::MutexLock lock(&mutex_);
    return status_;
  }

 private:
  const std::size_t count_;
  const std::function<absl::Status(std::size_t)>& job_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> failed_{false};
  absl::Mutex mutex_;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::Status RunInParallel(std::size_t count, int threads,
                           const std::function<absl::Status(std::size_t)>& job) {
  Jobs jobs(count, job);
  {
    std::vector<std::jthread> others;
    for (int k = 1; k < threads; ++k) others.emplace_back([&jobs] { jobs.Work(); });
    jobs.Work();
  }
  return jobs.status();
}

}  // namespace skein::policy
