#include "cli/import/json_fields.h"

#include <cmath>
#include <utility>

#include "absl/strings/str_join.h"

namespace skein::importer {
namespace {

const nlohmann::json& Nothing() {
  static const nlohmann::json nothing = nlohmann::json::object();
  return nothing;
}

// "line 3, column 7" of a byte of the document.
std::string Place(const std::string& content, std::size_t byte) {
  std::size_t line = 1;
  std::size_t column = 1;
  for (std::size_t k = 0; k + 1 < byte && k < content.size(); ++k) {
    column = content[k] == '\n' ? 1 : column + 1;
    line += content[k] == '\n' ? 1 : 0;
  }
  return absl::StrCat("line ", line, ", column ", column);
}

}  // namespace

absl::StatusOr<nlohmann::json> ParseJson(const std::string& name, const std::string& content) {
  try {
    return nlohmann::json::parse(content);
  } catch (const nlohmann::json::parse_error& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": is not JSON at ", Place(content, error.byte)));
  }
}

void JsonErrors::Add(const std::string& path, const std::string& message) {
  messages_.push_back(absl::StrCat(path, " ", message));
}

absl::Status JsonErrors::status() const {
  if (messages_.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(name_, ": ", absl::StrJoin(messages_, "; ")));
}

JsonFields::JsonFields(const nlohmann::json& value, std::string path, JsonErrors& errors)
    : value_(&value), path_(std::move(path)), errors_(&errors) {
  if (value.is_object()) return;
  errors_->Add(path_.empty() ? "the document" : path_, "is not an object");
  value_ = &Nothing();
}

std::string JsonFields::PathOf(const std::string& field) const {
  return path_.empty() ? field : absl::StrCat(path_, ".", field);
}

const nlohmann::json* JsonFields::Find(const char* field) {
  read_.insert(field);
  const auto found = value_->find(field);
  if (found != value_->end()) return &*found;
  errors_->Add(PathOf(field), "is missing");
  return nullptr;
}

double JsonFields::Number(const char* field, double low, double high) {
  const nlohmann::json* value = Find(field);
  if (value == nullptr) return low;
  if (value->is_number()) {
    const double number = value->get<double>();
    if (number >= low && number <= high) return number;
  }
  errors_->Add(PathOf(field),
               absl::StrCat("= ", value->dump(), ", want a number in [", low, ", ", high, "]"));
  return low;
}

int JsonFields::Integer(const char* field, int low, int high) {
  const double number = Number(field, low, high);
  if (number != std::floor(number))
    errors_->Add(PathOf(field), absl::StrCat("= ", number, ", want an integer"));
  return static_cast<int>(number);
}

bool JsonFields::Bool(const char* field) {
  const nlohmann::json* value = Find(field);
  if (value == nullptr) return false;
  if (value->is_boolean()) return value->get<bool>();
  errors_->Add(PathOf(field), absl::StrCat("= ", value->dump(), ", want true or false"));
  return false;
}

std::string JsonFields::Text(const char* field) {
  const nlohmann::json* value = Find(field);
  if (value == nullptr) return {};
  if (value->is_string()) return value->get<std::string>();
  errors_->Add(PathOf(field), absl::StrCat("= ", value->dump(), ", want text"));
  return {};
}

std::vector<double> JsonFields::Numbers(const char* field, double low, double high) {
  std::vector<double> numbers;
  const nlohmann::json* value = Find(field);
  if (value == nullptr) return numbers;
  if (!value->is_array()) {
    errors_->Add(PathOf(field), "is not an array");
    return numbers;
  }
  for (const nlohmann::json& entry : *value) {
    const double number = entry.is_number() ? entry.get<double>() : high + 1;
    if (!(number >= low && number <= high))
      errors_->Add(absl::StrCat(PathOf(field), "[", numbers.size(), "]"),
                   absl::StrCat("= ", entry.dump(), ", want a number in [", low, ", ", high, "]"));
    numbers.push_back(number);
  }
  return numbers;
}

SimDuration JsonFields::Minutes(const char* field, double low, double high) {
  return SimDuration{std::llround(Number(field, low, high) * 60'000)};
}

SimDuration JsonFields::Seconds(const char* field, double low, double high) {
  return SimDuration{std::llround(Number(field, low, high) * 1000)};
}

JsonFields JsonFields::Object(const char* field) {
  const nlohmann::json* value = Find(field);
  return {value == nullptr ? Nothing() : *value, PathOf(field), *errors_};
}

std::vector<JsonFields> JsonFields::Objects(const char* field) {
  std::vector<JsonFields> objects;
  const nlohmann::json* value = Find(field);
  if (value == nullptr) return objects;
  if (!value->is_array()) {
    errors_->Add(PathOf(field), "is not an array");
    return objects;
  }
  for (const nlohmann::json& entry : *value)
    objects.emplace_back(entry, absl::StrCat(PathOf(field), "[", objects.size(), "]"), *errors_);
  return objects;
}

void JsonFields::Close() {
  for (const auto& [field, value] : value_->items())
    if (read_.count(field) == 0) errors_->Add(PathOf(field), "is not a known field");
}

}  // namespace skein::importer
