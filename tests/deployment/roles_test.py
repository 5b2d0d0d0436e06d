"""The roles of deploy/postgresql are enough for their work, and not for more.

    roles_test.py SKEIN
"""

import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from postgres_cluster import Cluster  # noqa: E402
from skein_process import Server  # noqa: E402

SQL = ROOT / "deploy" / "postgresql"
PASSWORDS = {"SKEIN_OWNER_PASSWORD": "own", "SKEIN_PASSWORD": "serve", "GRAFANA_PASSWORD": "look's"}


class Database:
    """The database "fleet" of a cluster whose own role "skein" has made way for ours."""

    def __init__(self, cluster):
        self.cluster = cluster
        cluster.query("CREATE ROLE admin SUPERUSER LOGIN")
        self.psql("admin", "-c", "ALTER ROLE skein RENAME TO bootstrap", database="postgres")
        self.psql("admin", "-c", "CREATE DATABASE fleet", database="postgres")

    def url(self, role, database="fleet"):
        return f"postgresql://{role}@/{database}?host={self.cluster.folder}"

    def psql(self, role, *arguments, database="fleet"):
        """What psql prints, or its error."""
        done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *arguments,
                               self.url(role, database)], capture_output=True, text=True, check=False,
                              env={"PATH": "/usr/bin:/bin", **PASSWORDS})
        return done.stdout if done.returncode == 0 else f"failed: {done.stderr}"

    def run(self, role, sql):
        said = self.psql(role, "-c", sql)
        assert not said.startswith("failed"), (role, sql, said)
        return said.split()

    def refuses(self, role, *statements):
        for sql in statements:
            assert "permission denied" in self.psql(role, "-c", sql) or \
                "must be owner" in self.psql(role, "-c", sql), (role, sql)


def skein(*arguments):
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)


def main():
    program = sys.argv[1]
    with Cluster() as cluster, tempfile.TemporaryDirectory(prefix="skein-roles-") as folder:
        database = Database(cluster)
        assert database.psql("admin", "-f", SQL / "roles.sql") == ""
        for _ in range(2):  # each new version does both again
            skein(program, "store", "migrate", "--store", database.url("skein_owner"))
            assert database.psql("skein_owner", "-f", SQL / "grants.sql") == ""
        with Server(program, store=database.url("skein")) as server:
            skein(program, "drive", "--target", server.address, "--scenario", "paper:5")
        assert server.exit_code == 0, server.said
        skein(program, "store", "backup", "--store", database.url("skein"), "--file",
              f"{folder}/backup.skein")

        assert int(database.run("grafana", "SELECT count(*) FROM decisions")[0]) > 0
        for view in ("flights", "profit_by_hour", "stand_use", "vertiports", "journal_heads", "writer"):
            database.run("grafana", f"SELECT * FROM {view}")
        database.refuses("grafana", "SELECT * FROM journal", "DELETE FROM booking")
        database.refuses("skein", "DELETE FROM journal", "DROP TABLE journal", "CREATE TABLE mine (n INT)",
                         "ALTER TABLE journal DISABLE TRIGGER ALL")


if __name__ == "__main__":
    sys.exit(main())
