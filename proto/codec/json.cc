#include "proto/codec/json.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <system_error>

#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/json_util.h"

#include "proto/codec/utf8.h"
#include "sim/domain/check.h"

namespace skein::codec {
namespace {

using google::protobuf::Message;

// Keeps the first error of the text-format parser.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    if (!text_.empty()) return;
    text_ = absl::StrCat("line ", line + 1, ", column ", column + 1, ": ", message);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

absl::Status FromText(const std::string& text, Message* message) {
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  if (parser.ParseFromString(text, message)) return absl::OkStatus();
  return absl::InvalidArgumentError(error.text());
}

}  // namespace

std::string ToJson(const Message& message, JsonStyle style) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.add_whitespace = style == JsonStyle::kPretty;
  std::string json;
  const bool printed = google::protobuf::util::MessageToJsonString(message, &json, options).ok();
  SKEIN_CHECK(printed, "a message of ours can be printed");
  return json;
}

absl::Status FromJson(const std::string& json, Message* message) {
  const std::unique_ptr<Message> parsed(message->New());
  const auto status = google::protobuf::util::JsonStringToMessage(json, parsed.get());
  if (!status.ok()) return absl::InvalidArgumentError(std::string(status.message()));
  message->GetReflection()->Swap(message, parsed.get());
  return absl::OkStatus();
}

absl::Status ParseMessage(const std::string& content, Message* message) {
  const std::size_t first = content.find_first_not_of(" \t\r\n");
  if (first == std::string::npos)
    return absl::InvalidArgumentError("is empty, want JSON or protobuf text format");
  if (content[first] == '{') return FromJson(content, message);
  const std::unique_ptr<Message> parsed(message->New());
  SKEIN_RETURN_IF_ERROR(FromText(content, parsed.get()));
  SKEIN_RETURN_IF_ERROR(CheckUtf8(*parsed));
  message->GetReflection()->Swap(message, parsed.get());
  return absl::OkStatus();
}

absl::Status ReadMessageFile(const std::string& path, Message* message) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status))
    return absl::NotFoundError(absl::StrCat(path, ": there is no such file"));
  if (!std::filesystem::is_regular_file(status))
    return absl::InvalidArgumentError(absl::StrCat(path, ": is not a file"));
  const auto bytes = std::filesystem::file_size(path, error);
  if (error) return absl::UnavailableError(absl::StrCat(path, ": ", error.message()));
  if (bytes > static_cast<std::uintmax_t>(kMaxFileBytes))
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": has ", bytes, " bytes, want at most ", kMaxFileBytes));
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  if (bytes > 0) content << file.rdbuf();
  if (!file || !content) return absl::UnavailableError(absl::StrCat(path, ": cannot be read"));
  return Annotate(ParseMessage(content.str(), message), path);
}

}  // namespace skein::codec
