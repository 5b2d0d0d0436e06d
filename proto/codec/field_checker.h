#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "google/protobuf/repeated_field.h"

#include "proto/codec/names.h"
#include "sim/domain/scenario_validate.h"
#include "sim/domain/sim_time.h"
#include "sim/domain/status.h"

namespace skein::codec {

// Times and durations in messages lie within ± this; sums of a few of them cannot overflow.
inline constexpr std::int64_t kMaxMs = std::int64_t{1} << 52;

// Whether `text` is 1 to 64 of the characters A-Z a-z 0-9 _ . -
bool IsId(const std::string& text);
// OK, or INVALID_ARGUMENT naming `field`, unless `text` is such an id.
absl::Status CheckId(const std::string& field, const std::string& text);

// The text in quotes for an error message: shortened, and escaped where it is not printable ASCII.
std::string Quoted(const std::string& text);

// Checks the fields of a message while it is decoded. Each function returns a usable value and
// records a fault, with the path of the field in proto JSON spelling, if the value is not legal. So
// decoding is straight-line code, and all faults of a message come out together.
class FieldChecker {
 public:
  // Beyond it faults are not recorded; a hostile message may have millions.
  static constexpr std::size_t kMaxFaults = 1000;

  // `root` starts every path; null: nothing does.
  explicit FieldChecker(const char* root = nullptr);

  // Within the lifetime of a Scope, paths go through its field.
  class Scope {
   public:
    Scope(FieldChecker* checker, const char* field, int index);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    FieldChecker* checker_;
  };
  [[nodiscard]] Scope Enter(const char* field, int index = -1) { return {this, field, index}; }

  // Records that `field` (null: the message itself) is at fault: "= 3, want [0, 2]".
  void Fail(const char* field, const std::string& message, int index = -1);

  double Finite(const char* field, double value, int index = -1);
  std::vector<double> FiniteList(const char* field,
                                 const google::protobuf::RepeatedField<double>& values);
  double NotNegative(const char* field, double value, int index = -1);  // and finite
  std::int64_t NotNegative(const char* field, std::int64_t value);
  int NotNegative(const char* field, std::int32_t value);
  SimTime Time(const char* field, std::int64_t ms);                     // within ± kMaxMs
  SimDuration Duration(const char* field, std::int64_t ms);             // within ± kMaxMs
  TripId Trip(const char* field, std::int64_t number, int index = -1);  // at least 1
  std::string IdText(const char* field, const std::string& text);
  VertiportId VertiportNamed(const char* field, const std::string& name, const Names& names);
  AircraftId AircraftNamed(const char* field, const std::string& name, const Names& names);

  bool ok() const { return faults_.empty(); }
  const std::vector<Fault>& faults() const { return faults_; }
  // OK, or INVALID_ARGUMENT with all faults.
  absl::Status status() const { return ToStatus(faults_); }

 private:
  struct Step {
    const char* field;
    int index;
  };

  std::vector<Step> path_;
  std::vector<Fault> faults_;
};

}  // namespace skein::codec
