#include "policy/registry.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_join.h"
#include "policy/captain/captain_dispatcher.h"
#include "policy/external/external.h"
#include "policy/planners/genetic/genetic.h"
#include "policy/planners/rolling/rolling.h"
#include "policy/rules/rules.h"

namespace skein::policy {
namespace {

// "ga" of "ga:population=50".
std::string BaseOf(const std::string& name) { return name.substr(0, name.find(':')); }

// "population=50" of "ga:population=50".
std::string OptionsIn(const std::string& name) {
  const std::size_t colon = name.find(':');
  return colon == std::string::npos ? "" : name.substr(colon + 1);
}

// Those without options.
const std::array kPlain = {"random", "fcfs", "greedy", "rolling", "hold"};

// A loaded network and where it is from.
struct LoadedCaptain {
  std::unique_ptr<captain::Backend> backend;
  std::string checksum;
  std::shared_ptr<const captain::DriftReference> reference;  // null: there is none
};

// What the days of training looked like; null if no file beside the checkpoint says so.
absl::StatusOr<std::shared_ptr<const captain::DriftReference>> LoadReference(
    const std::string& checkpoint_path, const std::string& checksum) {
  const std::string path = captain::DriftReferencePath(checkpoint_path);
  absl::StatusOr<captain::DriftReference> reference = captain::ReadDriftReference(path);
  if (absl::IsNotFound(reference.status())) return nullptr;
  SKEIN_RETURN_IF_ERROR(reference.status());
  if (reference->policy_checksum != checksum)
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is of another checkpoint than the one beside it: make it anew with ",
                     "`skein drift learn`, or remove it"));
  return std::make_shared<const captain::DriftReference>(*std::move(reference));
}

absl::StatusOr<LoadedCaptain> LoadCaptain(const std::string& name, const CaptainParts& parts) {
  if (!parts.backend) return absl::FailedPreconditionError("policy captain has no backend here");
  std::string path = OptionsIn(name);
  if (path.empty()) {
    SKEIN_ASSIGN_OR_RETURN(path, parts.checkpoint);
  }
  absl::StatusOr<captain::Checkpoint> checkpoint = captain::ReadCheckpoint(path);
  // The caller's thing is there; what it is made of is not.
  if (absl::IsNotFound(checkpoint.status()))
    return absl::FailedPreconditionError(checkpoint.status().message());
  SKEIN_RETURN_IF_ERROR(checkpoint.status());
  absl::StatusOr<std::unique_ptr<captain::Backend>> backend = parts.backend(*checkpoint);
  if (!backend.ok()) return Annotate(backend.status(), absl::StrCat("checkpoint ", path));
  LoadedCaptain loaded{*std::move(backend), checkpoint->checksum, nullptr};
  if (parts.watch_drift) {
    SKEIN_ASSIGN_OR_RETURN(loaded.reference, LoadReference(path, loaded.checksum));
  }
  return loaded;
}

}  // namespace

std::vector<std::string> DispatcherNames() {
  std::vector<std::string> names(kPlain.begin(), kPlain.end());
  names.insert(names.end(),
               {"ga[:OPTION=VALUE,...]", "captain[:CHECKPOINT]", "external:HOST:PORT"});
  return names;
}

absl::Status CheckDispatcherName(const std::string& name) {
  const std::string base = BaseOf(name);
  std::string wrong;
  if (base == "ga") {
    const auto options = ParseGeneticOptions(OptionsIn(name));
    if (options.ok()) return absl::OkStatus();
    wrong = absl::StrCat(": ", std::string(options.status().message()));
  } else if (base == "ga-clairvoyant") {
    wrong =
        " sees the day that it will face, so that only `skein evaluate` can make it, as a "
        "reference";
  } else if (base == "captain") {
    if (name == base || !OptionsIn(name).empty()) return absl::OkStatus();
    wrong = ", want captain or captain:CHECKPOINT, a file that `skein train` wrote";
  } else if (base == "external" || std::find(kPlain.begin(), kPlain.end(), name) != kPlain.end()) {
    return absl::OkStatus();
  } else {
    wrong = absl::StrCat(", want one of ", absl::StrJoin(DispatcherNames(), ", "));
  }
  return absl::InvalidArgumentError(absl::StrCat("policy = \"", name, "\"", wrong));
}

absl::StatusOr<std::unique_ptr<Dispatcher>> MakeDispatcher(const std::string& name,
                                                           const DispatcherOptions& options) {
  SKEIN_RETURN_IF_ERROR(CheckDispatcherName(name));
  if (name == "hold") return MakeHold();
  if (name == "random") return MakeRandom(options.seed);
  if (name == "fcfs") return MakeFcfs();
  if (name == "greedy") return MakeGreedy(options.network);
  if (BaseOf(name) == "ga") {
    SKEIN_ASSIGN_OR_RETURN(const GeneticOptions genetic, ParseGeneticOptions(OptionsIn(name)));
    return MakeGenetic(genetic, options.seed);
  }
  if (name == "rolling") return MakeRolling(options.network);
  if (BaseOf(name) == "captain") {
    SKEIN_ASSIGN_OR_RETURN(LoadedCaptain loaded, LoadCaptain(name, options.captain));
    return captain::MakeCaptain(options.network, std::move(loaded.backend), loaded.checksum,
                                {options.clock, std::move(loaded.reference)});
  }
  return MakeExternal(
      {.target = OptionsIn(name), .network = options.network, .deadline = options.deadline});
}

absl::Status CheckDispatcher(const std::string& name, const CaptainParts& captain) {
  SKEIN_RETURN_IF_ERROR(CheckDispatcherName(name));
  return BaseOf(name) == "captain" ? LoadCaptain(name, captain).status() : absl::OkStatus();
}

}  // namespace skein::policy
