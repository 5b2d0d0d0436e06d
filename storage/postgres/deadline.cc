#include "storage/postgres/deadline.h"

#include <sys/socket.h>

#include <set>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "sim/domain/mutex.h"

namespace skein::storage::postgres {
namespace {

// Deadlines are seconds away; some tenths do not matter.
constexpr std::chrono::milliseconds kTick{50};

}  // namespace

// All deadlines of the process, and the thread that looks after them.
class DeadlineWatch {
 public:
  static DeadlineWatch& Get() {
    static DeadlineWatch watch;
    return watch;
  }

  void Add(Deadline* deadline) {
    MutexLock lock(&mutex_);
    pending_.insert(deadline);
  }

  void Remove(Deadline* deadline) {
    MutexLock lock(&mutex_);
    pending_.erase(deadline);
  }

 private:
  DeadlineWatch() : thread_([this] { Run(); }) {}

  ~DeadlineWatch() {
    {
      MutexLock lock(&end_mutex_);
      ending_ = true;
    }
    thread_.join();
  }

  void Run() {
    const auto ending = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return ending_; };
    while (true) {
      {
        MutexLock lock(&end_mutex_);
        if (end_mutex_.AwaitFor(kTick, ending)) return;
      }
      CutOverdue();
    }
  }

  void CutOverdue() {
    const auto now = std::chrono::steady_clock::now();
    MutexLock lock(&mutex_);
    for (Deadline* deadline : pending_) {
      if (now < deadline->at_ || deadline->passed_.exchange(true)) continue;
      shutdown(deadline->socket_, SHUT_RDWR);
    }
  }

  Mutex mutex_;
  std::set<Deadline*> pending_ ABSL_GUARDED_BY(mutex_);
  Mutex end_mutex_;  // apart, so that deadlines that come and go do not wake the thread
  bool ending_ ABSL_GUARDED_BY(end_mutex_) = false;
  std::thread thread_;  // last: it uses all of the above
};

Deadline::Deadline(int socket, std::chrono::steady_clock::time_point at)
    : socket_(socket), at_(at) {
  DeadlineWatch::Get().Add(this);
}

Deadline::~Deadline() { DeadlineWatch::Get().Remove(this); }

}  // namespace skein::storage::postgres
