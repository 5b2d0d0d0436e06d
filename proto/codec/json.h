#pragma once

#include <cstdint>
#include <string>

#include "google/protobuf/message.h"

#include "sim/domain/status.h"

// Messages as text: canonical protobuf JSON, and text format for files. Unknown fields are errors.
namespace skein::codec {

enum class JsonStyle { kLine, kPretty };

// Largest file that ReadMessageFile takes.
inline constexpr std::int64_t kMaxFileBytes = std::int64_t{64} << 20;

// Canonical JSON: lowerCamelCase names, zeros printed, 64-bit integers as strings, doubles exact.
// kLine has neither line breaks nor a final one.
//
// Requires: strings are UTF-8.
std::string ToJson(const google::protobuf::Message& message, JsonStyle style = JsonStyle::kLine);

// Reads canonical JSON. On an error `message` is unchanged.
//
// Errors: INVALID_ARGUMENT with the place of the fault.
absl::Status FromJson(const std::string& json, google::protobuf::Message* message);

// Reads JSON, if the first character that is not space is '{', else protobuf text format. On an
// error `message` is unchanged.
//
// Errors: INVALID_ARGUMENT with the place of the fault.
absl::Status ParseMessage(const std::string& content, google::protobuf::Message* message);

// ParseMessage of a file.
//
// Errors: NOT_FOUND; UNAVAILABLE, if it cannot be read; INVALID_ARGUMENT, also for a file of more
//         than kMaxFileBytes.
absl::Status ReadMessageFile(const std::string& path, google::protobuf::Message* message);

}  // namespace skein::codec
