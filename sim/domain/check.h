#pragma once

#include <string_view>

namespace skein::internal {

// Prints the failed condition with its place and aborts.
[[noreturn]] void CheckFailed(std::string_view condition, std::string_view message,
                              const char* file, int line);

}  // namespace skein::internal

// Stops the process if an invariant of ours does not hold. On in all builds.
#define SKEIN_CHECK(condition, message)                                          \
  do {                                                                           \
    if (!(condition)) [[unlikely]]                                               \
      ::skein::internal::CheckFailed(#condition, (message), __FILE__, __LINE__); \
  } while (false)
