#!/usr/bin/python3
"""Tortures `skein serve` while clients use it, and holds what they were told against the store.

    torture.py CAMPAIGN [--store sqlite|postgresql] [--count N] [--seed N] [--build build/release]

Campaigns, how often each does its worst unless --count says otherwise, and what that is; s: on SQLite,
p: on PostgreSQL.
  kills               500  sp  the service is killed at a random moment and started again
  failpoints       24 x 20 sp  it dies, stands still or meets an error at each of the eight named
                               places (docs/adr/0012-failpoints.md); --only takes some of them
  network              10  sp  bytes between clients and service are delayed, cut off, half-closed
                               or swallowed, for 15 s
  disk-full            20  s   for a while no file can be written beyond some place
  database             10   p  as network, between service and database
  restarts             50   p  the database is shut down, fast or at once, or crashes
  backends             50   p  the database ends connections of the service
  failovers            20   p  of two services the leader is killed, or sleeps through its lease
  database-failovers   20   p  under two services the database dies, and its synchronous standby is
                               promoted; half of the times the last commits are not on the standby,
                               so that nobody may have been told of them
  control               1  sp  what must be found out: a service that acknowledges before it commits
                               (s), a standby that commits do not wait for (p)
  short                    sp  a few of each, for tests/run.sh --full

Each trial has a fresh store, three clients that play a day and three that share a network. At its end
the oracle (oracle.py) checks every answer, hash and booking, and `skein replay --verify` every digest.
PostgreSQL is a private one (tests/postgres/cluster.sh); nothing has to be set up.

Prints the seed, a line per trial, and what was counted. Exit 0: no promise was broken. Otherwise 1, and
stores, logs and the clients' journal stay in folders that are named. Ctrl-C ends all processes and
leaves nothing behind.
"""

import argparse
import dataclasses
import pathlib
import random
import signal
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
    store: str
    stores: object  # makes one for each trial
    only: str  # a failpoint, or one and its action; None: all
    stop_s: float  # of a failpoint that lets the process stand still
    keeps_evidence: bool = True  # of a trial that failed


def summary(figures, waits, seconds):
    lines = [f"{name}: {count}" for name, count in sorted(figures.items())]
    if waits:
        ordered = sorted(waits)
        lines.append(f"seconds to the first answer: median {ordered[len(ordered) // 2]:.2f}, "
                     f"most {ordered[-1]:.2f}")
    lines.append(f"duration: {seconds:.0f} s")
    return "\n".join(lines)


def parse():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("campaign", choices=sorted(campaigns.CAMPAIGNS))
    parser.add_argument("--count", type=int, help="how often [as above]")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6),
                        help="of everything drawn: disturbances, moments, clients [drawn, and printed]")
    parser.add_argument("--store", choices=sorted(campaigns.STORES), default="sqlite",
                        help="[sqlite]")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release",
                        help="where skein and the clients were built [build/release]")
    parser.add_argument("--stop-seconds", type=float, default=30,
                        help="how long a failpoint lets the service stand still [30]")
    parser.add_argument("--only", metavar="POINT[=ACTION]", help="of the failpoints this one: "
                        f"{', '.join(campaigns.POINTS)}; kill, stop or error")
    parser.add_argument("--folder", help="where the stores lie [the system's temporary folder]")
    options = parser.parse_args()
    needs = campaigns.NEEDS.get(options.campaign, options.store)
    if needs != options.store:
        parser.error(f"{options.campaign} needs --store {needs}")
    point, _, action = (options.only or "").partition("=")
    if options.only and (point not in campaigns.POINTS or action not in ("", *campaigns.ACTIONS)):
        parser.error(f"--only {options.only}: want one of {', '.join(campaigns.POINTS)}, and perhaps "
                     "=kill, =stop or =error")
    if options.count is not None and options.count < 1:
        parser.error(f"--count {options.count}: want at least 1")
    for program in ("skein", "tests/torture/torture_client", "tests/torture/skein_hasty"):
        if not (options.build / program).exists():
            parser.error(f"{options.build / program} is not there; build it: cmake --preset release "
                         "-DSKEIN_TESTS=ON && cmake --build --preset release")
    return options


def main():
    options = parse()
    # Whoever ends this program gets its processes and folders cleaned up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    setup = Setup(skein=str(options.build / "skein"),
                  hasty=str(options.build / "tests" / "torture" / "skein_hasty"),
                  client=str(options.build / "tests" / "torture" / "torture_client"),
                  folder=options.folder, store=options.store, stores=None, only=options.only,
                  stop_s=options.stop_seconds)
    print(f"SEED={options.seed} campaign {options.campaign} on {options.store}", flush=True)
    figures, waits, begin = new_figures(), [], time.monotonic()
    campaign = campaigns.CAMPAIGNS[options.campaign]
    with campaigns.STORES[options.store]() as setup.stores:
        campaign(setup, random.Random(options.seed), options.count, figures, waits)
    print(summary(figures, waits, time.monotonic() - begin))
    print(f"ok: no promise was broken; repeat: tests/torture/torture.py {options.campaign} "
          f"--seed {options.seed} --store {options.store}"
          + (f" --count {options.count}" if options.count else "")
          + (f" --only {options.only}" if options.only else ""))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted")
    except AssertionError as broken:
        sys.exit(f"FAILED: {broken}")
