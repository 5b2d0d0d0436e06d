"""The stores under torture, and how an independent reader sees them."""

import csv
import io
import pathlib
import sqlite3
import subprocess

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

    def __init__(self, folder, name="fleet.db"):
        self.path = pathlib.Path(folder) / name
        self.url = f"sqlite:{self.path}"

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
    """A database of a private cluster. It is read with psql."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.url = cluster.url()

    def rows(self, table):
        columns = TABLES[table]
        wanted = ", ".join(f"encode({c}, 'hex')" if c in BYTES else c for c in columns)
        done = subprocess.run(
            ["psql", "--no-psqlrc", "--csv", "--tuples-only", "--dbname", self.url, "--command",
             f"SELECT {wanted} FROM {table} ORDER BY {ORDER[table]}"],
            capture_output=True, text=True, check=True)
        csv.field_size_limit(1 << 30)
        for row in csv.reader(io.StringIO(done.stdout)):
            yield {column: _value(column, text) for column, text in zip(columns, row)}

    def check_file(self):
        """The server checks its pages itself: the cluster has checksums."""


def _value(column, text):
    if column in BYTES:
        return bytes.fromhex(text)
    if column in TEXTS:
        return text
    return int(text) if text else None
