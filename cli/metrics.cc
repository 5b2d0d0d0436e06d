#include "cli/metrics.h"

#include <cstdio>

#include "cli/print.h"
#include "server/metrics/metric_catalogue.h"

namespace skein::cli {

void AddMetrics(CLI::App& app, int* exit_code) {
  CLI::App* command = app.add_subcommand("metrics", "List the metrics of the service, as Markdown");
  command->callback([exit_code] {
    std::fputs(server::MetricsMarkdown().c_str(), stdout);
    *exit_code = kOk;
  });
}

}  // namespace skein::cli
