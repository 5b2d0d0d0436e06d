#!/usr/bin/python3
"""What viewers of the console cost the server, while `skein drive` plays a day against it.

    tests/bench/console_load.py SKEIN [--seconds S] [--viewers 0,1,16] DRIVE_OPTIONS...

For each number of viewers: processor time of the server, how long other requests of the console take
meanwhile, memory, and what was sent. Standard library only.
"""

import argparse
import contextlib
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

PAUSE_S = 0.05
PATIENCE_S = 30


def address_in(log, event):
    """The address that the server's log gives for an event, once it does."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = re.search(rf"event={event} address=(\S+)\n", log.read_text())
        if found:
            return found.group(1)
        time.sleep(PAUSE_S)
    raise TimeoutError(f"the server said nothing of {event}:\n{log.read_text()}")


def wait_for_network(console):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(f"http://{console}/v1/networks/load/scenario").read()
        time.sleep(PAUSE_S)
    raise TimeoutError("there is no network")


class Viewer(threading.Thread):
    """Reads the stream of the network until it is told to stop."""

    def __init__(self, console):
        super().__init__(daemon=True)
        host, port = console.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)))
        self.socket.sendall(b"GET /v1/networks/load/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.bytes = 0
        self.start()

    def run(self):
        while part := self.socket.recv(1 << 20):
            self.bytes += len(part)

    def stop(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.join()
        self.socket.close()


def processor_s(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().split()
    return sum(map(int, fields[13:15])) / 100


def memory_mib(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024


@contextlib.contextmanager
def running(*command, **options):
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def measure(skein, viewer_count, seconds, drive_options):
    with contextlib.ExitStack() as stack:
        log = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory())) / "server.log"
        server = stack.enter_context(running(
            skein, "serve", "--listen", "127.0.0.1:0", "--metrics", "", "--console", "127.0.0.1:0",
            "--store", "memory", stderr=stack.enter_context(open(log, "wb"))))
        target, console = address_in(log, "listening"), address_in(log, "console")
        stack.enter_context(running(
            skein, "drive", "--target", target, "--network", "load", *drive_options,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        wait_for_network(console)
        viewers = [Viewer(console) for _ in range(viewer_count)]
        begun, used, waits = time.monotonic(), processor_s(server), []
        while time.monotonic() - begun < seconds:
            asked = time.monotonic()
            urllib.request.urlopen(f"http://{console}/v1/networks").read()
            waits.append(time.monotonic() - asked)
            time.sleep(PAUSE_S)
        share = (processor_s(server) - used) / (time.monotonic() - begun)
        memory = memory_mib(server)
        for viewer in viewers:
            viewer.stop()
        sent = sum(viewer.bytes for viewer in viewers)
        print(f"{viewer_count:3} viewers: {100 * share:.1f} % of a core, other requests "
              f"{1e3 * statistics.median(waits):.1f} ms, at most {1e3 * max(waits):.1f} ms, "
              f"{memory:.0f} MiB, sent {sent / 1e6:.1f} MB", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("skein")
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--viewers", default="0,1,16")
    options, drive_options = parser.parse_known_args()
    for count in map(int, options.viewers.split(",")):
        measure(options.skein, count, options.seconds, drive_options)


if __name__ == "__main__":
    sys.exit(main())
