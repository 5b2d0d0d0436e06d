"""`skein replay` tells an intact journal from a damaged one, and a backup comes back whole.

    replay_test.py SKEIN
"""

import contextlib
import json
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

START_S = 60
DAY_S = 300
DAY = ["--scenario", "paper", "--vertiports", "4", "--aircraft", "6", "--seed", "11", "--policy",
       "greedy"]
DAMAGES = {
    "a payload": "UPDATE journal SET payload = zeroblob(9) WHERE sequence = 40",
    "a digest": "UPDATE journal SET digest = digest + 1 WHERE kind = 2 AND number = 20",
    "a missing record": "DELETE FROM journal WHERE sequence = 60",
    "a time": "UPDATE journal SET time_ms = time_ms + 1 WHERE sequence = 30",
}


def replay(skein, store, *options):
    return subprocess.run([skein, "replay", "--store", f"sqlite:{store}", *options],
                          capture_output=True, text=True, timeout=DAY_S)


def drive_a_day(skein, folder, store):
    """Leaves a store with one driven day; checks that a replay does not touch a store in use."""
    log = folder / "server.log"
    with open(log, "wb") as stderr:
        server = subprocess.Popen([skein, "serve", "--listen", "127.0.0.1:0", "--metrics", "",
                                   "--store", f"sqlite:{store}"], stderr=stderr)
    try:
        deadline = time.monotonic() + START_S
        found = None
        while found is None and time.monotonic() < deadline and server.poll() is None:
            found = re.search(r"event=listening address=(\S+)\n", log.read_text())
            time.sleep(0.02)
        assert found, log.read_text()
        driven = subprocess.run([skein, "drive", "--target", found.group(1), "--speed", "max",
                                 "--network", "day", "--json", *DAY],
                                capture_output=True, text=True, timeout=DAY_S)
        assert driven.returncode == 0, driven.stderr
        subprocess.run([skein, "store", "backup", "--store", f"sqlite:{store}", "--file",
                        folder / "live.skein"], check=True, capture_output=True, timeout=DAY_S)
        busy = replay(skein, store, "--network", "day")
        assert busy.returncode == 1 and "in use" in busy.stderr, busy
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=START_S) == 0
    finally:
        server.kill()
    return json.loads(driven.stdout)["days"][0]


def main():
    skein = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="skein-replay-") as name:
        folder = pathlib.Path(name)
        store = folder / "fleet.db"
        day = drive_a_day(skein, folder, store)

        done = replay(skein, store, "--network", "networks/day", "--verify", "--json")
        assert done.returncode == 0, done.stderr
        report = json.loads(done.stdout)
        assert report["digest"] == day["digest"] and report["verified"], (report, day)
        assert int(report["decisions"]) == int(day["decisions"]), (report, day)
        again = replay(skein, store, "--network", "day", "--verify", "--ask-again", "--json")
        assert again.returncode == 0, again.stderr
        choices = json.loads(again.stdout)["again"]
        assert int(choices["choices"]) > 100 and choices["choices"] == choices["sameBits"], choices
        alone = replay(skein, store, "--network", "day", "--ask-again")
        assert alone.returncode != 0 and "--verify" in alone.stderr, alone
        text = replay(skein, store, "--network", "day")
        assert text.returncode == 0 and day["digest"] in text.stdout, text
        print("ok: the intact journal gives the day's digest")

        restored = subprocess.run(
            [skein, "store", "restore", "--file", folder / "live.skein", "--store",
             f"sqlite:{folder}/again.db"], capture_output=True, text=True, timeout=DAY_S)
        assert restored.returncode == 0 and day["digest"] in restored.stdout, restored
        twice = subprocess.run(
            [skein, "store", "restore", "--file", folder / "live.skein", "--store",
             f"sqlite:{folder}/again.db"], capture_output=True, text=True, timeout=DAY_S)
        assert twice.returncode == 1 and "exists" in twice.stderr, twice
        print("ok: a backup made while the server ran restores to the day's digest")

        unknown = replay(skein, store, "--network", "nowhere")
        assert unknown.returncode == 1 and "the store has day" in unknown.stderr, unknown
        missing = replay(skein, folder / "none.db", "--network", "day")
        assert missing.returncode == 1 and not (folder / "none.db").exists(), missing
        print("ok: unknown networks and stores are refused")

        for what, statement in DAMAGES.items():
            damaged = folder / f"{what.replace(' ', '-')}.db"
            shutil.copy(store, damaged)
            with contextlib.closing(sqlite3.connect(damaged)) as database, database:
                database.execute("PRAGMA foreign_keys = OFF")
                assert database.execute(statement).rowcount == 1, what
            done = replay(skein, damaged, "--network", "day", "--verify")
            assert done.returncode == 1 and "error:" in done.stderr, (what, done)
            print(f"ok: {what} is noticed: {done.stderr.strip()}")


if __name__ == "__main__":
    sys.exit(main())
