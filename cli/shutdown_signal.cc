#include "cli/shutdown_signal.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>

namespace skein::cli {
namespace {

constexpr int kWakeUp = SIGUSR1;  // of the hurrying thread, at the end

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
  hurrying_ = std::thread([this, patience, exit_code] {
    sigset_t awaited = Awaited();
    sigaddset(&awaited, kWakeUp);
    timespec timeout{};
    timeout.tv_sec = patience.count() / 1000;
    timeout.tv_nsec = patience.count() % 1000 * 1'000'000;
    sigtimedwait(&awaited, nullptr, &timeout);
    if (!over_) EndProcess(exit_code);
  });
}

}  // namespace skein::cli
