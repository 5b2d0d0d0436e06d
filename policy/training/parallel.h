#pragma once

#include <cstddef>
#include <functional>

#include "sim/domain/status.h"

namespace skein::policy {

// Runs work(0) … work(count − 1) on so many threads, thread t taking t, t + threads, …, and waits.
// Errors: that of the lowest index.
absl::Status ParallelFor(std::size_t count, int threads,
                         const std::function<absl::Status(std::size_t)>& work);

}  // namespace skein::policy
