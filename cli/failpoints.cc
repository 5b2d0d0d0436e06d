#include "cli/failpoints.h"

#include <cstdio>
#include <cstdlib>

#include "sim/domain/status.h"
#include "storage/failpoint.h"

namespace skein::cli {

absl::Status ArmFailpoints() {
  constexpr const char* kVariable = "SKEIN_FAILPOINTS";
  const char* const list = std::getenv(kVariable);
  if (list == nullptr || *list == '\0') return absl::OkStatus();
  std::fprintf(stderr, "failpoints are armed: %s\n", list);
  return Annotate(failpoint::Arm(list), kVariable);
}

}  // namespace skein::cli
