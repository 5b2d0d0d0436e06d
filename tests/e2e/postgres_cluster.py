"""A private PostgreSQL server for end-to-end tests; see tests/postgres/cluster.sh."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

SCRIPT = pathlib.Path(__file__).resolve().parents[1] / "postgres" / "cluster.sh"
START_S = 60


def script(*arguments):
    return subprocess.run([str(SCRIPT), *map(str, arguments)], check=True, capture_output=True,
                          text=True).stdout


class Cluster:
    """It ends and vanishes at the end of the `with`, or with this process."""

    def __init__(self, *settings):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="skein-pg-"))
        self.settings = settings
        self.process = None

    def __enter__(self):
        os.chmod(self.folder, 0o755)
        script("init", self.folder, *self.settings)
        self.start()
        return self

    def __exit__(self, *_):
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder)

    def url(self, database="skein"):
        return f"postgresql://skein@/{database}?host={self.folder}"

    def start(self):
        """Starts the server and waits until it takes connections."""
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            # After a crash the first try may meet the remains of the old server.
            if self.process is None or self.process.poll() is not None:
                self.process = subprocess.Popen([str(SCRIPT), "run", str(self.folder)])
            if subprocess.run([str(SCRIPT), "ready", str(self.folder)], check=False).returncode == 0:
                return
            time.sleep(0.02)
        raise RuntimeError("PostgreSQL did not start:\n" +
                           (self.folder / "server.log").read_text()[-4000:])

    def stop(self, how=signal.SIGINT):
        """SIGINT: a fast shutdown; SIGQUIT: an immediate one; SIGKILL: a crash."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
            self.process = None

    def query(self, sql):
        """The rows of a statement, as lists of text."""
        out = script("psql", self.folder, sql)
        return [line.split("|") for line in out.splitlines()]
