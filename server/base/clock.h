#pragma once

#include <chrono>
#include <cstdint>

namespace skein::server {

// The only clocks of the service. Tests bring their own.
//
// Threads: safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Wall time in milliseconds since 1970 UTC; moves the networks with a SYSTEM clock.
  virtual std::int64_t unix_ms() const = 0;
  // A clock that never jumps; measures and bounds durations.
  virtual std::chrono::steady_clock::time_point steady() const = 0;
};

// The clocks of this machine.
class SystemClock : public Clock {
 public:
  std::int64_t unix_ms() const override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::now();
  }
};

}  // namespace skein::server
