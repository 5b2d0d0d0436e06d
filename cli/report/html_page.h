#pragma once

#include <string>
#include <string_view>

#include "sim/domain/status.h"
#include "skein/v1/report_page.pb.h"

namespace skein::cli {

// The page of `--html`: one file with its styles, its program and its data, which needs nothing
// from anywhere else.
std::string HtmlPage(const v1::ReportPage& page);

// Writes the page; the file appears under its name only when it is complete.
// Errors: UNAVAILABLE, if it cannot be written.
absl::Status WriteHtmlPage(const v1::ReportPage& page, const std::string& path);

// Whether the page could be written there. Asked before long work whose result goes there.
// Errors: UNAVAILABLE.
absl::Status CheckHtmlPath(const std::string& path);

// JSON that may stand inside a <script> element: neither ends the element nor breaks a line that
// JavaScript would count.
std::string EscapeForScript(std::string_view json);

}  // namespace skein::cli
