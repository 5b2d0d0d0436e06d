"""The processes of a torture: `skein serve` and its load. Both can be started again."""

import os
import re
import resource
import signal
import subprocess
import time

START_S = 60
STOP_S = 60


class BrokenPromise(AssertionError):
    """Clients or the oracle have found out that the service did not keep its word."""


class Server:
    """`skein serve` on one store and, once it has one, one port; it is killed and started again."""

    def __init__(self, skein, store_url, folder, name="server", options=()):
        self.skein, self.store_url, self.folder, self.name = skein, store_url, folder, name
        self.options = list(options)
        self.address = "127.0.0.1:0"
        self.subcommand = "serve"  # or another that opens a store
        self.starts = 0
        self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def start(self, failpoints="", wait=True):
        """Starts it; with `wait`, until it listens. False: it ended before."""
        self.starts += 1
        self.log = self.folder / f"{self.name}-{self.starts}.log"
        environment = dict(os.environ, SKEIN_FAILPOINTS=failpoints)
        command = [self.skein, *self.subcommand.split(), "--store", self.store_url]
        if self.subcommand == "serve":
            command += ["--listen", self.address, "--metrics", "", "--console", "", *self.options]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=environment,
                                            restore_signals=False)  # SIGXFSZ stays ignored
        return self.await_listening() if wait else True

    def await_listening(self):
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            found = re.search(r"event=listening address=(\S+)\n", self.said())
            if found:
                self.address = found.group(1)
                return True
            if self.process.poll() is not None:
                return False
            time.sleep(0.005)
        raise AssertionError("the server does not listen:\n" + self.said())

    def start_surely(self):
        assert self.start(), "the server does not start:\n" + self.said()

    def said(self):
        return self.log.read_text(errors="replace")

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def limit_files(self, size):
        """No file may grow beyond it; None: any may."""
        size = resource.RLIM_INFINITY if size is None else size
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def leads(self):
        """What it has said last of its role."""
        roles = re.findall(r"event=role role=(\w+)", self.said())
        return bool(roles) and roles[-1] == "leader"

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self):
        """Ends it in peace; gives its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return -1


class Load:
    """Clients that use the service until they are stopped; they write a journal of their own."""

    def __init__(self, program, targets, journal, seed):
        self.journal = journal
        self.errors = journal.with_suffix(".log")
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                [program, "--target", ",".join(targets), "--journal", str(journal), "--seed",
                 str(seed)], stderr=errors)

    def alive(self):
        return self.process.poll() is None

    def acknowledged(self):
        """How many answers the clients have so far."""
        if not self.journal.exists():
            return 0
        return self.journal.read_bytes().count(b'{"event": "ok"')

    def await_more(self, count, timeout_s):
        """Waits for so many more answers; gives the seconds until the first of them."""
        begin, size = time.monotonic(), self.size()
        first = None
        while True:
            fresh = self.read_from(size).count(b'{"event": "ok"')
            if fresh >= 1 and first is None:
                first = time.monotonic() - begin
            if fresh >= count:
                return first
            if not self.alive():
                raise BrokenPromise("a client complains: " + self.errors.read_text())
            assert time.monotonic() - begin < timeout_s, f"no answer within {timeout_s} s"
            time.sleep(0.005)

    def size(self):
        return self.journal.stat().st_size if self.journal.exists() else 0

    def read_from(self, offset):
        if not self.journal.exists():
            return b""
        with open(self.journal, "rb") as journal:
            journal.seek(offset)
            return journal.read()

    def stop(self):
        """Ends it once all answers are there. Raises BrokenPromise if the clients complain."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=STOP_S + 120)
        if code != 0:
            raise BrokenPromise("a client complains: " + self.errors.read_text())

    def kill(self):
        self.process.kill()
        self.process.wait()
