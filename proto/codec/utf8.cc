#include "proto/codec/utf8.h"

#include <cstddef>
#include <vector>

namespace skein::codec {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Bytes of the character that starts with `lead`; 0 if none does.
std::size_t LengthOf(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

// Whether `second` may follow `lead`: no overlong forms, no surrogates, nothing above U+10FFFF.
bool MayFollow(unsigned char lead, unsigned char second) {
  const unsigned char low = lead == 0xE0 ? 0xA0 : (lead == 0xF0 ? 0x90 : 0x80);
  const unsigned char high = lead == 0xED ? 0x9F : (lead == 0xF4 ? 0x8F : 0xBF);
  return second >= low && second <= high;
}

}  // namespace

// Source: The Unicode Standard 15, table 3-7.
bool IsUtf8(const std::string& text) {
  for (std::size_t k = 0; k < text.size();) {
    const auto lead = static_cast<unsigned char>(text[k]);
    const std::size_t length = LengthOf(lead);
    if (length == 0 || length > text.size() - k) return false;
    if (length > 1 && !MayFollow(lead, static_cast<unsigned char>(text[k + 1]))) return false;
    for (std::size_t n = 2; n < length; ++n)
      if ((static_cast<unsigned char>(text[k + n]) & 0xC0) != 0x80) return false;
    k += length;
  }
  return true;
}

absl::Status CheckUtf8(const Message& message) {
  const auto& get = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  get.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? get.FieldSize(message, field) : 1;
    for (int k = 0; k < count; ++k) {
      absl::Status status;
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        status = CheckUtf8(field->is_repeated() ? get.GetRepeatedMessage(message, field, k)
                                                : get.GetMessage(message, field));
      } else if (field->type() == FieldDescriptor::TYPE_STRING) {
        const bool good = IsUtf8(field->is_repeated() ? get.GetRepeatedString(message, field, k)
                                                      : get.GetString(message, field));
        if (!good) status = absl::InvalidArgumentError("is not UTF-8");
      } else {
        break;
      }
      if (!status.ok()) return Annotate(status, field->json_name());
    }
  }
  return absl::OkStatus();
}

}  // namespace skein::codec
