#pragma once

#include <string>
#include <string_view>

#include "skein/v1/report_page.pb.h"

namespace skein::cli {

// The page of `--html`: one file with its styles, its program and its data, which needs nothing
// from anywhere else.
std::string HtmlPage(const v1::ReportPage& page);

// JSON that may stand inside a <script> element: neither ends the element nor breaks a line that
// JavaScript would count.
std::string EscapeForScript(std::string_view json);

}  // namespace skein::cli
