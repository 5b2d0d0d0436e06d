#pragma once

#include <string_view>

namespace skein::cli {

// The page without its data, as cli/report/web was bundled.
std::string_view HtmlTemplate();

}  // namespace skein::cli
