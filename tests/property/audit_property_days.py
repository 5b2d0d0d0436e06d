#!/usr/bin/python3
"""The auditor agrees with the days of the property test: random scenarios, adversarial dispatchers
and a hostile outside world.

    audit_property_days.py PROPERTY_DAYS [--seed N] [--runs N]

Every day is played, written down and audited. Prints what was audited; exit 1 at any disagreement.
"""

import argparse
import collections
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from audit import audit  # noqa: E402
from auditor.network import load  # noqa: E402

SHOWN = 10


def audit_day(folder, seed):
    """Audits the day or days of one run."""
    network = load((folder / f"{seed}.scenario.json").read_text(encoding="utf-8"))
    with open(folder / f"{seed}.events.jsonl", encoding="utf-8") as lines:
        return audit(network, lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("property_days")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=20)
    arguments = parser.parse_args()
    days = lines = checks = disagreements = 0
    kinds = collections.Counter()
    for seed in range(arguments.seed, arguments.seed + arguments.runs):
        with tempfile.TemporaryDirectory() as name:
            subprocess.run([arguments.property_days, name, str(seed), "1"], check=True)
            result = audit_day(pathlib.Path(name), seed)
        days += result.days
        lines += result.lines
        checks += result.findings.checks
        kinds += result.kinds
        disagreements += len(result.findings.items)
        for item in result.findings.items[:SHOWN]:
            print(f"SEED={seed}: {item}")
        if result.findings.items:
            print(f"repeat: {sys.argv[0]} {arguments.property_days} --seed {seed} --runs 1")
    for kind, count in sorted(kinds.items()):
        print(f"{count:>10} {kind}")
    print(f"{arguments.runs} runs from seed {arguments.seed}: {days} settled days, {lines} lines, "
          f"{checks} checks, {disagreements} disagreements")
    return 1 if disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
