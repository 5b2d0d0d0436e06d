#include "tests/storage/postgres_cluster.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/postgres/session.h"

namespace skein::storage {
namespace {

constexpr std::chrono::seconds kPatience{30};

// Becomes the script in a new process; returns its id.
pid_t Spawn(const std::vector<std::string>& arguments) {
  const pid_t child = fork();
  if (child != 0) return child;
  std::vector<char*> argv{const_cast<char*>(SKEIN_CLUSTER_SCRIPT)};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  execv(SKEIN_CLUSTER_SCRIPT, argv.data());
  _exit(127);
}

std::unique_ptr<postgres::Session> Connect(const std::string& url) {
  const auto connection = postgres::ConnectionString::Parse(url);
  EXPECT_TRUE(connection.ok()) << connection.status();
  auto session = postgres::Session::Open(connection->to_primary(), kPatience);
  EXPECT_TRUE(session.ok()) << session.status();
  return std::move(session).value();
}

}  // namespace

PostgresCluster::PostgresCluster(const std::string& settings)
    : PostgresCluster(settings, testing::TempDir()) {}

PostgresCluster::PostgresCluster(const std::string& settings, const std::string& parent) {
  std::string pattern = parent + "/skein-pg-XXXXXX";
  folder_ = mkdtemp(pattern.data());
  chmod(folder_.c_str(), 0755);
  EXPECT_EQ(Script("init", settings), 0) << "see " << folder_ << "/initdb.log";
  Start();
}

PostgresCluster::~PostgresCluster() {
  Stop(SIGQUIT);
  Script("remove", "");
}

int PostgresCluster::Script(const std::string& command, const std::string& argument) const {
  int status = -1;
  EXPECT_EQ(waitpid(Spawn({command, folder_, argument}), &status, 0) > 0, true);
  return status;
}

std::string PostgresCluster::url(const std::string& database) const {
  return "postgresql://skein@/" + database + "?host=" + folder_;
}

void PostgresCluster::Stop(int signal_number) {
  if (server_ < 0) return;
  kill(server_, signal_number);
  waitpid(server_, nullptr, 0);
  server_ = -1;
}

void PostgresCluster::Start() {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < give_up) {
    // After a crash the first try may meet the remains of the old server.
    if (server_ < 0 || waitpid(server_, nullptr, WNOHANG) == server_)
      server_ = Spawn({"run", folder_});
    if (Script("ready", "") == 0) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  FAIL() << "PostgreSQL did not start, see " << folder_ << "/server.log";
}

std::string PostgresCluster::NewDatabase() {
  const bool first = databases_ == 0;
  if (first) {
    const absl::Status migrated = PostgresStore::Migrate(url());
    EXPECT_TRUE(migrated.ok()) << migrated;
  }
  const std::string name = "test_" + std::to_string(databases_++);
  Execute(url("postgres"), "CREATE DATABASE " + name + " TEMPLATE skein");
  return url(name);
}

void PostgresCluster::Execute(const std::string& url, const std::string& sql) {
  const absl::Status done =
      Connect(url)->Run<pqxx::nontransaction>(sql, [&](pqxx::nontransaction& transaction) {
        transaction.exec(sql);
        return absl::OkStatus();
      });
  EXPECT_TRUE(done.ok()) << done;
}

std::string PostgresCluster::Query(const std::string& url, const std::string& sql) {
  const absl::StatusOr<std::string> value = Connect(url)->Run<pqxx::nontransaction>(
      sql, [&](pqxx::nontransaction& transaction) -> absl::StatusOr<std::string> {
        const pqxx::result rows = transaction.exec(sql);
        if (rows.empty() || rows[0][0].is_null()) return std::string();
        return std::string(rows[0][0].c_str());
      });
  EXPECT_TRUE(value.ok()) << value.status();
  return value.value_or("");
}

std::unique_ptr<PostgresStore> OpenPostgres(const std::string& url) {
  return OpenPostgres(PostgresStore::Options{.url = url});
}

std::unique_ptr<PostgresStore> OpenPostgres(PostgresStore::Options options) {
  auto opened = PostgresStore::Open(std::move(options));
  EXPECT_TRUE(opened.ok()) << opened.status();
  return std::move(opened).value();
}

std::unique_ptr<PostgresStore> OpenWriter(const std::string& url) {
  return OpenWriter(PostgresStore::Options{.url = url});
}

std::unique_ptr<PostgresStore> OpenWriter(PostgresStore::Options options) {
  auto store = OpenPostgres(std::move(options));
  const auto seen = store->lease().Read();
  EXPECT_TRUE(seen.ok()) << seen.status();
  const auto epoch = store->lease().Take(*seen, {"test", "127.0.0.1:1", 1000});
  EXPECT_TRUE(epoch.ok()) << epoch.status();
  return store;
}

int Interrupt(const std::string& url, const std::string& how, const std::string& condition) {
  return std::stoi(PostgresCluster::Query(
      url, absl::StrCat("SELECT count(*) FILTER (WHERE ", how,
                        "(pid)) FROM pg_stat_activity WHERE datname = current_database()"
                        " AND application_name = 'skein' AND pid <> pg_backend_pid() AND ",
                        condition)));
}

}  // namespace skein::storage
