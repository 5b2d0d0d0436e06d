#include "cli/health.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "cli/print.h"
#include "server/grpc/listener_watchdog.h"

namespace skein::cli {
namespace {

struct HealthOptions {
  std::string target = "127.0.0.1:50051";
  std::string service;
  std::int64_t timeout_ms = 2'000;
};

absl::Status Run(const HealthOptions& options) {
  const absl::Status health = server::CheckHealth(
      options.target, std::chrono::milliseconds(options.timeout_ms), options.service);
  if (absl::IsDeadlineExceeded(health))
    return absl::DeadlineExceededError(
        absl::StrCat(options.target, ": no answer within ", options.timeout_ms, " ms"));
  SKEIN_RETURN_IF_ERROR(Annotate(health, options.target));
  return PrintOut(absl::StrCat(options.target, ": serving\n"));
}

}  // namespace

void AddHealth(CLI::App& app, int* exit_code) {
  auto options = std::make_shared<HealthOptions>();
  CLI::App* command = app.add_subcommand("health", "Ask a server whether it serves");
  command->add_option("--target", options->target, "HOST:PORT of the server")
      ->capture_default_str();
  command->add_option("--service", options->service,
                      "skein.leader: whether it leads; or a service of the API [all of them]");
  command->add_option("--timeout-ms", options->timeout_ms, "Milliseconds for the answer")
      ->check(CLI::Range(1, 60'000))
      ->capture_default_str();
  command->footer(
      "Exit code 0 if it serves, else 1.\n"
      "Examples:\n"
      "  skein health\n"
      "  skein health --target fleet-1:50051 --service skein.leader\n");
  command->callback([options, exit_code] {
    const absl::Status done = Run(*options);
    *exit_code = done.ok() ? kOk : Fail(done);
  });
}

}  // namespace skein::cli
