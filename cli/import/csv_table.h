#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/domain/status.h"

namespace skein::importer {

// A comma-separated table with a header row. Source: RFC 4180; LF line ends are taken too.
//
// Errors name the file, the line and the column: `weather.csv:17: vis_sm = "x", want a number`.
class CsvTable {
 public:
  // `name` is what errors call the file.
  // Errors: INVALID_ARGUMENT, if quotes do not match, a row has not as many fields as the header,
  // or
  //         two columns have one name.
  static absl::StatusOr<CsvTable> Parse(const std::string& name, const std::string& content);
  // Reads a file. Errors: those of ReadTextFile and Parse.
  static absl::StatusOr<CsvTable> Read(const std::string& path);

  std::size_t row_count() const { return rows_.size(); }

  // Index of a column. Errors: INVALID_ARGUMENT, if there is none of that name.
  absl::StatusOr<std::size_t> Column(const std::string& name) const;

  // Requires: row < row_count(), column from Column().
  const std::string& Text(std::size_t row, std::size_t column) const {
    return rows_[row].fields[column];
  }
  // Errors: INVALID_ARGUMENT, if the field is not a finite decimal number.
  absl::StatusOr<double> Number(std::size_t row, std::size_t column) const;
  // Errors: INVALID_ARGUMENT, if the field is not an integer in [low, high].
  absl::StatusOr<int> Integer(std::size_t row, std::size_t column, int low, int high) const;
  // INVALID_ARGUMENT that names the place: `= "value", want …`.
  absl::Status Error(std::size_t row, std::size_t column, const std::string& want) const;

 private:
  struct Row {
    std::size_t line = 0;  // where it begins, from 1
    std::vector<std::string> fields;
  };

  std::string name_;
  std::vector<std::string> header_;
  std::vector<Row> rows_;
};

}  // namespace skein::importer
