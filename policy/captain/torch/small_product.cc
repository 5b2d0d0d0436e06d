#include "policy/captain/torch/small_product.h"

#include <torch/torch.h>

#include "sim/domain/check.h"

namespace skein::policy::captain {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct Sizes {
  std::int64_t rows;
  std::int64_t inner;
  std::int64_t columns;
};

// to += left · right. The left matrix is read through strides, so that a transposed one need not be
// copied.
__attribute__((target_clones("arch=x86-64-v3", "default"), optimize("O3"))) void AddProduct(
    const float* left, std::int64_t row_stride, std::int64_t column_stride,
    const float* __restrict right, const Sizes& sizes, float* __restrict to) {
  const std::int64_t columns = sizes.columns;
  for (std::int64_t m = 0; m < sizes.rows; ++m) {
    for (std::int64_t k = 0; k < sizes.inner; ++k) {
      const float factor = left[m * row_stride + k * column_stride];
      if (factor == 0) continue;
      for (std::int64_t n = 0; n < columns; ++n)
        to[m * columns + n] += factor * right[k * columns + n];
    }
  }
}

torch::Tensor Multiply(const torch::Tensor& a, const torch::Tensor& c) {
  const torch::Tensor right = c.contiguous();
  const Sizes sizes{a.size(1), a.size(2), right.size(2)};
  torch::Tensor product = torch::zeros({a.size(0), sizes.rows, sizes.columns});
  for (std::int64_t b = 0; b < a.size(0); ++b)
    AddProduct(a.data_ptr<float>() + b * a.stride(0), a.stride(1), a.stride(2),
               right.data_ptr<float>() + b * sizes.inner * sizes.columns, sizes,
               product.data_ptr<float>() + b * sizes.rows * sizes.columns);
  return product;
}

class Product : public torch::autograd::Function<Product> {
 public:
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& a,
                               const torch::Tensor& c) {
    context->save_for_backward({a, c});
    return Multiply(a, c);
  }
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const auto wants = [&](std::size_t input) { return context->needs_input_grad(input); };
    variable_list result(2);
    if (wants(0)) result[0] = Multiply(gradients[0], saved[1].transpose(1, 2));
    if (wants(1)) result[1] = Multiply(saved[0].transpose(1, 2), gradients[0]);
    return result;
  }
};

}  // namespace

torch::Tensor SmallProduct(const torch::Tensor& a, const torch::Tensor& c) {
  SKEIN_CHECK(a.dim() == 3 && c.dim() == 3 && a.size(0) == c.size(0) && a.size(2) == c.size(1),
              "small products are [B, M, K] x [B, K, N]");
  return Product::apply(a, c);
}

}  // namespace skein::policy::captain
