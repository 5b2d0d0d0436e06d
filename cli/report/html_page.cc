#include "cli/report/html_page.h"

#include <cstddef>

#include "cli/report/html_template.h"
#include "proto/codec/json.h"
#include "sim/domain/check.h"

namespace skein::cli {
namespace {

// Stands once in the template, where the data goes.
constexpr std::string_view kPlaceholder = "SKEIN_REPORT_DATA";

}  // namespace

std::string EscapeForScript(std::string_view json) {
  std::string text;
  text.reserve(json.size() + json.size() / 8);
  for (std::size_t k = 0; k < json.size(); ++k) {
    const std::string_view rest = json.substr(k);
    if (json[k] == '<') {
      text += "\\u003c";
    } else if (rest.starts_with("\u2028")) {
      text += "\\u2028";
      k += 2;
    } else if (rest.starts_with("\u2029")) {
      text += "\\u2029";
      k += 2;
    } else {
      text += json[k];
    }
  }
  return text;
}

std::string HtmlPage(const v1::ReportPage& page) {
  const std::string_view all = HtmlTemplate();
  const std::size_t at = all.find(kPlaceholder);
  SKEIN_CHECK(at != std::string_view::npos && at == all.rfind(kPlaceholder),
              "the page has not exactly one place for its data");
  std::string text(all.substr(0, at));
  text += EscapeForScript(codec::ToJson(page));
  text += all.substr(at + kPlaceholder.size());
  return text;
}

}  // namespace skein::cli
