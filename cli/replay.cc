#include "cli/replay.h"

#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "cli/captain_backend.h"
#include "cli/print.h"
#include "cli/store_url.h"
#include "policy/registry.h"
#include "proto/codec/field_checker.h"
#include "proto/codec/json.h"
#include "proto/codec/resource_name.h"
#include "server/network/decision_audit.h"
#include "server/network/network_host.h"
#include "skein/v1/journal.pb.h"
#include "skein/v1/replay_report.pb.h"

namespace skein::cli {
namespace {

using storage::JournalRecord;

struct ReplayOptions {
  std::string store;
  std::string network;
  bool verify = false;
  bool ask_again = false;
  std::string backend = kDefaultBackend;
  bool json = false;
};

enum class Snapshots { kHidden, kShown };

// A store of which one sees the journal up to a record; counts what is read.
class JournalUpTo : public storage::FleetStore {
 public:
  JournalUpTo(storage::FleetStore* store, std::int64_t last, Snapshots snapshots)
      : store_(store), last_(last), snapshots_(snapshots) {}

  absl::Status CommitBatch(std::span<const storage::NetworkBatch>) override {
    return absl::UnimplementedError("a replay writes nothing");
  }
  absl::StatusOr<std::vector<storage::NetworkRecord>> ListNetworks() override {
    return store_->ListNetworks();
  }
  absl::StatusOr<std::optional<storage::SnapshotRecord>> LoadSnapshot(
      const std::string& network, std::int64_t at_most) override {
    if (snapshots_ == Snapshots::kHidden) return std::nullopt;
    return store_->LoadSnapshot(network, std::min(at_most, last_));
  }
  absl::StatusOr<std::vector<JournalRecord>> ReadJournal(
      const storage::JournalQuery& query) override {
    storage::JournalQuery within = query;
    if (last_ < query.before_sequence) within.before_sequence = last_ + 1;
    SKEIN_ASSIGN_OR_RETURN(std::vector<JournalRecord> records, store_->ReadJournal(within));
    for (const JournalRecord& record : records) {
      if (record.kind == server::kDecisionRecord)
        ++decisions_;
      else if (record.kind == server::kRefusalRecord)
        ++refusals_;
      else
        ++events_;
    }
    progress_.Show(absl::StrCat("replayed ", events_ + decisions_ + refusals_, " records"));
    return records;
  }
  absl::StatusOr<std::optional<storage::ResponseRecord>> FindResponse(const std::string&,
                                                                      const std::string&,
                                                                      const std::string&) override {
    return std::nullopt;
  }

  std::int64_t events() const { return events_; }
  std::int64_t decisions() const { return decisions_; }
  std::int64_t refusals() const { return refusals_; }

