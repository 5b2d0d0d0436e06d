#pragma once

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

// Returns the status of `expression` from the enclosing function unless it is OK.
#define SKEIN_RETURN_IF_ERROR(expression)                                                    \
  do {                                                                                       \
    if (::absl::Status skein_status = (expression); !skein_status.ok()) return skein_status; \
  } while (false)

#define SKEIN_STATUS_CONCAT_INNER(a, b) a##b
#define SKEIN_STATUS_CONCAT(a, b) SKEIN_STATUS_CONCAT_INNER(a, b)

// Assigns the value of a StatusOr to `target`, or returns its status.
#define SKEIN_ASSIGN_OR_RETURN(target, expression) \
  SKEIN_ASSIGN_OR_RETURN_IMPL(SKEIN_STATUS_CONCAT(skein_or_, __LINE__), target, expression)
#define SKEIN_ASSIGN_OR_RETURN_IMPL(result, target, expression) \
  auto result = (expression);                                   \
  if (!result.ok()) return result.status();                     \
  target = std::move(result).value()

namespace skein {

// The same code with `context` in front of the message; OK stays OK.
inline absl::Status Annotate(const absl::Status& status, const std::string& context) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(context, ": ", status.message()));
}

}  // namespace skein
