#pragma once

#include <string>
#include <string_view>

#include "sim/domain/status.h"

namespace skein::testing {

// What StrCat takes: absl's string_view need not be that of the standard library.
template <class T>
const T& Printable(const T& value) {
  return value;
}
inline std::string Printable(std::string_view value) { return std::string(value); }

// INTERNAL with the parts of the message put together.
template <class... Parts>
absl::Status Broken(const Parts&... parts) {
  return absl::InternalError(absl::StrCat(Printable(parts)...));
}

}  // namespace skein::testing
