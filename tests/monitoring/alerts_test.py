#!/usr/bin/python3
"""Every alert fires when its fault is injected into a real server, scraped by a real Prometheus.

    tests/monitoring/alerts_test.py SKEIN SKEIN_WITHOUT_G3 [FAULT...]

The rules are the project's own, with their windows shortened FACTOR times. A server without a fault
fires nothing; a fault fires its alerts, and none that it need not fire.
"""

import re
import sys
import time
from concurrent import futures

import faults
from prometheus_process import ROOT, RULES, Prometheus

FACTOR = 120
HEALTHY_S = 3
AT_ONCE = 3


def fired_by(fault, skein):
    """Names of the alerts that a fault fires."""
    expected, tolerated = faults.FAULTS[fault]
    story = fault(skein)
    try:
        pages = next(story)
        with Prometheus(pages, FACTOR) as prometheus:
            prometheus.await_value('up{job="skein"}', lambda up: up == len(pages))
            time.sleep(HEALTHY_S)
            early = prometheus.alerts()
            assert not early, f"{fault.__name__}: {early} fire before the fault"
            next(story)
            prometheus.await_alerts(expected)
            fired = prometheus.alerts() | expected
            assert fired <= expected | tolerated, f"{fault.__name__}: {fired - expected} fire, too"
            return expected
    finally:
        story.close()


def check_annotations():
    """Each alert says how bad it is, what happened, and where its runbook is; gives their names."""
    names = set()
    for path in sorted(RULES.glob("*.yml")):
        for block in re.split(r"\n      - (?=alert:|record:)", path.read_text())[1:]:
            if not block.startswith("alert:"):
                continue
            name = block.split()[1]
            names.add(name)
            assert re.search(r"\n {10}severity: (page|ticket)\n", block), f"{name}: no severity"
            assert re.search(r"\n {10}summary: ", block), f"{name}: no summary"
            runbook = re.search(r"\n {10}runbook: (\S+)", block)
            assert runbook and runbook.group(1) == f"docs/runbooks/{name}.md", f"{name}: no runbook"
            assert (ROOT / runbook.group(1)).is_file(), f"{name}: {runbook.group(1)} is missing"
    runbooks = {path.stem for path in (ROOT / "docs" / "runbooks").glob("Skein*.md")}
    assert runbooks == names, f"runbooks without an alert: {runbooks - names}"
    return names


def main():
    skein, without_g3, *only = sys.argv[1:]
    names = check_annotations()
    chosen = [fault for fault in faults.FAULTS if not only or fault.__name__ in only]
    fired = set()
    with futures.ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        runs = {pool.submit(fired_by, fault, without_g3 if fault is faults.guard_errs else skein):
                fault for fault in chosen}
        for run in futures.as_completed(runs):
            fired |= run.result()
            print(f"{runs[run].__name__}: {', '.join(sorted(run.result()))}", flush=True)
    if not only:
        assert fired == names, f"never fired: {sorted(names - fired)}"
    print(f"{len(fired)} alerts have fired")


if __name__ == "__main__":
    sys.exit(main())
