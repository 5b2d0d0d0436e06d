#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/captain/model_options.h"
#include "sim/domain/status.h"

namespace skein::policy::captain {

// One named array of numbers; values are row-major.
struct Tensor {
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

// A trained network with what made it. The file is
//
//   "SKEINCPT" | version u32 | header bytes u32 | CheckpointHeader | float32… | SHA-256
//
// with everything little-endian and the checksum over all bytes before it.
struct Checkpoint {
  CaptainOptions model;
  std::vector<Tensor> tensors;
  std::int64_t decisions = 0;
  std::uint64_t seed = 0;
  std::string training_config;  // protobuf text format
  std::string commit;
  std::vector<std::pair<std::string, std::string>> libraries;  // name, version
  std::string trainer_state;  // serialised; only in files from which training goes on
  std::string checksum;       // SHA-256 of the file, hexadecimal; set where one is decoded

  // The tensor of that name; null if there is none.
  const Tensor* Find(std::string_view name) const;
};

inline constexpr std::uint32_t kCheckpointVersion = 1;
inline constexpr std::size_t kMaxCheckpointBytes = std::size_t{256} << 20;

// Requires: each tensor has as many values as its shape says.
std::string EncodeCheckpoint(const Checkpoint& checkpoint);

// Errors: DATA_LOSS, if the bytes are cut off, altered or contradict themselves;
//         FAILED_PRECONDITION, if they are of another version or of other features than this
//         program computes.
absl::StatusOr<Checkpoint> DecodeCheckpoint(std::string_view bytes);

// Errors: NOT_FOUND; UNAVAILABLE, if it cannot be read; those of DecodeCheckpoint.
absl::StatusOr<Checkpoint> ReadCheckpoint(const std::string& path);

}  // namespace skein::policy::captain
