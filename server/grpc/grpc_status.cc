#include "server/grpc/grpc_status.h"

#include <cstdint>

#include "google/protobuf/any.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/wire_format_lite.h"
#include "server/base/reason.h"

namespace skein::server {
namespace {

using google::protobuf::internal::WireFormatLite;

constexpr const char* kErrorInfoUrl = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr const char* kDomain = "skein";
constexpr const char* kLeaderKey = "leader";
constexpr const char* kCut = " ... (cut)";

// Numbers of the fields of google.rpc.Status and google.rpc.ErrorInfo. The messages are written by
// hand since Debian has no package of them.
enum StatusField : int { kCode = 1, kMessage = 2, kDetails = 3 };
enum ErrorInfoField : int { kReason = 1, kErrorDomain = 2, kMetadata = 3 };
enum MapEntryField : int { kKey = 1, kValue = 2 };

// Shortened, but not in the middle of a UTF-8 character.
std::string Shortened(std::string message) {
  if (message.size() <= kMaxErrorMessageBytes) return message;
  std::size_t end = kMaxErrorMessageBytes - std::char_traits<char>::length(kCut);
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0U) == 0x80U) --end;
  message.resize(end);
  return message + kCut;
}

template <class Write>
std::string Message(Write write) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    write(&out);
  }
  return bytes;
}

std::string Details(int code, const std::string& message, const std::string& reason,
                    const std::optional<std::string>& leader) {
  google::protobuf::Any info;
  info.set_type_url(kErrorInfoUrl);
  info.set_value(Message([&](google::protobuf::io::CodedOutputStream* out) {
    WireFormatLite::WriteString(kReason, reason, out);
    WireFormatLite::WriteString(kErrorDomain, kDomain, out);
    if (!leader.has_value()) return;
    WireFormatLite::WriteString(kMetadata,
                                Message([&](google::protobuf::io::CodedOutputStream* entry) {
                                  WireFormatLite::WriteString(kKey, kLeaderKey, entry);
                                  WireFormatLite::WriteString(kValue, *leader, entry);
                                }),
                                out);
  }));
  return Message([&](google::protobuf::io::CodedOutputStream* out) {
    WireFormatLite::WriteInt32(kCode, code, out);
    WireFormatLite::WriteString(kMessage, message, out);
    WireFormatLite::WriteString(kDetails, info.SerializeAsString(), out);
  });
}

// The first length-delimited field with this number; fields of other kinds are passed over.
std::optional<std::string> FindBytes(const std::string& message, int number) {
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const std::uint8_t*>(message.data()),
                                            static_cast<int>(message.size()));
  while (const std::uint32_t tag = in.ReadTag()) {
    if (tag != WireFormatLite::MakeTag(number, WireFormatLite::WIRETYPE_LENGTH_DELIMITED)) {
      if (!WireFormatLite::SkipField(&in, tag)) return std::nullopt;
      continue;
    }
    std::string bytes;
    if (!WireFormatLite::ReadBytes(&in, &bytes)) return std::nullopt;
    return bytes;
  }
  return std::nullopt;
}

// The serialised ErrorInfo in the details of an error.
std::optional<std::string> ErrorInfoOf(const std::string& details) {
  const std::optional<std::string> first = FindBytes(details, kDetails);
  google::protobuf::Any any;
  if (!first.has_value() || !any.ParseFromString(*first)) return std::nullopt;
  if (any.type_url() != kErrorInfoUrl) return std::nullopt;
  return any.value();
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const int code = static_cast<int>(status.code());
  const std::string message = Shortened(std::string(status.message()));
  const std::optional<std::string> reason = ReasonOf(status);
  if (!reason.has_value()) return {static_cast<grpc::StatusCode>(code), message};
  return {static_cast<grpc::StatusCode>(code), message,
          Details(code, message, *reason, LeaderOf(status))};
}

std::optional<std::string> ReasonOfDetails(const std::string& details) {
  const std::optional<std::string> info = ErrorInfoOf(details);
  return info.has_value() ? FindBytes(*info, kReason) : std::nullopt;
}

std::optional<std::string> LeaderOfDetails(const std::string& details) {
  const std::optional<std::string> info = ErrorInfoOf(details);
  if (!info.has_value()) return std::nullopt;
  const std::optional<std::string> entry = FindBytes(*info, kMetadata);
  if (!entry.has_value() || FindBytes(*entry, kKey) != kLeaderKey) return std::nullopt;
  return FindBytes(*entry, kValue);
}

}  // namespace skein::server
