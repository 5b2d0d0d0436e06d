"""Private PostgreSQL servers for end-to-end tests; see tests/postgres/cluster.sh."""

import contextlib
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
        self.kept = False  # its files stay at the end

    def __enter__(self):
        try:
            os.chmod(self.folder, 0o755)
            script("init", self.folder, *self.settings)
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.stop(signal.SIGQUIT)
        if not self.kept:
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

    def crash(self):
        """Ends all its processes at one moment, as if its machine had died."""
        self.process.send_signal(signal.SIGSTOP)  # so that it has no more children
        pid = self.process.pid
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        for child in children.split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)
        self.stop(signal.SIGKILL)

    def set(self, name, value):
        """Changes a setting that does not need a restart."""
        self.query(f"ALTER SYSTEM SET {name} = '{value}'")
        self.query("SELECT pg_reload_conf()")

    def query(self, sql):
        """The rows of a statement, as lists of text."""
        out = script("psql", self.folder, sql)
        return [line.split("|") for line in out.splitlines()]


class Pair:
    """A primary and its synchronous standby; as one they are used like a cluster."""

    def __init__(self):
        self.primary, self.standby = Cluster(), Cluster()
        self.folders = f"{self.primary.folder},{self.standby.folder}"

    def __enter__(self):
        self.primary.__enter__()
        try:
            self.attach()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.primary.__exit__()
        self.standby.__exit__()

    @property
    def kept(self):
        return self.primary.kept

    @kept.setter
    def kept(self, kept):
        self.primary.kept = self.standby.kept = kept

    def url(self, database="skein"):
        """Names both: whoever writes looks for the one that takes it."""
        return f"postgresql://skein@/{database}?host={self.folders}"

    def query(self, sql):
        return self.primary.query(sql)

    def attach(self):
        """Makes the standby anew; from then on every commit waits for it."""
        os.chmod(self.standby.folder, 0o755)
        script("copy", self.primary.folder, self.standby.folder)
        self.standby.start()
        self.primary.set("synchronous_standby_names", "*")
        deadline = time.monotonic() + START_S
        while not self.synchronous():
            assert time.monotonic() < deadline, "the standby does not follow"
            time.sleep(0.02)

    def synchronous(self):
        """Whether commits wait for the standby."""
        return self.query("SELECT state, sync_state FROM pg_stat_replication") == [
            ["streaming", "sync"]]

    def standby_sessions(self):
        """How many sessions of the service the standby has."""
        return int(self.standby.query(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'skein'")[0][0])

    def part(self):
        """The standby follows no longer; commits wait for it."""
        self.standby.set("primary_conninfo", "")

    def fail_over(self):
        """The primary dies; the standby takes its place and is alone."""
        self.primary.crash()
        script("promote", self.standby.folder)
        self.primary, self.standby = self.standby, self.primary
