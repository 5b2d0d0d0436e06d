#include "sim/domain/fault_list.h"

#include <algorithm>
#include <utility>

namespace skein {
namespace {

constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kMaxTextBytes = 1024;

bool IsNameCharacter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

// The text for a message: short, and with '?' for what is not printable ASCII.
std::string Quoted(const std::string& text) {
  constexpr std::size_t kShown = 40;
  std::string shown = text.substr(0, kShown);
  for (char& c : shown)
    if (c < 0x20 || c > 0x7E) c = '?';
  return absl::StrCat("\"", shown, text.size() > kShown ? "…" : "", "\"");
}

}  // namespace

std::string FieldPath::ToString() const {
  std::string path = name;
  if (row != kNone) absl::StrAppend(&path, "[", row, "]");
  if (field != nullptr) absl::StrAppend(&path, ".", field);
  if (index != kNone) absl::StrAppend(&path, "[", index, "]");
  return path;
}

void FaultList::Add(const FieldPath& path, std::string message) {
  if (faults_.size() < kMaxFaults)
    faults_.push_back({path.ToString(), std::move(message)});
  else
    ++dropped_;
}

std::string FaultList::Describe(double value) { return absl::StrCat(value); }
std::string FaultList::Describe(std::int64_t value) { return absl::StrCat(value); }

void FaultList::AddOutside(const FieldPath& path, const std::string& value, const std::string& low,
                           const std::string& high) {
  Add(path, absl::StrCat("= ", value, ", want [", low, ", ", high, "]"));
}

void FaultList::Above(const FieldPath& path, double value, double low, double high) {
  if (value > low && value <= high) return;
  Add(path, absl::StrCat("= ", value, ", want (", low, ", ", high, "]"));
}

void FaultList::Name(const FieldPath& path, const std::string& name, bool colon) {
  const auto legal = [colon](char c) { return IsNameCharacter(c) || (colon && c == ':'); };
  if (!name.empty() && name.size() <= kMaxNameBytes && std::all_of(name.begin(), name.end(), legal))
    return;
  Add(path, absl::StrCat("= ", Quoted(name), ", want 1 to 64 of A-Z, a-z, 0-9, '_', '.', '-'",
                         colon ? ", ':'" : ""));
}

void FaultList::Text(const FieldPath& path, const std::string& text) {
  if (text.size() <= kMaxTextBytes && std::none_of(text.begin(), text.end(), IsControl)) return;
  Add(path, absl::StrCat("= ", Quoted(text), ", want at most ", kMaxTextBytes,
                         " bytes without control characters"));
}

std::vector<Fault> FaultList::Take() {
  if (dropped_ > 0) faults_.push_back({"scenario", absl::StrCat("has ", dropped_, " more faults")});
  return std::move(faults_);
}

}  // namespace skein
