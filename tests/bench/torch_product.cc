#include "tests/bench/torch_product.h"

#include <torch/torch.h>

namespace skein::policy::captain {

struct TorchProduct::Operands {
  torch::Tensor a;
  torch::Tensor b;
  torch::Tensor c;
};

TorchProduct::TorchProduct(std::size_t order) {
  const auto size = static_cast<std::int64_t>(order);
  operands_ = std::make_unique<Operands>(
      Operands{torch::ones({size, size}), torch::ones({size, size}), torch::ones({size, size})});
}

TorchProduct::~TorchProduct() = default;

void TorchProduct::Compute() {
  const torch::InferenceMode inference;
  torch::mm_out(operands_->c, operands_->a, operands_->b);
}

}  // namespace skein::policy::captain
