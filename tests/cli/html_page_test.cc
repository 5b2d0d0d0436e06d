#include "cli/report/html_page.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/codec/json.h"

namespace skein::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(HtmlPageTest, EscapesWhatWouldEndTheScript) {
  EXPECT_EQ(EscapeForScript(R"({"a":"</script><!--"})"), R"({"a":"\u003c/script>\u003c!--"})");
  EXPECT_EQ(EscapeForScript("\u2028x\u2029ü"), "\\u2028x\\u2029ü");
}

TEST(HtmlPageTest, EscapedJsonIsTheSameMessage) {
  v1::ReportPage page;
  page.set_version("</script>\u2028\u2029 & \"<b>\"");
  v1::ReportPage read;

  ASSERT_TRUE(codec::FromJson(EscapeForScript(codec::ToJson(page)), &read).ok());

  EXPECT_EQ(read.version(), page.version());
}

TEST(HtmlPageTest, IsOneFileWithItsData) {
  v1::ReportPage page;
  page.set_version("</script><b>");

  const std::string html = HtmlPage(page);

  EXPECT_THAT(html, StartsWith("<!doctype html>"));
  EXPECT_THAT(html, HasSubstr(R"("version":"\u003c/script>\u003cb>")"));
  EXPECT_THAT(html, Not(HasSubstr("SKEIN_REPORT_DATA")));
  EXPECT_THAT(html, Not(HasSubstr("<script src")));
  EXPECT_THAT(html, Not(HasSubstr("<link rel=\"stylesheet\"")));
}

}  // namespace
}  // namespace skein::cli
