#include "cli/import/csv_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <utility>

#include "cli/import/text_file.h"

namespace skein::importer {
namespace {

// Splits a table into rows of fields.
class Scanner {
 public:
  Scanner(const std::string& name, const std::string& text) : name_(name), text_(text) {
    if (text_.compare(0, 3, "\xEF\xBB\xBF") == 0) at_ = 3;  // byte order mark
  }

  bool AtEnd() const { return at_ >= text_.size(); }
  std::size_t line() const { return line_; }

  absl::StatusOr<std::vector<std::string>> Row() {
    std::vector<std::string> fields;
    while (true) {
      SKEIN_ASSIGN_OR_RETURN(std::string field, Field());
      fields.push_back(std::move(field));
      if (AtEnd()) return fields;
      const char separator = text_[at_++];
      if (separator == ',') continue;
      ++line_;  // Field() stops at a comma, at a line end or at the end
      return fields;
    }
  }

 private:
  absl::StatusOr<std::string> Field() {
    std::string field;
    if (AtEnd() || text_[at_] != '"') {
      while (!AtEnd() && text_[at_] != ',' && !SkipReturn() && text_[at_] != '\n')
        field += text_[at_++];
      return field;
    }
    const std::size_t first_line = line_;
    for (++at_; !AtEnd(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '"') {
        field += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        field += text_[at_++];
      } else {
        ++at_;
        SkipReturn();
        if (AtEnd() || text_[at_] == ',' || text_[at_] == '\n') return field;
        return Fail(line_, "a quoted field goes on after its quote");
      }
    }
    return Fail(first_line, "a quoted field does not end");
  }

  // Steps over the CR of a CR LF, onto the LF.
  bool SkipReturn() {
    if (text_.compare(at_, 2, "\r\n") != 0) return false;
    ++at_;
    return true;
  }

  absl::Status Fail(std::size_t line, const char* message) const {
    return absl::InvalidArgumentError(absl::StrCat(name_, ":", line, ": ", message));
  }

  const std::string& name_;
  const std::string& text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

absl::StatusOr<CsvTable> CsvTable::Parse(const std::string& name, const std::string& content) {
  Scanner scanner(name, content);
  CsvTable table;
  table.name_ = name;
  if (scanner.AtEnd()) return absl::InvalidArgumentError(absl::StrCat(name, ":1: is empty"));
  SKEIN_ASSIGN_OR_RETURN(table.header_, scanner.Row());
  std::set<std::string> columns;
  for (const std::string& column : table.header_)
    if (!columns.insert(column).second)
      return absl::InvalidArgumentError(
          absl::StrCat(name, ":1: two columns have the name \"", column, "\""));
  while (!scanner.AtEnd()) {
    Row row;
    row.line = scanner.line();
    SKEIN_ASSIGN_OR_RETURN(row.fields, scanner.Row());
    const bool blank = row.fields.size() == 1 && row.fields[0].empty();
    if (blank && table.header_.size() > 1) continue;
    if (row.fields.size() != table.header_.size())
      return absl::InvalidArgumentError(absl::StrCat(name, ":", row.line, ": has ",
                                                     row.fields.size(), " fields, want ",
                                                     table.header_.size(), " as in the header"));
    table.rows_.push_back(std::move(row));
  }
  return table;
}

absl::StatusOr<CsvTable> CsvTable::Read(const std::string& path) {
  SKEIN_ASSIGN_OR_RETURN(const std::string content, ReadTextFile(path));
  return Parse(path, content);
}

absl::StatusOr<std::size_t> CsvTable::Column(const std::string& name) const {
  const auto found = std::find(header_.begin(), header_.end(), name);
  if (found == header_.end())
    return absl::InvalidArgumentError(absl::StrCat(name_, ":1: has no column \"", name, "\""));
  return static_cast<std::size_t>(found - header_.begin());
}

absl::StatusOr<double> CsvTable::Number(std::size_t row, std::size_t column) const {
  const std::string& text = Text(row, column);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
    return Error(row, column, "a number");
  return value;
}

absl::StatusOr<int> CsvTable::Integer(std::size_t row, std::size_t column, int low,
                                      int high) const {
  const std::string& text = Text(row, column);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < low || value > high)
    return Error(row, column, absl::StrCat("an integer in [", low, ", ", high, "]"));
  return value;
}

absl::Status CsvTable::Error(std::size_t row, std::size_t column, const std::string& want) const {
  constexpr std::size_t kShown = 40;
  return absl::InvalidArgumentError(absl::StrCat(name_, ":", rows_[row].line, ": ", header_[column],
                                                 " = \"", Text(row, column).substr(0, kShown),
                                                 "\", want ", want));
}

}  // namespace skein::importer
