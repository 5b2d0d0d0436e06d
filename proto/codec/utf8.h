#pragma once

#include <string>

#include "google/protobuf/message.h"

#include "sim/domain/status.h"

namespace skein::codec {

bool IsUtf8(const std::string& text);

// OK, or INVALID_ARGUMENT naming the first string field of `message` that is not UTF-8. The wire
// and JSON parsers check this themselves, the text-format parser does not.
absl::Status CheckUtf8(const google::protobuf::Message& message);

}  // namespace skein::codec
