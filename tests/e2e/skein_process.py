"""Runs the skein executable for the end-to-end tests. Standard library and python3-grpcio."""

import pathlib
import signal
import socket
import subprocess
import sys
import tempfile

import grpc

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "deploy" / "examples"
START_S = 60  # sanitizers are slow to start
STOP_S = 60

sys.path.insert(0, str(EXAMPLES))


def free_port():
    """A port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """`skein serve` on an embedded store in a folder of its own."""

    def __init__(self, skein, *options):
        self.folder = tempfile.TemporaryDirectory(prefix="skein-e2e-")
        self.address = f"127.0.0.1:{free_port()}"
        self.metrics = f"127.0.0.1:{free_port()}"
        self.log = pathlib.Path(self.folder.name) / "server.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [skein, "serve", "--listen", self.address, "--metrics", self.metrics, "--store",
                 f"sqlite:{self.folder.name}/skein.db", *options],
                stdout=log, stderr=subprocess.STDOUT)

    def __enter__(self):
        self.channel = grpc.insecure_channel(self.address)
        try:
            grpc.channel_ready_future(self.channel).result(timeout=START_S)
        except grpc.FutureTimeoutError:
            self.__exit__()
            raise RuntimeError("the server did not start:\n" + self.said) from None
        return self

    def __exit__(self, *_):
        self.channel.close()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.exit_code = self.process.wait(timeout=STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.exit_code = self.process.wait()
        self.said = self.log.read_text(errors="replace")
        self.folder.cleanup()
