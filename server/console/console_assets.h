#pragma once

#include <string_view>

namespace skein::server {

// A file of the page, as it was bundled from server/console/web.
struct ConsoleAsset {
  std::string_view content_type;
  std::string_view content;
};

// The file at a path such as "/main.js"; null if there is none.
const ConsoleAsset* FindConsoleAsset(std::string_view path);

}  // namespace skein::server
