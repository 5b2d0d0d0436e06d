#include "server/console/console_assets.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

// The assembler includes the files as they are: they are too long for string literals.
#define SKEIN_INCLUDE_FILE(name, path)                             \
  asm(".section .rodata\n"                                         \
      ".globl skein_console_" #name "_begin, skein_console_" #name \
      "_end\n"                                                     \
      "skein_console_" #name                                       \
      "_begin:\n"                                                  \
      ".incbin \"" path                                            \
      "\"\n"                                                       \
      "skein_console_" #name                                       \
      "_end:\n"                                                    \
      ".byte 0\n"                                                  \
      ".previous\n");                                              \
  extern "C" const char skein_console_##name##_begin[];            \
  extern "C" const char skein_console_##name##_end[];

SKEIN_INCLUDE_FILE(page, SKEIN_CONSOLE_FILES "/index.html")
SKEIN_INCLUDE_FILE(style, SKEIN_CONSOLE_FILES "/style.css")
SKEIN_INCLUDE_FILE(program, SKEIN_CONSOLE_FILES "/main.js")

namespace skein::server {
namespace {

std::string_view Between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

// The mark of the page: two threads of a skein.
constexpr std::string_view kIcon =
    R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">)"
    R"(<rect width="32" height="32" rx="8" fill="#2458c5"/>)"
    R"(<path d="M7 22C13 22 11 10 16 10s3 12 9 12M7 10c6 0 4 12 9 12s3-12 9-12" fill="none")"
    R"( stroke="#fff" stroke-width="2.6" stroke-linecap="round"/></svg>)";

}  // namespace

const ConsoleAsset* FindConsoleAsset(std::string_view path) {
  static const std::array<std::pair<std::string_view, ConsoleAsset>, 4> assets{{
      {"/",
       {"text/html; charset=utf-8", Between(skein_console_page_begin, skein_console_page_end)}},
      {"/style.css",
       {"text/css; charset=utf-8", Between(skein_console_style_begin, skein_console_style_end)}},
      {"/main.js",
       {"text/javascript; charset=utf-8",
        Between(skein_console_program_begin, skein_console_program_end)}},
      {"/icon.svg", {"image/svg+xml", kIcon}},
  }};
  const auto found = std::find_if(assets.begin(), assets.end(),
                                  [path](const auto& asset) { return asset.first == path; });
  return found == assets.end() ? nullptr : &found->second;
}

}  // namespace skein::server
