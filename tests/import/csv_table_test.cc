#include "cli/import/csv_table.h"

#include <string>

#include "gtest/gtest.h"

namespace skein::importer {
namespace {

CsvTable Parse(const std::string& content) {
  absl::StatusOr<CsvTable> table = CsvTable::Parse("t.csv", content);
  EXPECT_TRUE(table.ok()) << std::string(table.status().message());
  return *std::move(table);
}

std::string ErrorOf(const std::string& content) {
  return std::string(CsvTable::Parse("t.csv", content).status().message());
}

TEST(CsvTableTest, ReadsQuotesCommasAndLineBreaks) {
  const CsvTable table = Parse("a,b\r\n\"x, \"\"y\"\"\nz\",2\r\n,\n");

  ASSERT_EQ(table.row_count(), 2U);
  EXPECT_EQ(table.Text(0, 0), "x, \"y\"\nz");
  EXPECT_EQ(table.Text(0, 1), "2");
  EXPECT_EQ(table.Text(1, 0), "");
}

TEST(CsvTableTest, SkipsAByteOrderMarkBlankLinesAndAMissingLastLineEnd) {
  const CsvTable table = Parse(
      "\xEF\xBB\xBF"
      "a,b\n1,2\n\n3,4");

  EXPECT_EQ(*table.Column("a"), 0U);
  ASSERT_EQ(table.row_count(), 2U);
  EXPECT_EQ(table.Text(1, 1), "4");
}

TEST(CsvTableTest, NamesFileLineAndColumn) {
  const CsvTable table = Parse("a,b\n\"two\nlines\",1\n7,x1\n");

  EXPECT_EQ(std::string(table.Number(1, 1).status().message()),
            "t.csv:4: b = \"x1\", want a number");
  EXPECT_EQ(std::string(table.Integer(1, 0, 0, 5).status().message()),
            "t.csv:4: a = \"7\", want an integer in [0, 5]");
  EXPECT_EQ(std::string(table.Column("c").status().message()), "t.csv:1: has no column \"c\"");
}

TEST(CsvTableTest, ReadsNumbersStrictly) {
  const CsvTable table = Parse("a\n1.5\n-2e3\n1.5 \n\nnan\ninf\n\"1,5\"\n");

  EXPECT_EQ(*table.Number(0, 0), 1.5);
  EXPECT_EQ(*table.Number(1, 0), -2000);
  EXPECT_FALSE(table.Number(2, 0).ok());
  EXPECT_FALSE(table.Number(3, 0).ok());
  EXPECT_FALSE(table.Number(4, 0).ok());
  EXPECT_FALSE(table.Number(5, 0).ok());
}

TEST(CsvTableTest, ReportsWhatIsNotATable) {
  EXPECT_EQ(ErrorOf(""), "t.csv:1: is empty");
  EXPECT_EQ(ErrorOf("a,b\n1,2,3\n"), "t.csv:2: has 3 fields, want 2 as in the header");
  EXPECT_EQ(ErrorOf("a,b\n1,\"2\n"), "t.csv:2: a quoted field does not end");
  EXPECT_EQ(ErrorOf("a,b\n1,\"2\"3\n"), "t.csv:2: a quoted field goes on after its quote");
  EXPECT_EQ(ErrorOf("a,a\n"), "t.csv:1: two columns have the name \"a\"");
}

TEST(CsvTableTest, ReportsAMissingFile) {
  EXPECT_EQ(CsvTable::Read("/nonexistent/t.csv").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace skein::importer
