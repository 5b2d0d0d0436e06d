"""Runs the skein executable for the end-to-end tests. Standard library and python3-grpcio."""

import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

import grpc

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "deploy" / "examples"
START_S = 60  # sanitizers are slow to start
STOP_S = 60

sys.path.insert(0, str(EXAMPLES))


class Server:
    """`skein serve` on an embedded store in a folder of its own, or on the store that is given, on
    ports that the system chose; with a console if the options ask for one.

    `wrapper(FOLDER)` gives a command that runs the server; `preexec` is called in its process. The
    metrics page has the port that the system chose, unless `metrics` says another.
    """

    def __init__(self, skein, *options, store=None, metrics="127.0.0.1:0", wrapper=None,
                 preexec=None):
        if "--console" not in options:
            options += ("--console", "")
        self.folder = tempfile.TemporaryDirectory(prefix="skein-e2e-")
        self.log = pathlib.Path(self.folder.name) / "server.log"
        self.channel = None
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [*(wrapper(self.folder.name) if wrapper else []), skein, "serve", "--listen",
                 "127.0.0.1:0", "--metrics", metrics, "--store",
                 store or f"sqlite:{self.folder.name}/skein.db", *options], stderr=log, preexec_fn=preexec)

    def __enter__(self):
        self.address = self._await("listening")
        self.metrics = self._await("metrics")
        self.channel = grpc.insecure_channel(self.address)
        return self

    def __exit__(self, *_):
        """Stops the server; exit_code and said (its log) remain."""
        if self.channel is not None:
            self.channel.close()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.exit_code = self.process.wait(timeout=STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.exit_code = self.process.wait()
        self.said = self.log.read_text(errors="replace")
        self.folder.cleanup()

    def console(self):
        """The address of the console."""
        return "http://" + self._await("console")

    def _await(self, event):
        """The address that the log gives for an event."""
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and self.process.poll() is None:
            found = re.search(f"event={event} address=(\\S+)\n", self.log.read_text())
            if found:
                return found.group(1)
            time.sleep(0.02)
        self.__exit__()
        raise RuntimeError("the server did not start:\n" + self.said)
