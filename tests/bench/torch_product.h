#pragma once

#include <cstddef>
#include <memory>

namespace skein::policy::captain {

// A square product of LibTorch, which is one of its BLAS. This header is free of torch.
class TorchProduct {
 public:
  explicit TorchProduct(std::size_t order);
  ~TorchProduct();
  void Compute();

 private:
  struct Operands;
  std::unique_ptr<Operands> operands_;
};

}  // namespace skein::policy::captain
