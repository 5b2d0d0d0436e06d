#pragma once

#include <span>
#include <string_view>

namespace skein::storage {

// One step of the schema. Steps are never changed once released; a new one is added instead.
struct Migration {
  int version = 0;        // 1, 2, 3, …
  std::string_view name;  // of the file
  std::string_view sql;
};

// All steps of an embedded store in order, as they were in storage/migrations when this program was
// built.
std::span<const Migration> Migrations();

// All steps of a PostgreSQL store, of storage/postgres/migrations.
std::span<const Migration> PostgresMigrations();

}  // namespace skein::storage
