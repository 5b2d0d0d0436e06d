#include "policy/captain/native/kernels/all_kernels.h"

namespace skein::policy::captain::native {

// AVX2 with fused multiply-add. Twelve sums, two vectors of weights and a factor fill the
// registers.
constexpr Kernels kV3Kernels = KernelsOf<Level<8, 6>>("v3");

}  // namespace skein::policy::captain::native