 private:
  storage::FleetStore* const store_;
  const std::int64_t last_;
  const Snapshots snapshots_;
  std::int64_t events_ = 0;
  std::int64_t decisions_ = 0;
  std::int64_t refusals_ = 0;
  ProgressLine progress_;
};

absl::StatusOr<storage::NetworkRecord> FindNetwork(storage::FleetStore* store,
                                                   const std::string& name) {
  const std::string prefix = "networks/";
  const std::string id = name.rfind(prefix, 0) == 0 ? name.substr(prefix.size()) : name;
  SKEIN_ASSIGN_OR_RETURN(const auto networks, store->ListNetworks());
  std::string known;
  for (const storage::NetworkRecord& network : networks) {
    if (network.id == id) return network;
    absl::StrAppend(&known, known.empty() ? "" : ", ", network.id);
  }
  return absl::NotFoundError(absl::StrCat("network = ", codec::Quoted(id), ", the store has ",
                                          known.empty() ? "none" : known));
}

// The digest of the state to which the journal comes with its record `last`.
absl::StatusOr<std::string> DigestAfter(const storage::NetworkRecord& network, std::int64_t last,
                                        storage::FleetStore* store) {
  JournalUpTo journal(store, last, Snapshots::kHidden);
  SKEIN_ASSIGN_OR_RETURN(const auto host, server::NetworkHost::Load(network, &journal));
  return codec::HexDigest(host->world().Digest());
}

absl::Status CheckEqual(const std::string& what, const std::string& digest,
                        const std::string& want) {
  if (digest == want) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat(what, " has the digest ", digest, ", the journal gives ", want));
}

// Derives the decisions' explanations again and, if wanted, the policy's choices.
absl::Status Audit(const ReplayOptions& options, const storage::NetworkRecord& network,
                   storage::FleetStore* store, v1::ReplayReport* report) {
  server::DecisionAuditOptions audit_options{.last = report->records()};
  if (options.ask_again) {
    SKEIN_ASSIGN_OR_RETURN(const policy::CaptainParts captain, CaptainPartsOf(options.backend));
    audit_options.dispatchers = [captain](const server::DispatcherRequest& request) {
      return policy::MakeDispatcher(
          request.policy, {.network = request.network, .seed = request.seed, .captain = captain});
    };
  }
  SKEIN_ASSIGN_OR_RETURN(const server::DecisionAudit audit,
                         server::AuditDecisions(network, store, audit_options));
  report->set_explained(audit.explained);
  report->set_scored(audit.scored);
  report->set_scored_best(audit.best);
  if (!options.ask_again) return absl::OkStatus();
  v1::ChoicesAgain* again = report->mutable_again();
  again->set_repeatable(audit.repeatable);
  again->set_choices(audit.asked);
  again->set_same_bits(audit.same_bits);
  again->set_other_backend(audit.asked - audit.same_bits);
  again->set_same_action(audit.same_action);
  again->set_score_difference(audit.score_difference);
  again->set_other_weights(audit.other_weights);
  return absl::OkStatus();
}

// Compares the journal with the newest snapshot and with what a restart would come to, and audits
// its decisions.
absl::Status Verify(const ReplayOptions& options, const storage::NetworkRecord& network,
                    storage::FleetStore* store, v1::ReplayReport* report) {
  SKEIN_RETURN_IF_ERROR(Audit(options, network, store, report));
  SKEIN_ASSIGN_OR_RETURN(const auto snapshot, store->LoadSnapshot(network.id, report->records()));
  if (snapshot.has_value()) {
    v1::NetworkSnapshot message;
    if (!message.ParseFromString(snapshot->payload))
      return absl::DataLossError("the newest snapshot cannot be read");
    SKEIN_ASSIGN_OR_RETURN(const std::string digest,
                           DigestAfter(network, snapshot->sequence, store));
    SKEIN_RETURN_IF_ERROR(CheckEqual(absl::StrCat("the snapshot after record ", snapshot->sequence),
                                     message.digest(), digest));
    report->set_snapshot_sequence(snapshot->sequence);
  }
  // A server may be adding to the journal meanwhile.
  JournalUpTo seen(store, report->records(), Snapshots::kShown);
  SKEIN_ASSIGN_OR_RETURN(const auto restarted, server::NetworkHost::Load(network, &seen));
  SKEIN_RETURN_IF_ERROR(CheckEqual("the state after a restart",
                                   codec::HexDigest(restarted->world().Digest()),
                                   report->digest()));
  report->set_verified(true);
  return absl::OkStatus();
}

absl::StatusOr<v1::ReplayReport> Replay(const ReplayOptions& options) {
  SKEIN_ASSIGN_OR_RETURN(const auto opened, OpenStore(options.store, StoreMode::kMustExist));
  storage::FleetStore* const store = opened.store.get();
  SKEIN_ASSIGN_OR_RETURN(const storage::NetworkRecord network, FindNetwork(store, options.network));
  v1::ReplayReport report;
  report.set_network(codec::NetworkName(network.id));
  {
    JournalUpTo journal(store, std::numeric_limits<std::int64_t>::max(), Snapshots::kHidden);
    SKEIN_ASSIGN_OR_RETURN(const auto host, server::NetworkHost::Load(network, &journal));
    report.set_records(host->sequence());
    report.set_events(journal.events());
    report.set_decisions(journal.decisions());
    report.set_refusals(journal.refusals());
    report.set_time_ms(ToMs(host->world().now()));
    report.set_digest(codec::HexDigest(host->world().Digest()));
  }
  if (options.verify) SKEIN_RETURN_IF_ERROR(Verify(options, network, store, &report));
  return report;
}

std::string TextOf(const v1::ChoicesAgain& again) {
  if (!again.repeatable())
    return "  again               the policy keeps plans in mind, so it was not asked again\n";
  std::string text = absl::StrFormat(
      "  again      %10d  choices of the policy, of which %d came out the same to the last bit\n",
      again.choices(), again.same_bits());
  if (again.other_backend() > 0)
    absl::StrAppendFormat(&text,
                          "  elsewhere  %10d  were computed by another backend: %d have the same "
                          "action, scores differ by at most %.2g\n",
                          again.other_backend(), again.same_action(), again.score_difference());
  if (again.other_weights() > 0)
    absl::StrAppendFormat(&text,
                          "  other      %10d  are of other weights than the policy has now\n",
                          again.other_weights());
  return text;
}

std::string TextOf(const v1::ReplayReport& report) {
  std::string text = absl::StrFormat("%s: %d records replayed from the first event\n",
                                     report.network(), report.records());
  absl::StrAppendFormat(&text, "  events     %10d\n", report.events());
  absl::StrAppendFormat(&text, "  decisions  %10d  each with the digest that was recorded\n",
                        report.decisions());
  absl::StrAppendFormat(&text, "  refusals   %10d\n", report.refusals());
  absl::StrAppendFormat(&text, "  time       %10s\n", ClockText(report.time_ms()));
  absl::StrAppendFormat(&text, "  digest     %s\n", report.digest());
  if (!report.verified()) return text;
  absl::StrAppendFormat(&text,
                        "  explained  %10d  derived again from the state before each decision\n",
                        report.explained());
  if (report.scored() > 0)
    absl::StrAppendFormat(&text, "  scored     %10d  of which %d chose the best legal score\n",
                          report.scored(), report.scored_best());
  if (report.has_again()) text += TextOf(report.again());
  if (report.snapshot_sequence() > 0)
    absl::StrAppendFormat(
        &text, "  verified   the snapshot after record %d, and the state after a restart\n",
        report.snapshot_sequence());
  else
    text += "  verified   the state after a restart; there is no snapshot\n";
  return text;
}

absl::Status Run(const ReplayOptions& options) {
  SKEIN_ASSIGN_OR_RETURN(const v1::ReplayReport report, Replay(options));
  return PrintOut(options.json ? codec::ToJson(report, codec::JsonStyle::kPretty) + "\n"
                               : TextOf(report));
}

}  // namespace

