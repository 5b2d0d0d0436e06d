"""A driven day survives a server that is killed again and again; no decision is lost or doubled.

    crash_test.py SKEIN [--kills N] [--scenario NAME] [--policy NAME] [--seed N] [--dice N]

The server is killed with SIGKILL at random moments of the day and started again on the same port
and store; `skein drive` goes on by itself. At the end the day has the digest of the undisturbed day,
every acknowledged decision is in the journal exactly once, and the journal replays from its first
event.
"""

import argparse
import json
import pathlib
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

START_S = 60  # sanitizers are slow to start
DAY_S = 1500
DECISION_KIND = 2  # of a journal record
NETWORK = "crash"


class Server:
    """`skein serve` that can be killed and started again on the same port and store."""

    def __init__(self, skein, folder):
        self.skein, self.folder = skein, folder
        self.address = "127.0.0.1:0"
        self.starts = 0

    def start(self):
        self.starts += 1
        log = self.folder / f"server-{self.starts}.log"
        with open(log, "wb") as stderr:
            self.process = subprocess.Popen(
                [self.skein, "serve", "--listen", self.address, "--metrics", "", "--store",
                 f"sqlite:{self.folder}/fleet.db"], stderr=stderr)
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and self.process.poll() is None:
            found = re.search(r"event=listening address=(\S+)\n", log.read_text())
            if found:
                self.address = found.group(1)
                return
            time.sleep(0.01)
        self.process.kill()
        raise AssertionError("the server did not start:\n" + log.read_text())

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=START_S)


def run_json(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          timeout=DAY_S)
    assert done.returncode == 0, f"{' '.join(map(str, command))} failed:\n{done.stderr[-4000:]}"
    return json.loads(done.stdout)


def lines_of(path):
    return path.read_bytes().count(b"\n") if path.exists() else 0


def drive_and_kill(server, drive, acknowledged, moments, dice):
    """Kills the server after each of the given numbers of acknowledged decisions."""
    for moment in moments:
        while lines_of(acknowledged) < moment:
            assert drive.poll() is None, "the drive ended before the server was killed"
            time.sleep(0.001)
        time.sleep(dice.uniform(0, 0.01))
        server.kill()
        server.start()
        print(f"killed after {moment} acknowledged decisions", flush=True)


def journalled_decisions(store):
    """Number, digest of every decision of the store, as it is on the disk."""
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        rows = database.execute(
            "SELECT number, digest FROM journal WHERE kind = ? ORDER BY sequence",
            (DECISION_KIND,)).fetchall()
    return [(number, f"{digest & 0xFFFFFFFFFFFFFFFF:016x}") for number, digest in rows]


def check_store(skein, store, acknowledged, undisturbed):
    acks = [json.loads(line) for line in acknowledged.read_text().splitlines()]
    promised = [(ack["decision"], ack["digest"]) for ack in acks]
    kept = journalled_decisions(store)
    assert [number for number, _ in kept] == list(range(len(kept))), "a number is missing or double"
    assert len(set(promised)) == len(promised), "a decision was acknowledged twice"
    lost = sorted(set(promised) - set(kept))
    assert not lost, f"acknowledged, but not in the journal: {lost[:10]}"
    assert len(kept) == undisturbed["decisions"], (len(kept), undisturbed["decisions"])
    replay = run_json(skein, "replay", "--store", f"sqlite:{store}", "--network", NETWORK,
                      "--verify", "--json")
    assert replay["verified"] and int(replay["decisions"]) == len(kept), replay
    assert replay["digest"] == undisturbed["digest"], (replay, undisturbed["digest"])
    return len(promised)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("skein", type=pathlib.Path)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--scenario", default="paper:7")
    parser.add_argument("--policy", default="greedy")
    parser.add_argument("--seed", type=int, default=1_000_200)
    parser.add_argument("--dice", type=int, default=random.SystemRandom().randrange(10**6),
                        help="seed of the moments of the kills")
    options = parser.parse_args()
    print(f"SEED={options.dice} SCENARIO={options.scenario} POLICY={options.policy}", flush=True)
    dice = random.Random(options.dice)
    day = ["--scenario", options.scenario, "--policy", options.policy, "--seed", str(options.seed),
           "--json"]
    undisturbed = run_json(options.skein, "simulate", *day)["days"][0]
    undisturbed["decisions"] = int(undisturbed["decisions"])
    moments = sorted(dice.sample(range(undisturbed["decisions"] - 1), options.kills))

    with tempfile.TemporaryDirectory(prefix="skein-crash-") as name:
        folder = pathlib.Path(name)
        acknowledged = folder / "acknowledged.jsonl"
        server = Server(options.skein, folder)
        server.start()
        drive = subprocess.Popen(
            [options.skein, "drive", "--target", server.address, "--speed", "max", "--network",
             NETWORK, "--patience", "120", "--journal-acks", str(acknowledged), *day],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            drive_and_kill(server, drive, acknowledged, moments, dice)
            report, said = drive.communicate(timeout=DAY_S)
            assert drive.returncode == 0, "drive failed:\n" + said[-4000:]
            assert server.stop() == 0, "the server did not stop in peace"
        finally:
            drive.kill()
            server.process.kill()
        driven = json.loads(report)["days"][0]
        assert driven["digest"] == undisturbed["digest"], (driven, undisturbed)
        assert driven["profitUsd"] == undisturbed["profitUsd"], (driven, undisturbed)
        count = check_store(options.skein, folder / "fleet.db", acknowledged, undisturbed)
    print(f"ok: {options.kills} kills, {count} acknowledged decisions, none lost, none double, "
          f"digest {driven['digest']} as of the undisturbed day")


if __name__ == "__main__":
    sys.exit(main())
