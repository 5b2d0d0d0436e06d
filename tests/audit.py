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
import collections
import json
import sys

from auditor.day import Day
from auditor.findings import Findings
from auditor.network import load
from auditor.records import Malformed, read_lines

SHOWN = 50


class Audit:
    """What was read of an events file, and what the auditor disagrees with."""

    def __init__(self):
        self.days = 0  # settled
        self.lines = 0
        self.kinds = collections.Counter()  # lines by kind; events and effects by their own
        self.findings = Findings()


def audit(network, lines):
    """Audits every day of an events file; returns an Audit."""
    result, day = Audit(), None
    findings = result.findings
    for number, kind, fields in read_lines(lines):
        findings.line = result.lines = number
        result.kinds[kind_of(kind, fields)] += 1
        if kind == "header":
            close(result, day)
            day = Day(network, findings)
        elif findings.require(day is not None, "order", "{} before any header", kind):
            read_line(day, kind, fields.number("timeMs"), fields)
    close(result, day)
    findings.require(day is not None, "order", "the file holds no day")
    return result


def close(result, day):
    """Ends the days under a header, if there was one."""
    if day is not None:
        day.end()
        result.days += day.days


def kind_of(kind, fields):
    """The kind of a line, with that of its event or effect."""
    if kind == "event":
        return "event " + fields.variant(besides=("timeMs",))[0]
    if kind == "effect":
        return "effect " + fields.record("effect").variant()[0]
    return kind


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
            result = audit(network, file)
    except (OSError, ValueError, KeyError, Malformed) as error:
        print(f"audit.py: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    report(arguments.json, result)
    return 1 if result.findings.items else 0


def report(as_json, result):
    """Prints the disagreements and a closing line, or all of it as one JSON object."""
    findings = result.findings
    if as_json:
        items = [{"line": i.line, "check": i.check, "message": i.message} for i in findings.items]
        print(json.dumps({"days": result.days, "lines": result.lines, "checks": findings.checks,
                          "disagreements": items}))
        return
    for item in findings.items[:SHOWN]:
        print(f"line {item.line}: {item.check}: {item.message}")
    if len(findings.items) > SHOWN:
        print(f"... and {len(findings.items) - SHOWN} more")
    print(f"{result.days} day(s), {result.lines} lines, {findings.checks} checks, "
          f"{len(findings.items)} disagreement(s)")


if __name__ == "__main__":
    sys.exit(main())
