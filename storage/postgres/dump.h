#pragma once

#include <string>

#include "absl/status/status.h"

// Backups of a PostgreSQL store: everything in it as of one moment, in one file with a checksum.
//
//   "SKEINPG1" | the schema's fingerprint | per table: its name, COPY's binary rows in chunks, an
//   empty chunk | SHA-256
//
// They are made by COPY rather than by pg_dump, so that one command serves both kinds of store, no
// client program of the right version is needed, and a damaged file is refused before anything is
// written.
namespace skein::storage::postgres {

// Writes the database at `url` to a new file; servers go on meanwhile.
// Errors: ALREADY_EXISTS for the file; FAILED_PRECONDITION, if the schema is not this program's;
//         UNAVAILABLE.
absl::Status BackUp(const std::string& url, const std::string& file);

// Fills the database at `url`, whose schema is up to date and which holds no networks, in one
// transaction. The term of whoever wrote to the original is ended.
// Errors: NOT_FOUND or DATA_LOSS for the file; FAILED_PRECONDITION, if the database is not empty,
// or
//         if the backup belongs to another schema; UNAVAILABLE.
absl::Status Restore(const std::string& url, const std::string& file);

}  // namespace skein::storage::postgres
