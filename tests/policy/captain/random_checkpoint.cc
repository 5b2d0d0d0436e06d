#include "tests/policy/captain/random_checkpoint.h"

#include <cmath>
#include <fstream>

#include "policy/captain/checkpoint/tensor_shapes.h"
#include "sim/domain/draw.h"

namespace skein::policy::captain {
namespace {

bool EndsWith(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

Checkpoint RandomCheckpoint(const CaptainOptions& model, std::uint64_t seed) {
  Checkpoint checkpoint;
  checkpoint.model = model;
  checkpoint.seed = seed;
  std::uint32_t index = 0;
  for (const TensorShape& shape : TensorShapes(model)) {
    Tensor tensor{shape.name, shape.shape, {}};
    std::size_t count = 1;
    for (const std::int64_t size : shape.shape) count *= static_cast<std::size_t>(size);
    const bool gain = EndsWith(shape.name, "norm.weight");
    const bool weight = shape.shape.size() == 2;
    const double spread = weight ? std::sqrt(3 / static_cast<double>(shape.shape.back()))
                          : gain ? 0.5
                                 : 0.2;
    for (std::uint32_t k = 0; k < count; ++k) {
      const double draw = 2 * DrawUniform(seed, Stream::kTest, index, k) - 1;
      tensor.values.push_back(static_cast<float>((gain ? 1 : 0) + spread * draw));
    }
    checkpoint.tensors.push_back(std::move(tensor));
    ++index;
  }
  return checkpoint;
}

absl::Status WriteCheckpoint(const std::string& path, const Checkpoint& checkpoint) {
  std::ofstream file(path, std::ios::binary);
  file << EncodeCheckpoint(checkpoint);
  file.close();
  return file ? absl::OkStatus() : absl::UnavailableError(path + ": cannot be written");
}

}  // namespace skein::policy::captain