void AddReplay(CLI::App& app, int* exit_code) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* command =
      app.add_subcommand("replay", "Replay a network's journal from its first event");
  command
      ->add_option("--store", options->store,
                   "sqlite:PATH, which no server may have open, or postgresql://HOST/DATABASE")
      ->required();
  command->add_option("--network", options->network, "The network's id")->required();
  CLI::Option* const verify = command->add_flag(
      "--verify", options->verify,
      "Also compare with the newest snapshot and the state after a restart, and derive "
      "each decision's explanation again");
  command
      ->add_flag(
          "--ask-again", options->ask_again,
          "Also have the policy choose again; what the same weights and the same backend chose "
          "must come out the same to the last bit")
      ->needs(verify);
  AddBackendOption(*command, &options->backend);
  command->add_flag("--json", options->json, "Print a ReplayReport as JSON");
  command->footer(
      "Every decision must give the digest that was recorded with it, else the replay fails.\n"
      "Examples:\n"
      "  skein replay --store sqlite:skein.db --network sfbay --verify --ask-again\n"
      "  skein replay --store postgresql://skein@db/fleet --network sfbay --json\n");
  command->callback([options, exit_code] {
    const absl::Status status = Run(*options);
    *exit_code = status.ok() ? kOk : Fail(status);
  });
}

}  // namespace skein::cli
