#include <cstdio>
#include <string>

#include "CLI/CLI.hpp"
#include "cli/bound.h"
#include "cli/drift.h"
#include "cli/drive.h"
#include "cli/evaluate.h"
#include "cli/failpoints.h"
#include "cli/health.h"
#include "cli/metrics.h"
#include "cli/print.h"
#include "cli/replay.h"
#include "cli/scenario.h"
#include "cli/serve.h"
#include "cli/simulate.h"
#include "cli/store.h"
#include "cli/torch.h"
#include "cli/train.h"

int main(int argc, char** argv) {
  if (const absl::Status status = skein::cli::HandOverToTorch(argc, argv); !status.ok())
    return skein::cli::Fail(status);
  if (const absl::Status armed = skein::cli::ArmFailpoints(); !armed.ok())
    return skein::cli::Fail(armed);
  CLI::App app("Skein: fleet operations for urban air mobility");
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "Help of all subcommands");
  app.set_version_flag("--version", std::string(SKEIN_VERSION));
  app.footer(
      "A first look:\n"
      "  skein simulate --scenario metro:sfbay --policy greedy\n"
      "  skein serve &\n"
      "  skein drive --target 127.0.0.1:50051 --scenario metro:sfbay --speed 600\n");
  int exit_code = skein::cli::kOk;
  skein::cli::AddScenario(app, &exit_code);
  skein::cli::AddSimulate(app, &exit_code);
  skein::cli::AddEvaluate(app, &exit_code);
  skein::cli::AddBound(app, &exit_code);
  skein::cli::AddDrift(app, &exit_code);
  skein::cli::AddTrain(app, argv, &exit_code);
  skein::cli::AddServe(app, &exit_code);
  skein::cli::AddDrive(app, &exit_code);
  skein::cli::AddReplay(app, &exit_code);
  skein::cli::AddHealth(app, &exit_code);
  skein::cli::AddMetrics(app, &exit_code);
  skein::cli::AddStore(app, &exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? skein::cli::kOk : skein::cli::kUsage;
  }
  return exit_code;
}
