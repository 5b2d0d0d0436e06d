#include "policy/training/parallel.h"

#include <algorithm>
#include <thread>
#include <vector>

namespace skein::policy {

absl::Status ParallelFor(std::size_t count, int threads,
                         const std::function<absl::Status(std::size_t)>& work) {
  const std::size_t stride = std::min(count, static_cast<std::size_t>(threads));
  std::vector<absl::Status> statuses(count);
  const auto some = [&](std::size_t first) {
    for (std::size_t k = first; k < count; k += stride) statuses[k] = work(k);
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t first = 1; first < stride; ++first) others.emplace_back(some, first);
    some(0);
  }
  for (const absl::Status& status : statuses) SKEIN_RETURN_IF_ERROR(status);
  return absl::OkStatus();
}

}  // namespace skein::policy
