#include <dlfcn.h>
#include <pthread.h>

#include <algorithm>
#include <cstddef>

// The metrics page of prometheus-cpp asks for threads with stacks of 100 KiB, and thread-local data
// counts towards them. An OpenBLAS behind CLP, if it is the machine's LAPACK, takes 60 KiB, libpqxx
// another 4, and then the page's printf overflows; with LibTorch no such thread can be made at all.
// So no stack is smaller than 1 MiB. Linked as an object: from a static library it would not be
// taken.
extern "C" int pthread_attr_setstacksize(pthread_attr_t* attributes, std::size_t bytes) noexcept {
  using Function = int (*)(pthread_attr_t*, std::size_t);
  static const auto real =
      reinterpret_cast<Function>(dlsym(RTLD_NEXT, "pthread_attr_setstacksize"));
  constexpr std::size_t kSmallest = std::size_t{1} << 20;
  return real(attributes, std::max(bytes, kSmallest));
}
