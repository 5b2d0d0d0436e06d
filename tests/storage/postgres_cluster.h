#pragma once

#include <sys/types.h>

#include <csignal>
#include <memory>
#include <string>

#include "storage/postgres/postgres_store.h"

namespace skein::storage {

// A PostgreSQL server of its own, in a folder of its own (in `parent`), on a socket there; see
// tests/postgres/cluster.sh. It ends and vanishes with this object, or with the test's process.
class PostgresCluster {
 public:
  // `settings` as in "synchronous_commit = on"; one a line. Fails the test if it does not start.
  explicit PostgresCluster(const std::string& settings = "");
  PostgresCluster(const std::string& settings, const std::string& parent);
  ~PostgresCluster();
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;

  // Of the database of this name, "skein" is there from the start.
  std::string url(const std::string& database = "skein") const;

  // SIGINT: a fast shutdown; SIGQUIT: an immediate one; SIGKILL: a crash.
  void Stop(int signal_number = SIGINT);
  // Starts the server again and waits until it takes connections.
  void Start();

  // A new database with the newest schema; returns its URL.
  std::string NewDatabase();

  // Runs statements in the database with this URL; fails the test if they fail.
  static void Execute(const std::string& url, const std::string& sql);
  // The first value of the first row, as text.
  static std::string Query(const std::string& url, const std::string& sql);

 private:
  int Script(const std::string& command, const std::string& argument) const;

  std::string folder_;
  pid_t server_ = -1;
  int databases_ = 0;
};

// A store of the database, and one whose lease is taken. They fail the test if they cannot be had.
std::unique_ptr<PostgresStore> OpenPostgres(const std::string& url);
std::unique_ptr<PostgresStore> OpenPostgres(PostgresStore::Options options);
std::unique_ptr<PostgresStore> OpenWriter(const std::string& url);
std::unique_ptr<PostgresStore> OpenWriter(PostgresStore::Options options);

// Calls pg_terminate_backend or pg_cancel_backend for those sessions of stores that are as
// `condition` on pg_stat_activity says; returns how many.
int Interrupt(const std::string& url, const std::string& how, const std::string& condition);

}  // namespace skein::storage
