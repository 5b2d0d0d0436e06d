#!/usr/bin/python3
"""Tortures `skein serve` while clients use it, and holds what they were told against the store.

    torture.py CAMPAIGN [--count N] [--seed N] [--store sqlite] [--build build/release]

Campaigns:
  kills        SIGKILL at random moments
  failpoints   each named point x {kill, stop, error}, --count times each
  network      a proxy between clients and server that delays, cuts, half-closes and swallows
  disk-full    for a while no file may grow (sqlite)
  database     the same proxy between server and database (postgresql)
  restarts     the database is shut down, fast or at once, or crashes (postgresql)
  backends     the connections of the server are ended by the database (postgresql)
  failovers    of two servers the leader is killed, or sleeps through its lease (postgresql)
  control      a program that acknowledges before it commits must be found out (sqlite)
  short        a few of each, for tests/run.sh --full

Prints the seed, one line per trial, and what was counted. Exit 0: no promise was broken.
"""

import argparse
import dataclasses
import pathlib
import random
import sys
import time

import campaigns
from trial import new_figures

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass
class Setup:
    """What all trials have in common."""
    skein: str
    hasty: str  # skein that acknowledges before it commits
    client: str
    folder: str
    load_options: list
    store: str
    stores: object  # makes one for each trial
    only: str  # a failpoint; None: all
    stop_s: float  # of a failpoint that lets the process stand still


def summary(figures, waits, seconds):
    lines = [f"{name}: {count}" for name, count in sorted(figures.items())]
    if waits:
        ordered = sorted(waits)
        lines.append(f"seconds to the first answer: median {ordered[len(ordered) // 2]:.2f}, "
                     f"most {ordered[-1]:.2f}")
    lines.append(f"duration: {seconds:.0f} s")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("campaign", choices=sorted(campaigns.CAMPAIGNS))
    parser.add_argument("--count", type=int, help="disturbances [as the campaign says]")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--store", choices=sorted(campaigns.STORES), default="sqlite")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release")
    parser.add_argument("--stop-seconds", type=float, default=30,
                        help="how long a failpoint lets the server stand still [30]")
    parser.add_argument("--only", choices=campaigns.POINTS, help="of the failpoints this one")
    parser.add_argument("--folder", help="where the stores lie [the system's temporary folder]")
    options = parser.parse_args()
    setup = Setup(skein=str(options.build / "skein"),
                  hasty=str(options.build / "tests" / "torture" / "skein_hasty"),
                  client=str(options.build / "tests" / "torture" / "torture_client"),
                  folder=options.folder, load_options=[], store=options.store, stores=None,
                  only=options.only, stop_s=options.stop_seconds)
    print(f"SEED={options.seed} campaign {options.campaign} on {options.store}", flush=True)
    figures, waits, begin = new_figures(), [], time.monotonic()
    campaign = campaigns.CAMPAIGNS[options.campaign]
    with campaigns.STORES[options.store]() as setup.stores:
        campaign(setup, random.Random(options.seed), options.count, figures, waits)
    print(summary(figures, waits, time.monotonic() - begin))
    print(f"ok: no promise was broken; repeat: tests/torture/torture.py {options.campaign} "
          f"--seed {options.seed} --store {options.store}"
          + (f" --count {options.count}" if options.count else ""))


if __name__ == "__main__":
    sys.exit(main())
