#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace skein {

// A check that failed while ContainedChecks was in force.
class BrokenInvariant : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

// While one lives, a failed check of its thread throws BrokenInvariant instead of stopping the
// process. Only for work whose whole result is thrown away then, such as the replay of one
// network's journal: the others go on.
class ContainedChecks {
 public:
  ContainedChecks();
  ~ContainedChecks();
  ContainedChecks(const ContainedChecks&) = delete;
  ContainedChecks& operator=(const ContainedChecks&) = delete;
};

namespace internal {

// Prints the failed condition with its place and aborts, or throws BrokenInvariant.
[[noreturn]] void CheckFailed(std::string_view condition, std::string_view message,
                              const char* file, int line);

}  // namespace internal
}  // namespace skein

// Stops the process if an invariant of ours does not hold. On in all builds.
#define SKEIN_CHECK(condition, message)                                          \
  do {                                                                           \
    if (!(condition)) [[unlikely]]                                               \
      ::skein::internal::CheckFailed(#condition, (message), __FILE__, __LINE__); \
  } while (false)
