#!/usr/bin/python3
"""Every query of every panel returns data while a day is driven against a real server.

    tests/monitoring/panels_test.py SKEIN [--speed X]

Starts a server on a PostgreSQL store, an idle one on a file, and a Prometheus that scrapes them,
drives a day, and then executes each PromQL and SQL query of the dashboards with its variables replaced. It also holds the
names in dashboards, rules and catalogue against each other, and the metrics page against its limits.
"""

import argparse
import csv
import json
import math
import re
import statistics
import subprocess
import sys
import time
import urllib.request

import faults
from prometheus_process import ROOT, RULES, Prometheus

DASHBOARDS = sorted((ROOT / "deploy" / "grafana" / "dashboards").glob("*.json"))
CATALOGUE = ROOT / "docs/metrics.md"
DAY_S = 600
# What the reader of a dashboard would have chosen. Grafana's interval is four scrapes or more.
VARIABLES = {"$__rate_interval": "3s", "$network": ".*", "$vertiport": ".*",
             "${network:pipe}": ".*"}
# A query with these is right to be empty, and why.
EMPTY = {
}
# On a machine that compiles meanwhile, decisions may really be slow.
OF_A_BUSY_MACHINE = {"SkeinLatencyBudgetFast", "SkeinLatencyBudgetSlow"}
LARGEST_PAGE_BYTES = 1_000_000
LONGEST_SCRAPE_S = 0.05


def panels():
    """(dashboard, panel) of all panels that show data."""
    for path in DASHBOARDS:
        for panel in json.loads(path.read_text())["panels"]:
            if panel["type"] != "row":
                yield path.stem, panel


def substituted(expression):
    for variable, value in VARIABLES.items():
        expression = expression.replace(variable, value)
    assert "$" not in expression, f"an unknown variable: {expression}"
    return expression


def sql_of(text):
    """A query as Grafana would send it, for all of time."""
    text = re.sub(r"\$__timeFilter\((\w+)\)", r"\1 IS NOT NULL", text)
    for variable, value in VARIABLES.items():
        text = text.replace(variable, value)
    assert "$" not in text.replace("$'", ""), f"an unknown variable: {text}"
    return text


def has_data(series):
    """Whether a series has a value that is a number."""
    points = series.get("values") or [series["value"]]
    return any(not math.isnan(float(value)) for _, value in points)


class Database:
    """Asks PostgreSQL through psql."""

    def __init__(self, url):
        self.url = url

    def query(self, text):
        out = subprocess.run(["psql", "--no-psqlrc", "--csv", "--tuples-only", "--set",
                              "ON_ERROR_STOP=1", self.url, "--command", text],
                             check=True, capture_output=True, text=True, timeout=60).stdout
        return list(csv.reader(out.splitlines()))


def rows_of(prometheus, database, target, begin, end):
    """What a query gives: the series with a number, or the rows of a table."""
    if "rawSql" in target:
        rows = database.query(sql_of(target["rawSql"]))
        return [row for row in rows if any(row)]
    expression = substituted(target["expr"])
    if target["instant"]:
        series = prometheus.get("query", query=expression, time=end - 2)["result"]
    else:
        series = prometheus.get("query_range", query=expression, start=begin, end=end,
                                step=1)["result"]
    return [one for one in series if has_data(one)]


def check_panels(prometheus, database, begin, end):
    """Executes every query; gives how many of each language."""
    queries = {"PromQL": 0, "SQL": 0}
    for dashboard, panel in panels():
        for target in panel["targets"]:
            query = target.get("rawSql") or target["expr"]
            rows = rows_of(prometheus, database, target, begin, end)
            assert rows or query in EMPTY, f"{dashboard}, {panel['title']}: no data: {query}"
            queries["SQL" if "rawSql" in target else "PromQL"] += 1
    return queries


def check_variables(prometheus):
    for path in DASHBOARDS:
        for variable in json.loads(path.read_text())["templating"]["list"]:
            if variable["type"] != "query":
                continue
            metric, label = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]).groups()
            values = prometheus.get(f"label/{label}/values", **{"match[]": substituted(metric)})
            assert values, f"{path.stem}: no values of {variable['name']}"


