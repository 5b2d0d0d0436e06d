#include "proto/codec/field_checker.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/escaping.h"

namespace skein::codec {
namespace {

constexpr std::size_t kMaxIdBytes = 64;
const char* const kIdRange = "want 1 to 64 of the characters A-Z a-z 0-9 _ . -";

bool IsIdCharacter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

void AppendStep(std::string& path, const char* field, int index) {
  if (field != nullptr) absl::StrAppend(&path, path.empty() ? "" : ".", field);
  if (index >= 0) absl::StrAppend(&path, "[", index, "]");
}

}  // namespace

bool IsId(const std::string& text) {
  return !text.empty() && text.size() <= kMaxIdBytes &&
         std::all_of(text.begin(), text.end(), IsIdCharacter);
}

absl::Status CheckId(const std::string& field, const std::string& text) {
  if (IsId(text)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(field, " = ", Quoted(text), ", ", kIdRange));
}

std::string Quoted(const std::string& text) {
  constexpr std::size_t kShown = 64;
  return absl::StrCat("\"", absl::CEscape(text.substr(0, kShown)), text.size() > kShown ? "…" : "",
                      "\"");
}

FieldChecker::FieldChecker(const char* root) {
  if (root != nullptr) path_.push_back({root, -1});
}

FieldChecker::Scope::Scope(FieldChecker* checker, const char* field, int index)
    : checker_(checker) {
  checker_->path_.push_back({field, index});
}

FieldChecker::Scope::~Scope() { checker_->path_.pop_back(); }

void FieldChecker::Fail(const char* field, const std::string& message, int index) {
  if (faults_.size() >= kMaxFaults) return;
  std::string path;
  for (const Step& step : path_) AppendStep(path, step.field, step.index);
  AppendStep(path, field, index);
  faults_.push_back({path, message});
}

double FieldChecker::Finite(const char* field, double value, int index) {
  if (std::isfinite(value)) return value;
  Fail(field, absl::StrCat("= ", value, ", want a finite number"), index);
  return 0;
}

std::vector<double> FieldChecker::FiniteList(
    const char* field, const google::protobuf::RepeatedField<double>& values) {
  std::vector<double> result(values.begin(), values.end());
  for (std::size_t k = 0; k < result.size(); ++k)
    result[k] = Finite(field, result[k], static_cast<int>(k));
  return result;
}

double FieldChecker::NotNegative(const char* field, double value, int index) {
  if (std::isfinite(value) && value >= 0) return value;
  Fail(field, absl::StrCat("= ", value, ", want a finite number of at least 0"), index);
  return 0;
}

std::int64_t FieldChecker::NotNegative(const char* field, std::int64_t value) {
  if (value >= 0 && value <= kMaxMs) return value;
  Fail(field, absl::StrCat("= ", value, ", want [0, ", kMaxMs, "]"));
  return 0;
}

int FieldChecker::NotNegative(const char* field, std::int32_t value) {
  if (value >= 0) return value;
  Fail(field, absl::StrCat("= ", value, ", want at least 0"));
  return 0;
}

SimTime FieldChecker::Time(const char* field, std::int64_t ms) {
  return SimTime{Duration(field, ms)};
}

SimDuration FieldChecker::Duration(const char* field, std::int64_t ms) {
  if (ms >= -kMaxMs && ms <= kMaxMs) return SimDuration{ms};
  Fail(field, absl::StrCat("= ", ms, ", want [", -kMaxMs, ", ", kMaxMs, "]"));
  return SimDuration{0};
}

TripId FieldChecker::Trip(const char* field, std::int64_t number, int index) {
  if (number < 1)
    Fail(field, absl::StrCat("= ", number, ", want a trip number of at least 1"), index);
  return TripId{number};
}

std::string FieldChecker::IdText(const char* field, const std::string& text) {
  if (IsId(text)) return text;
  Fail(field, absl::StrCat("= ", Quoted(text), ", ", kIdRange));
  return {};
}

VertiportId FieldChecker::VertiportNamed(const char* field, const std::string& name,
                                         const Names& names) {
  const VertiportId id = names.FindVertiport(name);
  if (!id.valid())
    Fail(field, absl::StrCat("= ", Quoted(name), ", want one of the network's vertiports"));
  return id;
}

AircraftId FieldChecker::AircraftNamed(const char* field, const std::string& name,
                                       const Names& names) {
  const AircraftId id = names.FindAircraft(name);
  if (!id.valid())
    Fail(field, absl::StrCat("= ", Quoted(name), ", want one of the network's aircraft"));
  return id;
}

}  // namespace skein::codec
