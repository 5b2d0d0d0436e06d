#include <memory>

#include "cli/print.h"
#include "cli/torch.h"
#include "cli/train.h"

namespace skein::cli {

void AddTrain(CLI::App& app, char** argv, int* exit_code) {
  auto options = std::make_shared<TrainOptions>();
  CLI::App* command = app.add_subcommand("train", "Train the policy captain (by skein-torch)");
  command->add_option("--config", options->config, "TrainingConfig as JSON or protobuf text")
      ->required();
  command->add_option("--out", options->out, "Folder for checkpoints, logs and the learning curve")
      ->required();
  command->add_flag("--resume", options->resume, "Go on from the state in the folder, if any");
  command->footer(
      "Example:\n"
      "  skein train --config deploy/training/imitation.txtpb --out run\n"
      "  skein simulate --policy captain:run/best.captain --days 10\n");
  command->callback([options, argv, exit_code] {
    const absl::Status status = Train(*options, argv);
    *exit_code = status.ok() ? kOk : Fail(status);
  });
}

}  // namespace skein::cli
