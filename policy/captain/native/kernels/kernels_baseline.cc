#include "policy/captain/native/kernels/all_kernels.h"

namespace skein::policy::captain::native {

// Four floats a vector: what every x86-64 has, and other processors, too.
constexpr Kernels kBaselineKernels = KernelsOf<Level<4, 3>>("baseline");

}  // namespace skein::policy::captain::native
