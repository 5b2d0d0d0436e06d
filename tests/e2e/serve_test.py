"""How `skein serve` starts, refuses to start, and stops.

    serve_test.py SKEIN
"""

import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

START_S = 60
DEAD_LISTENER = 70
DEFAULT_CONSOLE = ("127.0.0.1", 9465)
FILE_LIMIT = 64


class Case:
    """The executable with a folder of its own."""

    def __init__(self, skein, folder):
        self.skein, self.folder = skein, pathlib.Path(folder)
        self.servers = []

    def serve(self, *options, limit_files=None):
        """A server that runs; its address and the address of its metrics."""
        log = self.folder / f"server-{len(self.servers)}.log"
        with open(log, "wb") as stderr:
            process = subprocess.Popen([self.skein, "serve", *options], stderr=stderr,
                                       preexec_fn=limit_files)
        self.servers.append(process)
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and process.poll() is None:
            text = log.read_text()
            listening = re.search(r"event=listening address=(\S+)\n", text)
            if listening:
                metrics = re.search(r"event=metrics address=(\S+)\n", text)
                return process, listening.group(1), metrics and metrics.group(1), log
            time.sleep(0.02)
        raise AssertionError("the server did not start:\n" + log.read_text())

    def fails(self, exit_code, says, *options):
        """A server that must not start."""
        done = subprocess.run([self.skein, "serve", *options], capture_output=True, text=True,
                              timeout=START_S)
        assert done.returncode == exit_code, (options, done.returncode, done.stderr)
        assert says in done.stderr, (options, says, done.stderr)

    def stop(self, process, signal_number=signal.SIGTERM):
        process.send_signal(signal_number)
        return process.wait(timeout=START_S)


def refuses_bad_options(case):
    case.fails(2, "listen", "--listen", "nowhere")
    case.fails(2, "metrics", "--metrics", "127.0.0.1:99999")
    case.fails(2, "console", "--console", "here")
    case.fails(2, "store", "--store", "oracle:db")
    case.fails(2, "policy", "--policy", "clever")
    config = case.folder / "config.json"
    config.write_text('{"limits": {"maxMessageBytes": 12}, "deadlines": {"decisionMs": "0"}}')
    case.fails(2, "limits.maxMessageBytes = 12, want [1024, 67108864]", "--config", str(config))
    case.fails(2, "deadlines.decisionMs = 0, want [1, 60000]", "--config", str(config))
    config.write_text('{"listne": "127.0.0.1:0"}')
    case.fails(2, "listne", "--config", str(config))
    case.fails(2, 'backend = "fast", want one of native, native-baseline', "--backend", "fast")
    # The hand-over to skein-torch is by the option alone.
    config.write_text('{"backend": "torch"}')
    case.fails(2, 'backend = "torch", want', "--config", str(config))
    none = case.folder / "none.captain"
    case.fails(2, f"checkpoint {none}: there is no such file", "--policy", f"captain:{none}")
    case.fails(1, "none.json", "--config", str(case.folder / "none.json"))
    case.fails(1, "nowhere", "--store", "sqlite:/nowhere/at/all.db", "--metrics", "")


def refuses_a_second_server(case):
    store = f"sqlite:{case.folder}/fleet.db"
    first, address, metrics, _ = case.serve("--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0",
                                            "--store", store)
    case.fails(1, "in use", "--listen", "127.0.0.1:0", "--metrics", "", "--store", store)
    case.fails(1, address, "--listen", address, "--metrics", "", "--store", "memory")
    case.fails(1, metrics, "--listen", "127.0.0.1:0", "--metrics", metrics, "--store", "memory")
    page = urllib.request.urlopen(f"http://{metrics}/metrics", timeout=10).read().decode()
    assert "skein_" in page, page[:500]
    assert case.stop(first) == 0
    again, _, _, log = case.serve("--listen", address, "--metrics", "", "--store", store)
    assert re.search(r"event=recovered networks=0 records=0 seconds=\d", log.read_text())
    assert case.stop(again, signal.SIGINT) == 0
    assert "event=stopped" in log.read_text()


def has_a_console_unless_its_default_address_is_taken(case):
    """An address that was asked for must be free; without the default one the service runs anyway."""
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(DEFAULT_CONSOLE)
            taken.listen()
        except OSError:
            pass  # somebody else has it, which does as well
        process, _, _, log = case.serve("--listen", "127.0.0.1:0", "--metrics", "", "--store",
                                        "memory")
        assert "event=no_console" in log.read_text(), log.read_text()
        assert case.stop(process) == 0
        case.fails(1, "in use", "--listen", "127.0.0.1:0", "--metrics", "", "--store", "memory",
                   "--console", ":".join(map(str, DEFAULT_CONSOLE)))
    process, _, _, log = case.serve("--listen", "127.0.0.1:0", "--metrics", "", "--store", "memory",
                                    "--console", "127.0.0.1:0")
    address = re.search(r"event=console address=(\S+)\n", log.read_text()).group(1)
    page = urllib.request.urlopen(f"http://{address}/", timeout=10).read().decode()
    assert "Skein console" in page, page
    assert case.stop(process) == 0


