#include "policy/captain/native/levels.h"

namespace skein::policy::captain::native {

std::vector<const Kernels*> Levels() {
  std::vector<const Kernels*> levels{&kBaselineKernels};
#ifdef SKEIN_NATIVE_V3
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    levels.push_back(&kV3Kernels);
#endif
  return levels;
}

}  // namespace skein::policy::captain::native
