#pragma once

#include <cstddef>
#include <functional>

#include "sim/domain/status.h"

namespace skein::policy {

// Runs job(0), …, job(count − 1), begun in this order, on `threads` threads of which the caller is
// one, and waits for them. After an error no further job begins; the first error is returned.
//
// Requires: threads > 0; jobs may run at the same time.
absl::Status RunInParallel(std::size_t count, int threads,
                           const std::function<absl::Status(std::size_t)>& job);

}  // namespace skein::policy
