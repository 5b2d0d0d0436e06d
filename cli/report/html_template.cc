#include "cli/report/html_template.h"

#include <cstddef>

// The assembler includes the bundle as it is: it is too long for a string literal.
asm(R"(
  .section .rodata
  .globl skein_html_template_begin, skein_html_template_end
skein_html_template_begin:
  .incbin ")" SKEIN_HTML_TEMPLATE R"("
skein_html_template_end:
  .previous
)");

extern "C" const char skein_html_template_begin[];
extern "C" const char skein_html_template_end[];

namespace skein::cli {

std::string_view HtmlTemplate() {
  return {skein_html_template_begin,
          static_cast<std::size_t>(skein_html_template_end - skein_html_template_begin)};
}

}  // namespace skein::cli
