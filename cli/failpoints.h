#pragma once

#include "absl/status/status.h"

namespace skein::cli {

// For tests of durability: lets this process fail where and when the environment variable
// SKEIN_FAILPOINTS says, as storage/failpoint.h describes, and says so on stderr.
// Errors: INVALID_ARGUMENT.
absl::Status ArmFailpoints();

}  // namespace skein::cli
