#include "server/base/executor.h"

#include <thread>

namespace skein::server {
namespace {

class LoopThread : public RunningLoop {
 public:
  explicit LoopThread(Loop* loop) : thread_([loop] { RunToTheEnd(loop); }) {}
  ~LoopThread() override { thread_.join(); }

 private:
  static void RunToTheEnd(Loop* loop) {
    while (true) {
      const Loop::Turn turn = loop->Run();
      if (turn == Loop::Turn::kEnded) return;
      if (turn == Loop::Turn::kIdle) loop->AwaitWork();
    }
  }

  std::thread thread_;
};

}  // namespace

std::unique_ptr<RunningLoop> ThreadExecutor::Start(Loop* loop) {
  return std::make_unique<LoopThread>(loop);
}

void ThreadExecutor::Await(Mutex* mutex, const std::function<bool()>& holds) {
  mutex->Await(holds);
}

}  // namespace skein::server
