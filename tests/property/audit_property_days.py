#!/usr/bin/python3
"""The auditor agrees with the days of the property test: random scenarios, adversarial dispatchers
and a hostile outside world.

    audit_property_days.py PROPERTY_DAYS [--seed N] [--runs N]

Every day is played, written down and audited. Prints what was audited; exit 1 at any disagreement.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from audit import audit  # noqa: E402
from auditor.network import load  # noqa: E402

SHOWN = 10


def audit_day(folder, seed):
    """Audits one day; returns (lines read, what it disagrees with)."""
    network = load((folder / f"{seed}.scenario.json").read_text(encoding="utf-8"))
    with open(folder / f"{seed}.events.jsonl", encoding="utf-8") as lines:
        _, count, findings = audit(network, lines)
    return count, findings.items


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("property_days")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=20)
    arguments = parser.parse_args()
    lines = disagreements = 0
    for seed in range(arguments.seed, arguments.seed + arguments.runs):
        with tempfile.TemporaryDirectory() as name:
            subprocess.run([arguments.property_days, name, str(seed), "1"], check=True)
            count, items = audit_day(pathlib.Path(name), seed)
        lines += count
        disagreements += len(items)
        for item in items[:SHOWN]:
            print(f"SEED={seed}: {item}")
        if items:
            print(f"repeat: {sys.argv[0]} {arguments.property_days} --seed {seed} --runs 1")
    print(f"{arguments.runs} days from seed {arguments.seed}, {lines} lines, "
          f"{disagreements} disagreements")
    return 1 if disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