def check_shape():
    """What every panel must have, and that none covers another."""
    for path in DASHBOARDS:
        dashboard = json.loads(path.read_text())
        ids = [panel["id"] for panel in dashboard["panels"]]
        assert len(set(ids)) == len(ids), f"{path.stem}: panels with the same id"
        covered = set()
        for panel in dashboard["panels"]:
            where = f"{path.stem}, {panel['title']}"
            grid = panel["gridPos"]
            cells = {(x, y) for x in range(grid["x"], grid["x"] + grid["w"])
                     for y in range(grid["y"], grid["y"] + grid["h"])}
            assert grid["x"] + grid["w"] <= 24 and not covered & cells, f"{where}: covers another"
            covered |= cells
            if panel["type"] == "row":
                continue
            assert panel["description"].endswith(("?", "0.")), f"{where}: asks no question"
            assert panel["fieldConfig"]["defaults"]["unit"], f"{where}: has no unit"
            assert panel["datasource"]["uid"].startswith("${"), f"{where}: has a fixed source"
            for link in panel.get("links", []):
                runbook = link["url"].removeprefix("${runbooks}/")
                assert (ROOT / "docs" / "runbooks" / runbook).is_file(), f"{where}: no {runbook}"


METRIC = re.compile(r"\b((?:skein|process)_[a-z0-9_]+|skein:[a-z0-9_:]+)\b")
FAMILY_ENDS = re.compile(r"_(bucket|sum|count)$")


def metrics_of(text):
    return {FAMILY_ENDS.sub("", name) for name in METRIC.findall(text)}


def check_names(page):
    """Names used are names documented are names shown."""
    documented = set(re.findall(r"^\| `(\w+)`", CATALOGUE.read_text(), re.MULTILINE))
    recorded = set(re.findall(r"record: (\S+)", "".join(p.read_text() for p in RULES.glob("*.yml"))))
    used = set()
    for path in RULES.glob("*.yml"):
        used |= metrics_of("".join(re.findall(r"expr: >-\n((?: {10}.*\n)+)", path.read_text())))
    for _, panel in panels():
        used |= metrics_of(" ".join(target.get("expr", "") for target in panel["targets"]))
    assert used <= documented | recorded, f"unknown metrics: {used - documented - recorded}"
    assert recorded <= used, f"recorded for nothing: {recorded - used}"
    shown = set(re.findall(r"^# TYPE (\w+)", page, re.MULTILINE))
    assert shown == documented, f"page and catalogue differ: {shown ^ documented}"
    print(f"{len(documented)} metrics, {len(used & documented)} of them in panels and alerts")


def page_of(server):
    return urllib.request.urlopen(f"http://{server.metrics}/metrics", timeout=30).read().decode()


def check_page(skein):
    """The page of a server with 64 vertiports and 500 aircraft, fetched as Prometheus does."""
    with faults.Server(skein) as server:
        faults.City(skein, server, vertiports=64, aircraft=500)
        seconds = []
        for _ in range(11):
            begin = time.perf_counter()
            page = page_of(server)
            seconds.append(time.perf_counter() - begin)
            time.sleep(0.1)
    assert page.count("skein_stands{") == 64, page[-2000:]
    assert len(page) < LARGEST_PAGE_BYTES, f"the page has {len(page)} bytes"
    fastest = min(seconds)  # the others wait for whatever else the machine does
    assert fastest < LONGEST_SCRAPE_S, f"a scrape takes {fastest:.3f} s"
    print(f"64 vertiports, 500 aircraft: {len(page)} bytes in {1000 * fastest:.1f} ms, median "
          f"{1000 * statistics.median(seconds):.1f} ms")


def check_format(page):
    subprocess.run(["promtool", "check", "metrics"], input=page, text=True, check=True)


def drive_a_day(skein, server, speed):
    """Drives a day; gives when it began and ended."""
    begin = time.time()
    subprocess.run([skein, "drive", "--target", server.address, "--scenario", "paper",
                    "--vertiports", "5", "--aircraft", "20", "--seed", "900001", "--network", "day",
                    "--speed", speed], check=True, timeout=DAY_S, capture_output=True)
    return begin, time.time()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("skein")
    parser.add_argument("--speed", default="2400", help="network seconds per second")
    options = parser.parse_args()
    check_shape()
    check_page(options.skein)
    with faults.database(options.skein) as url, \
            faults.Server(options.skein, store=url) as server, \
            faults.Server(options.skein) as with_file, \
            Prometheus([server.metrics, with_file.metrics], 1) as prometheus:
        begin, end = drive_a_day(options.skein, server, options.speed)
        page = page_of(server)
        check_names(page + page_of(with_file))
        check_format(page)
        check_variables(prometheus)
        queries = check_panels(prometheus, Database(url), begin, end)
        fired = prometheus.alerts() - OF_A_BUSY_MACHINE
        assert not fired, f"a healthy day fires {fired}"
    count = ", ".join(f"{number} of {language}" for language, number in queries.items())
    print(f"the queries of {len(list(panels()))} panels return data: {count}")


if __name__ == "__main__":
    sys.exit(main())
