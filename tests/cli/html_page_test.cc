#include "cli/report/html_page.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "proto/codec/json.h"

namespace skein::cli {
namespace {

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

  // Not by matchers, which would print the page.
  const auto has = [&html](std::string_view part) { return html.find(part) != std::string::npos; };
  EXPECT_TRUE(html.starts_with("<!doctype html>"));
  EXPECT_TRUE(has(R"("version":"\u003c/script)"));
  EXPECT_FALSE(has("SKEIN_REPORT_DATA"));
  EXPECT_FALSE(has("<script src"));
  EXPECT_FALSE(has("<link rel=\"stylesheet\""));
}

}  // namespace
}  // namespace skein::cli
