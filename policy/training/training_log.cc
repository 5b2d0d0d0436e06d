#include "policy/training/training_log.h"

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/descriptor.h"

#include "proto/codec/json.h"

namespace skein::policy {
namespace {

using google::protobuf::FieldDescriptor;

std::string FieldText(const v1::TrainingProgress& row, const FieldDescriptor* field) {
  const google::protobuf::Reflection& values = *row.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: return absl::StrCat(values.GetInt32(row, field));
    case FieldDescriptor::CPPTYPE_INT64: return absl::StrCat(values.GetInt64(row, field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrFormat("%.6g", values.GetDouble(row, field));
    case FieldDescriptor::CPPTYPE_BOOL: return values.GetBool(row, field) ? "1" : "0";
    default: return values.GetString(row, field);
  }
}

}  // namespace

std::string TrainingCsv(const std::vector<v1::TrainingProgress>& history) {
  const google::protobuf::Descriptor& type = *v1::TrainingProgress::descriptor();
  std::vector<std::string> cells;
  for (int k = 0; k < type.field_count(); ++k) cells.push_back(type.field(k)->name());
  std::string csv = absl::StrJoin(cells, ",") + "\n";
  for (const v1::TrainingProgress& row : history) {
    for (int k = 0; k < type.field_count(); ++k)
      cells[static_cast<std::size_t>(k)] = FieldText(row, type.field(k));
    absl::StrAppend(&csv, absl::StrJoin(cells, ","), "\n");
  }
  return csv;
}

std::string TrainingJsonLines(const std::vector<v1::TrainingProgress>& history) {
  std::string lines;
  for (const v1::TrainingProgress& row : history) absl::StrAppend(&lines, codec::ToJson(row), "\n");
  return lines;
}

}  // namespace skein::policy
