#pragma once

#include <string>

#include "absl/status/status.h"

namespace skein::storage::sqlite {

// Copies a store as of one moment to a new file, which is a store itself; a server may go on
// writing meanwhile. It is SQLite's online backup: copying the files of a live database may lose
// what is still in its log. Errors: NOT_FOUND; ALREADY_EXISTS for the new file; UNAVAILABLE;
// DATA_LOSS, if the copy does not
//         pass SQLite's own check.
absl::Status Copy(const std::string& from, const std::string& to);

}  // namespace skein::storage::sqlite
