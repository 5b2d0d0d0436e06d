#include <cstdio>

#include "tests/policy/captain/random_checkpoint.h"

// write_random_checkpoint FILE: writes a network of the default sizes that was never trained.
int main(int argc, char** argv) {
  using skein::policy::captain::RandomCheckpoint;
  using skein::policy::captain::WriteCheckpoint;
  if (argc != 2) {
    std::fprintf(stderr, "want one argument, the FILE to write\n");
    return 2;
  }
  const absl::Status written = WriteCheckpoint(argv[1], RandomCheckpoint({}, 1));
  if (written.ok()) return 0;
  std::fprintf(stderr, "%s\n", std::string(written.message()).c_str());
  return 1;
}