def options_override_the_file(case):
    config = case.folder / "server.textproto"
    config.write_text('listen: "127.0.0.1:1"\nmetrics: ""\nstore: "memory"\npolicy: "fcfs"\n')
    process, address, _, log = case.serve("--config", str(config), "--listen", "127.0.0.1:0")
    assert not address.endswith(":1"), address
    assert "policy=fcfs" in log.read_text(), log.read_text()
    assert case.stop(process) == 0


def tells_its_health(case):
    """To `skein health`, whose exit code is for health checks."""
    def health(*options):
        done = subprocess.run([case.skein, "health", "--target", address, *options],
                              capture_output=True, text=True, timeout=START_S, check=False)
        return done.returncode, done.stdout + done.stderr

    process, address, _, _ = case.serve("--listen", "127.0.0.1:0", "--metrics", "", "--store",
                                        "memory")
    assert health() == (0, f"{address}: serving\n"), health()
    assert health("--service", "skein.leader") == (0, f"{address}: serving\n")
    assert health("--service", "skein.other") == (1, f"error: {address}: service name unknown\n")
    assert health("--service", "x" * 128)[0] == 2
    assert case.stop(process) == 0
    assert health("--timeout-ms", "100") == (1, f"error: {address}: no answer within 100 ms\n")


def backs_up_the_store_of_its_configuration(case):
    def back_up(*options):
        return subprocess.run([case.skein, "store", "backup", "--file", f"{case.folder}/copy.skein",
                               *options], capture_output=True, text=True, timeout=START_S, check=False)

    config = case.folder / "server.txtpb"
    config.write_text(f'listen: "127.0.0.1:0"\nmetrics: ""\nstore: "sqlite:{case.folder}/fleet.db"\n')
    process, _, _, _ = case.serve("--config", str(config))
    done = back_up("--config", str(config))
    assert done.returncode == 0 and (case.folder / "copy.skein").stat().st_size > 0, done.stderr
    assert "exists" in back_up("--config", str(config)).stderr
    assert back_up().returncode == 2
    assert back_up("--config", str(config), "--store", "memory").returncode == 2
    assert case.stop(process) == 0


def exhaust_files(process, address):
    """Opens connections until the server has no free file descriptor, then closes them."""
    host, port = address.split(":")
    connections = []
    try:
        for _ in range(150):
            connections.append(socket.create_connection((host, int(port)), timeout=5))
    except OSError:
        pass
    deadline = time.monotonic() + 20  # a busy machine takes its time to accept them
    while time.monotonic() < deadline and len(os.listdir(f"/proc/{process.pid}/fd")) < FILE_LIMIT:
        time.sleep(0.05)
    time.sleep(1)
    for connection in connections:
        connection.close()


def notices_a_dead_listener(case):
    """gRPC 1.51 stops listening for good after one accept without a free file descriptor."""
    if b"__ubsan_handle" in pathlib.Path(case.skein).read_bytes():
        print("not here: the undefined-behaviour sanitizer itself needs file descriptors")
        return

    def limit_files():
        resource.setrlimit(resource.RLIMIT_NOFILE, (FILE_LIMIT, FILE_LIMIT))

    process, address, _, log = case.serve("--listen", "127.0.0.1:0", "--metrics", "", "--store",
                                          "memory", limit_files=limit_files)
    for _ in range(5):
        exhaust_files(process, address)
        try:
            process.wait(timeout=30)
            break
        except subprocess.TimeoutExpired:
            print("the listener has survived; once more")
    assert process.poll() == DEAD_LISTENER, process.returncode
    assert "event=dead_listener" in log.read_text(), log.read_text()


def main():
    skein = sys.argv[1]
    for check in (refuses_bad_options, refuses_a_second_server,
                  has_a_console_unless_its_default_address_is_taken, options_override_the_file,
                  tells_its_health, backs_up_the_store_of_its_configuration,
                  notices_a_dead_listener):
        with tempfile.TemporaryDirectory(prefix="skein-serve-") as folder:
            case = Case(skein, folder)
            try:
                check(case)
            finally:
                for server in case.servers:
                    server.kill()
            print(f"ok: {check.__name__}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
