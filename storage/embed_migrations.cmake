# Writes the migrations into a C++ source. Usage:
#   cmake -DOUTPUT=migrations.cc -DINPUTS="0001_a.sql;0002_b.sql" -P embed_migrations.cmake
set(rows "")
foreach(input IN LISTS INPUTS)
  file(READ ${input} sql)
  get_filename_component(name ${input} NAME)
  if(NOT name MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)\\.sql$")
    message(FATAL_ERROR "${name}: a migration is named 0001_what_it_does.sql")
  endif()
  string(REGEX REPLACE "^0+" "" version ${CMAKE_MATCH_1})
  string(APPEND rows "      {${version}, \"${name}\", R\"skein_sql(${sql})skein_sql\"},\n")
endforeach()
file(WRITE ${OUTPUT} "// Generated from storage/migrations by storage/embed_migrations.cmake.
#include \"storage/migrations.h\"

namespace skein::storage {

std::span<const Migration> Migrations() {
  static constexpr Migration kMigrations[] = {
${rows}  };
  return kMigrations;
}

}  // namespace skein::storage
")
