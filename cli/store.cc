#include "cli/store.h"

#include <memory>
#include <string>

#include "absl/strings/str_format.h"
#include "cli/print.h"
#include "cli/serve_config.h"
#include "cli/store_url.h"
#include "proto/codec/json.h"
#include "proto/codec/resource_name.h"
#include "server/network/network_host.h"
#include "storage/postgres/dump.h"
#include "storage/postgres/schema.h"
#include "storage/sqlite/backup.h"

namespace skein::cli {
namespace {

struct StoreOptions {
  std::string store;
  std::string config;
  std::string file;
};

// The store that is named, or that of a server's configuration.
absl::StatusOr<std::string> StoreOf(const StoreOptions& options) {
  if (options.config.empty()) return options.store;
  v1::ServerConfig message;
  SKEIN_RETURN_IF_ERROR(Annotate(codec::ReadMessageFile(options.config, &message), options.config));
  SKEIN_ASSIGN_OR_RETURN(const ServeConfig config, DecodeServerConfig(message));
  return config.store;
}

absl::Status NeedsNoCommand(const StoreUrl& url) {
  return absl::InvalidArgumentError(
      absl::StrCat("store = ", url.shown,
                   ", want postgresql://…: other stores are brought up to date when they "
                   "are opened"));
}

absl::Status Migrate(const StoreOptions& options) {
  SKEIN_ASSIGN_OR_RETURN(const StoreUrl url, ParseStoreUrl(options.store));
  if (url.kind != StoreUrl::Kind::kPostgres) return NeedsNoCommand(url);
  SKEIN_RETURN_IF_ERROR(storage::PostgresStore::Migrate(url.location));
  return PrintOut(absl::StrCat(url.shown, ": the schema is up to date\n"));
}

absl::Status ShowStatus(const StoreOptions& options) {
  SKEIN_ASSIGN_OR_RETURN(const StoreUrl url, ParseStoreUrl(options.store));
  if (url.kind != StoreUrl::Kind::kPostgres) return NeedsNoCommand(url);
  SKEIN_ASSIGN_OR_RETURN(const auto steps, storage::PostgresStore::SchemaState(url.location));
  bool current = true;
  std::string text = url.shown + "\n";
  for (const storage::postgres::MigrationState& step : steps) {
    absl::StrAppendFormat(&text, "  %-24s %s\n", step.name, step.applied ? "applied" : "missing");
    current = current && step.applied;
  }
  if (!current) return PrintOut(text + "  run `skein store migrate --store URL`\n");
  SKEIN_ASSIGN_OR_RETURN(const auto store, storage::PostgresStore::Open({.url = url.location}));
  SKEIN_ASSIGN_OR_RETURN(const storage::WriterTerm term, store->lease().Read());
  if (term.epoch == 0)
    text += "  writer                   none yet\n";
  else
    absl::StrAppendFormat(&text, "  writer                   epoch %d, %s%s\n", term.epoch,
                          term.address, term.ended ? ", has given up" : "");
  SKEIN_ASSIGN_OR_RETURN(const auto networks, store->ListNetworks());
  absl::StrAppendFormat(&text, "  networks                 %d\n", networks.size());
  return PrintOut(text);
}

absl::Status BackUp(const StoreOptions& options) {
  SKEIN_ASSIGN_OR_RETURN(const StoreUrl url, ParseStoreUrl(options.store));
  switch (url.kind) {
    case StoreUrl::Kind::kPostgres:
      SKEIN_RETURN_IF_ERROR(storage::postgres::BackUp(url.location, options.file));
      break;
    case StoreUrl::Kind::kSqlite:
      SKEIN_RETURN_IF_ERROR(storage::sqlite::Copy(url.location, options.file));
      break;
    case StoreUrl::Kind::kMemory:
      return absl::InvalidArgumentError("store = memory cannot be backed up");
  }
  return PrintOut(absl::StrCat(url.shown, ": backed up to ", options.file, "\n"));
}

// Replays every network from its first event, so that the backup is known to be good.
absl::Status ReplayAll(const std::string& store_url) {
  SKEIN_ASSIGN_OR_RETURN(const OpenedStore opened, OpenStore(store_url, StoreMode::kMustExist));
  SKEIN_ASSIGN_OR_RETURN(const auto networks, opened.store->ListNetworks());
  for (const storage::NetworkRecord& network : networks) {
    const auto host = server::NetworkHost::Load(network, opened.store.get(),
                                                server::NetworkHost::Begin::kFirstRecord);
    SKEIN_RETURN_IF_ERROR(Annotate(host.status(), codec::NetworkName(network.id)));
    SKEIN_RETURN_IF_ERROR(PrintOut(absl::StrCat(
        codec::NetworkName(network.id), ": ", (*host)->sequence(), " records replayed, digest ",
        codec::HexDigest((*host)->world().Digest()), "\n")));
  }
  return absl::OkStatus();
}

absl::Status Restore(const StoreOptions& options) {
  SKEIN_ASSIGN_OR_RETURN(const StoreUrl url, ParseStoreUrl(options.store));
  switch (url.kind) {
    case StoreUrl::Kind::kPostgres:
      SKEIN_RETURN_IF_ERROR(storage::PostgresStore::Migrate(url.location));
      SKEIN_RETURN_IF_ERROR(storage::postgres::Restore(url.location, options.file));
      break;
    case StoreUrl::Kind::kSqlite:
      SKEIN_RETURN_IF_ERROR(storage::sqlite::Copy(options.file, url.location));
      break;
    case StoreUrl::Kind::kMemory:
      return absl::InvalidArgumentError("store = memory cannot be restored");
  }
  return ReplayAll(options.store);
}

absl::Status RunOn(StoreOptions* options, absl::Status (*run)(const StoreOptions&)) {
  SKEIN_ASSIGN_OR_RETURN(options->store, StoreOf(*options));
  return run(*options);
}

}  // namespace

void AddStore(CLI::App& app, int* exit_code) {
  CLI::App* command = app.add_subcommand("store", "Migrate, back up and restore a store");
  command->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, absl::Status (*run)(const StoreOptions&),
                       const char* file_help) {
    auto options = std::make_shared<StoreOptions>();
    CLI::App* sub = command->add_subcommand(name, help);
    CLI::Option_group* which = sub->add_option_group("which store");
    which->add_option("--store,--database", options->store,
                      "postgresql://HOST/DATABASE, or postgresql for the URL in "
                      "SKEIN_DATABASE_URL; sqlite:PATH to back up and restore");
    which->add_option("--config", options->config, "The store of this file of `skein serve`");
    which->require_option(1);
    if (file_help != nullptr) sub->add_option("--file", options->file, file_help)->required();
    sub->callback([options, run, exit_code] {
      const absl::Status done = RunOn(options.get(), run);
      *exit_code = done.ok() ? kOk : Fail(done);
    });
    return sub;
  };
  add("migrate", "Bring a database's schema up to date", Migrate, nullptr)
      ->footer("Example:\n  skein store migrate --store postgresql://owner@db/fleet\n");
  add("status", "Show a database's schema and writer", ShowStatus, nullptr)
      ->footer("Example:\n  skein store status --store postgresql://skein@db/fleet\n");
  add("backup", "Copy a store to a file; servers may go on", BackUp, "The new file")
      ->footer("Example:\n  skein store backup --store sqlite:skein.db --file monday.skein\n");
  add("restore", "Fill a new store from a backup, and replay all of it", Restore,
      "A file that backup made")
      ->footer("Example:\n  skein store restore --file monday.skein --store sqlite:again.db\n");
}

}  // namespace skein::cli
