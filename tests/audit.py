#!/usr/bin/env python3
"""Audits an events file against the rules of the world, independently of the simulator.

Reads nothing but a scenario (canonical JSON, as `skein scenario show SCENARIO` prints it) and an
events file (`skein simulate ... --events FILE`), recomputes stands, pads, headways, charge,
passengers and money, and says where it disagrees.

    audit.py --scenario paper7.json --events day.jsonl [--json]

Exit status: 0 it agrees, 1 it does not (each disagreement is printed with its line and figures),
2 usage, or a file that cannot be read.
"""

import argparse
import json
import sys

from auditor.day import Day
from auditor.findings import Findings
from auditor.network import load
from auditor.records import Malformed, read_lines

SHOWN = 50


def audit(network, lines):
    """Audits every day of an events file; returns (days, lines read, Findings)."""
    findings = Findings()
    day, header, days, count = None, False, 0, 0
    for number, kind, fields in read_lines(lines):
        findings.line, count = number, number
        if kind == "header":
            if day is not None:
                day.end()
            day, header, days = None, True, days + 1
            continue
        if not findings.require(header, "order", "{} before any header", kind):
            continue
        time = fields.number("timeMs")
        if day is None:
            day = Day(network, findings)
        read_line(day, kind, time, fields)
    if day is not None:
        day.end()
    findings.require(days > 0 and day is not None, "order", "the file holds no day")
    return days, count, findings


def read_line(day, kind, time, fields):
    """Hands one line to the day."""
    if kind == "event":
        day.event(time, *fields.variant(besides=("timeMs",)))
    elif kind == "decision":
        day.decision(time, fields)
    elif kind == "effect":
        day.effect(time, *fields.record("effect").variant())
    else:
        day.summary(fields.raw())


def main():
    """Parses the arguments, audits, prints."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--scenario", required=True, help="JSON of `skein scenario show`")
    parser.add_argument("--events", required=True, help="events file of `skein simulate --events`")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    arguments = parser.parse_args()
    try:
        with open(arguments.scenario, encoding="utf-8") as file:
            network = load(file.read())
        with open(arguments.events, encoding="utf-8") as file:
            days, lines, findings = audit(network, file)
    except (OSError, ValueError, KeyError, Malformed) as error:
        print(f"audit.py: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    report(arguments.json, days, lines, findings)
    return 1 if findings.items else 0


def report(as_json, days, lines, findings):
    """Prints the disagreements and a closing line, or all of it as one JSON object."""
    if as_json:
        items = [{"line": i.line, "check": i.check, "message": i.message} for i in findings.items]
        print(json.dumps({"days": days, "lines": lines, "checks": findings.checks,
                          "disagreements": items}))
        return
    for item in findings.items[:SHOWN]:
        print(f"line {item.line}: {item.check}: {item.message}")
    if len(findings.items) > SHOWN:
        print(f"... and {len(findings.items) - SHOWN} more")
    print(f"{days} day(s), {lines} lines, {findings.checks} checks, "
          f"{len(findings.items)} disagreement(s)")


if __name__ == "__main__":
    sys.exit(main())
