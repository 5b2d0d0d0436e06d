#pragma once

namespace skein::cli {

// The git commit that the program was built from, 40 hexadecimal digits; followed by "-dirty-" and
// a hash of the changes if tracked files had any; "unknown" without a repository.
extern const char* const kBuildCommit;

}  // namespace skein::cli
