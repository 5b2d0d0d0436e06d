#include "policy/captain/torch/small_product.h"

#include <torch/torch.h>

#include "gtest/gtest.h"

namespace skein::policy::captain {
namespace {

// Small whole numbers, so that sums are exact in any order; some are zero.
torch::Tensor WholeNumbers(at::IntArrayRef shape) {
  return torch::randint(-2, 3, shape, torch::kFloat32);
}

void ExpectEqual(const torch::Tensor& got, const torch::Tensor& want) {
  EXPECT_EQ(got.sizes(), want.sizes());
  EXPECT_TRUE(torch::equal(got, want));
}

TEST(SmallProductTest, AgreesWithMatmulInValueAndGradients) {
  torch::manual_seed(5);
  for (const auto& [rows, inner, columns] : {std::tuple{1, 1, 1}, {3, 5, 7}, {8, 40, 128}}) {
    const torch::Tensor a = WholeNumbers({4, rows, inner}).requires_grad_();
    const torch::Tensor c = WholeNumbers({4, inner, columns}).requires_grad_();
    const torch::Tensor weights = WholeNumbers({4, rows, columns});

    const torch::Tensor got = SmallProduct(a, c);
    const auto gradients = torch::autograd::grad({(got * weights).sum()}, {a, c});

    const torch::Tensor want = a.matmul(c);
    const auto wanted = torch::autograd::grad({(want * weights).sum()}, {a, c});
    ExpectEqual(got, want);
    ExpectEqual(gradients[0], wanted[0]);
    ExpectEqual(gradients[1], wanted[1]);
  }
}

TEST(SmallProductTest, ReadsTransposedAndRepeatedMatrices) {
  torch::manual_seed(6);
  const torch::Tensor a = WholeNumbers({2, 6, 3}).transpose(1, 2);
  const torch::Tensor c = WholeNumbers({1, 6, 5}).expand({2, 6, 5});

  ExpectEqual(SmallProduct(a, c), a.matmul(c));
}

TEST(SmallProductTest, GivesNoGradientThatNobodyWants) {
  const torch::Tensor a = torch::ones({1, 2, 2});
  const torch::Tensor c = torch::ones({1, 2, 2}).requires_grad_();

  SmallProduct(a, c).sum().backward();

  EXPECT_FALSE(a.grad().defined());
  ExpectEqual(c.grad(), torch::full({1, 2, 2}, 2.0F));
}

}  // namespace
}  // namespace skein::policy::captain
