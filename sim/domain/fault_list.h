#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "sim/domain/scenario_validate.h"

namespace skein {

// A proto-JSON field path, put together only when there is a fault: name[row].field[index].
struct FieldPath {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  const char* name;
  std::size_t row = kNone;
  const char* field = nullptr;
  std::size_t index = kNone;

  std::string ToString() const;
};

// Collects faults. A hostile scenario may have millions: only the first kMaxFaults are kept.
class FaultList {
 public:
  static constexpr std::size_t kMaxFaults = 1000;

  void Add(const FieldPath& path, std::string message);
  // "= value, want [low, high]" unless low ≤ value ≤ high; NaN and infinity are outside.
  template <class Value>
  void Range(const FieldPath& path, Value value, std::type_identity_t<Value> low,
             std::type_identity_t<Value> high) {
    if (value >= low && value <= high) return;
    AddOutside(path, Describe(value), Describe(low), Describe(high));
  }
  // A number above `low` and at most `high`.
  void Above(const FieldPath& path, double value, double low, double high);
  // [A-Za-z0-9_.-]{1,64}; with `colon` also ':'.
  void Name(const FieldPath& path, const std::string& name, bool colon = false);
  // Text for people: at most 1,024 bytes, no control characters.
  void Text(const FieldPath& path, const std::string& text);

  bool empty() const { return faults_.empty(); }
  std::vector<Fault> Take();

 private:
  static std::string Describe(double value);
  static std::string Describe(std::int64_t value);
  static std::string Describe(int value) { return Describe(std::int64_t{value}); }
  static std::string Describe(SimDuration value) { return Describe(value.count()); }
  void AddOutside(const FieldPath& path, const std::string& value, const std::string& low,
                  const std::string& high);

  std::vector<Fault> faults_;
  std::size_t dropped_ = 0;
};

}  // namespace skein
