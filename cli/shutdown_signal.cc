#include "cli/shutdown_signal.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>

namespace skein::cli {
namespace {

constexpr int kWakeUp = SIGUSR1;  // of the hurrying thread, at the end

// A terminal, a shell script and a supervisor may each pass on one and the same wish.
constexpr std::chrono::milliseconds kSameSignal{1000};

sigset_t Awaited() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

void EndProcess(int exit_code) {
  constexpr char kMessage[] = "event=forced_exit\n";
  if (write(STDERR_FILENO, kMessage, sizeof kMessage - 1) < 0) _exit(exit_code);
  _exit(exit_code);
}

}  // namespace

ShutdownSignal::ShutdownSignal() {
  sigset_t blocked = Awaited();
  sigaddset(&blocked, kWakeUp);
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

ShutdownSignal::~ShutdownSignal() {
  over_ = true;
  if (!hurrying_.joinable()) return;
  pthread_kill(hurrying_.native_handle(), kWakeUp);
  hurrying_.join();
}

int ShutdownSignal::Await() {
  const sigset_t awaited = Awaited();
  int number = 0;
  while (sigwait(&awaited, &number) != 0) {
  }
  return number;
}

void ShutdownSignal::Hurry(std::chrono::milliseconds patience, int exit_code) {
  const auto begin = std::chrono::steady_clock::now();
  hurrying_ = std::thread([this, begin, patience, exit_code] {
    sigset_t awaited = Awaited();
    sigaddset(&awaited, kWakeUp);
    auto elapsed = std::chrono::steady_clock::duration::zero();
    while (elapsed < patience) {
      const std::int64_t left =
          std::chrono::duration_cast<std::chrono::nanoseconds>(patience - elapsed).count();
      timespec timeout{};
      timeout.tv_sec = left / 1'000'000'000;
      timeout.tv_nsec = left % 1'000'000'000;
      const int number = sigtimedwait(&awaited, nullptr, &timeout);
      if (over_) return;
      elapsed = std::chrono::steady_clock::now() - begin;
      if (number > 0 && elapsed > kSameSignal) break;
    }
    EndProcess(exit_code);
  });
}

}  // namespace skein::cli
