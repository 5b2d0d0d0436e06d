"""Runs a real Prometheus on the project's own configuration, with time shortened.

Debian's package `prometheus`; standard library only.
"""

import json
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy" / "prometheus" / "rules"
START_S = 60
SCRAPE_S = 0.25

UNIT_S = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
DURATION = re.compile(r"(\d+)(ms|[smhd])")


def shortened(duration, factor):
    """A duration such as "5m", `factor` times shorter, but not below three scrapes."""
    number, unit = DURATION.fullmatch(duration).groups()
    return f"{max(int(int(number) * UNIT_S[unit] * 1000 / factor), int(SCRAPE_S * 3000))}ms"


def shorten_rules(text, factor):
    """Rules with their windows, offsets and waiting times shortened; nothing else changes."""
    def replace(match):
        return match.group(1) + shortened(match.group(2), factor)
    return re.sub(r"(\[|offset |for: )(\d+(?:ms|[smhd]))\b", replace, text)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Prometheus:
    """Scrapes `targets` (HOST:PORT of metrics pages) four times a second, as the job "skein".

    The windows of the rules are `factor` times shorter than in service.
    """

    def __init__(self, targets, factor):
        self.factor = factor
        self.folder = tempfile.TemporaryDirectory(prefix="skein-prometheus-")
        folder = pathlib.Path(self.folder.name)
        for rules in sorted(RULES.glob("*.yml")):
            (folder / rules.name).write_text(shorten_rules(rules.read_text(), factor))
        config = (ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text()
        config = config.replace("rules/*.yml", f"{folder}/*.yml")
        config = re.sub(r"(scrape|evaluation)_interval: \w+",
                        rf"\1_interval: {int(SCRAPE_S * 1000)}ms", config)
        config = config.replace("127.0.0.1:9464", ", ".join(targets))
        (folder / "prometheus.yaml").write_text(config)
        self.address = f"127.0.0.1:{free_port()}"
        self.log = open(folder / "prometheus.log", "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={folder}/prometheus.yaml",
             f"--storage.tsdb.path={folder}/data", f"--web.listen-address={self.address}"],
            stderr=self.log, stdout=self.log)

    def __enter__(self):
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"http://{self.address}/-/ready", timeout=5).read()
                return self
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        self.log.seek(0)
        said = self.log.read()
        self.__exit__()
        raise RuntimeError("Prometheus did not start:\n" + said)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=START_S)
        self.log.close()
        self.folder.cleanup()

    def get(self, path, **parameters):
        """The data of an answer of Prometheus' HTTP API."""
        url = f"http://{self.address}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            answer = urllib.request.urlopen(url, timeout=30).read()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{parameters}: {error.read().decode()}") from error
        return json.loads(answer)["data"]

    def query(self, expression):
        """The present value of each series, by its labels as a frozenset of pairs."""
        result = self.get("query", query=expression)["result"]
        return {frozenset(row["metric"].items()): float(row["value"][1]) for row in result}

    def query_range(self, expression, seconds):
        """The series of the last `seconds`, as Prometheus gives them."""
        now = time.time()
        return self.get("query_range", query=expression, start=now - seconds, end=now,
                        step=SCRAPE_S)["result"]

    def alerts(self, state="firing"):
        """Names of the alerts in a state."""
        return {alert["labels"]["alertname"] for alert in self.get("alerts")["alerts"]
                if alert["state"] == state}

    def alert_rules(self):
        """All alerting rules, by name."""
        return {rule["name"]: rule for group in self.get("rules", type="alert")["groups"]
                for rule in group["rules"]}

    def await_value(self, expression, holds, seconds=30):
        """Waits until `holds` is true of the sum of an expression's values."""
        deadline = time.monotonic() + seconds
        values = {}
        while time.monotonic() < deadline:
            values = self.query(expression)
            if values and holds(sum(values.values())):
                return
            time.sleep(0.1)
        raise AssertionError(f"{expression} is {values} after {seconds} s")

    def await_alerts(self, wanted, seconds=60):
        """Waits until each of these alerts has fired once."""
        missing = set(wanted)
        deadline = time.monotonic() + seconds
        while missing and time.monotonic() < deadline:
            missing -= self.alerts()
            time.sleep(0.1)
        if missing:
            pending = self.alerts("pending")
            raise AssertionError(f"{sorted(missing)} do not fire; pending: {sorted(pending)}, "
                                 f"firing: {sorted(self.alerts())}")
