#include "cli/interrupt.h"

#include <csignal>

#include <atomic>
#include <cstdlib>

namespace skein::cli {
namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void OnSignal(int) {
  if (interrupted.exchange(true)) std::_Exit(130);
}

}  // namespace

void CatchInterrupts() {
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
}

bool Interrupted() { return interrupted.load(); }

}  // namespace skein::cli
