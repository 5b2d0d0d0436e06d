"""The stores under torture, and how an independent reader sees them."""

import csv
import io
import pathlib
import sqlite3
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from postgres_cluster import Cluster, Pair  # noqa: E402

TABLES = {
    "network": ("network_key", "id", "scenario", "head_sequence", "head_hash"),
    "journal": ("network_key", "sequence", "time_ms", "kind", "subject", "number", "digest",
                "payload", "prev_hash", "hash"),
    "response": ("network_key", "method", "request_id", "response"),
}
BYTES = {"scenario", "head_hash", "payload", "prev_hash", "hash", "response"}
TEXTS = {"id", "method", "request_id"}
ORDER = {"network": "network_key", "journal": "network_key, sequence",
         "response": "network_key, method, request_id"}


class SqliteStore:
    """A file of the embedded store. It is read with SQLite's own library, not with Skein's code."""

    migrates_with = "serve"

    def __init__(self, folder, name="fleet.db"):
        self.path = pathlib.Path(folder) / name
        self.url = f"sqlite:{self.path}"

    def prepare(self, skein):
        """Its schema is made by the server."""

    def log_size(self):
        """Of the write-ahead log, which is written again from its beginning once it is copied."""
        return self.path.with_name(self.path.name + "-wal").stat().st_size

    def rows(self, table):
        columns = TABLES[table]
        with sqlite3.connect(f"file:{self.path}?mode=ro", uri=True) as database:
            statement = f"SELECT {', '.join(columns)} FROM {table} ORDER BY {ORDER[table]}"
            for row in database.execute(statement):
                yield dict(zip(columns, row))

    def check_file(self):
        with sqlite3.connect(f"file:{self.path}?mode=ro", uri=True) as database:
            (verdict,) = database.execute("PRAGMA integrity_check").fetchone()
        assert verdict == "ok", f"SQLite finds damage: {verdict}"


class PostgresStore:
    """A database of its own in a private cluster. It is read with psql."""

    migrates_with = "store migrate"

    def __init__(self, cluster, name):
        self.cluster, self.name = cluster, name
        cluster.query(f"CREATE DATABASE {name}")
        self.url = cluster.url(name)
        # As the service's own default: the server that takes writes, of several.
        self.reader_url = f"{self.url}&target_session_attrs=read-write"

    def prepare(self, skein):
        subprocess.run([skein, "store", "migrate", "--store", self.reader_url], check=True,
                       capture_output=True)

    def rows(self, table):
        columns = TABLES[table]
        wanted = ", ".join(f"encode({c}, 'hex')" if c in BYTES else c for c in columns)
        done = subprocess.run(
            ["psql", "--no-psqlrc", "--csv", "--tuples-only", "--dbname", self.reader_url, "--command",
             f"SELECT {wanted} FROM {table} ORDER BY {ORDER[table]}"],
            capture_output=True, text=True, check=True)
        csv.field_size_limit(1 << 30)
        for row in csv.reader(io.StringIO(done.stdout)):
            yield {column: _value(column, text) for column, text in zip(columns, row)}

    def check_file(self):
        """The server checks its pages itself, since the cluster has checksums; here its indexes."""
        subprocess.run(["psql", "--no-psqlrc", "--quiet", "--dbname", self.reader_url, "--command",
                        "CREATE EXTENSION IF NOT EXISTS amcheck; SELECT bt_index_check(c.oid, true)"
                        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                        " WHERE c.relkind = 'i' AND n.nspname = 'public' AND c.relam ="
                        " (SELECT oid FROM pg_am WHERE amname = 'btree')"],
                       check=True, stdout=subprocess.DEVNULL)


class SqliteStores:
    """Makes a store for each trial."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """There is nothing to stop."""

    def make(self, folder):
        return SqliteStore(folder)


class PostgresStores:
    """Makes a store for each trial; the cluster lives as long as the campaign, and its files longer if
    that fails."""

    def __init__(self, cluster=None):
        self.cluster = cluster or Cluster()
        self.count = 0

    def __enter__(self):
        self.cluster.__enter__()
        return self

    def __exit__(self, failed, *_):
        if failed is not None and issubclass(failed, Exception):
            self.cluster.kept = True
            print("what is left of the database, for tests/postgres/cluster.sh: "
                  f"{self.cluster.url()}", flush=True)
        self.cluster.__exit__()

    def make(self, folder):
        del folder
        self.count += 1
        return PostgresStore(self.cluster, f"trial_{self.count}")

    def restart(self, how):
        self.cluster.stop(how)
        self.cluster.start()


class PairStores(PostgresStores):
    """The same on a primary with a synchronous standby."""

    def __init__(self):
        super().__init__(Pair())


RESTARTS = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)  # fast, immediate, crash


def _value(column, text):
    if column in BYTES:
        return bytes.fromhex(text)
    if column in TEXTS:
        return text
    return int(text) if text else None
