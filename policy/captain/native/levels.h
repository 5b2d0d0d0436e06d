#pragma once

#include <vector>

#include "policy/captain/native/kernels/kernels.h"

namespace skein::policy::captain::native {

// The kernels of the levels that this machine can run, from the slowest to the fastest; never
// empty.
std::vector<const Kernels*> Levels();

}  // namespace skein::policy::captain::native
