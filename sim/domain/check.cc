#include "sim/domain/check.h"

#include <cstdio>
#include <cstdlib>

namespace skein {
namespace {

thread_local int contained = 0;

}  // namespace

ContainedChecks::ContainedChecks() { ++contained; }
ContainedChecks::~ContainedChecks() { --contained; }

namespace internal {

void CheckFailed(std::string_view condition, std::string_view message, const char* file, int line) {
  if (contained > 0)
    throw BrokenInvariant("check failed: " + std::string(condition) + ": " + std::string(message));
  std::fprintf(stderr, "%s:%d: check failed: %.*s: %.*s\n", file, line,
               static_cast<int>(condition.size()), condition.data(),
               static_cast<int>(message.size()), message.data());
  std::fflush(stderr);
  std::abort();
}

}  // namespace internal
}  // namespace skein
