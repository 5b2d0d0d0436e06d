"""Two servers share a PostgreSQL database: one leads, the other takes over, and nothing is lost.

    failover_test.py SKEIN [--rounds N] [--policy NAME] [--seed N] [-- SCENARIO OPTIONS]

`skein drive` dispatches a day against both. Meanwhile the leader is killed, is stopped for longer
than its lease and woken again, and the database is restarted. At the end the day has the digest of
the undisturbed day, every acknowledged decision is in the journal exactly once, the journal replays
from its first event, the ledger agrees with the report, and a backup restores to the same digest.
Prints how long it took from each blow to the first decision after it.
"""

import argparse
import json
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import postgres_cluster  # noqa: E402

START_S = 60
DAY_S = 1500
NETWORK = "failover"
LEASE_MS = 3000
MOST_AFTER_DEATH_S = 10
MOST_AFTER_DATABASE_S = 5


class Server:
    """One `skein serve` of the pair."""

    def __init__(self, skein, name, folder, url):
        self.skein, self.name, self.folder, self.url = skein, name, folder, url
        self.address = "127.0.0.1:0"
        self.starts = 0

    def start(self):
        self.starts += 1
        self.log = self.folder / f"{self.name}-{self.starts}.log"
        with open(self.log, "wb") as stderr:
            self.process = subprocess.Popen(
                [self.skein, "serve", "--listen", self.address, "--metrics", "", "--store",
                 self.url, "--lease-ms", str(LEASE_MS)], stderr=stderr)
        self.address = self.await_event(r"event=listening address=(\S+)\n")
        return self

    def await_event(self, pattern):
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and self.process.poll() is None:
            found = re.search(pattern, self.log.read_text())
            if found:
                return found.group(1)
            time.sleep(0.01)
        raise AssertionError(f"{self.name}: no {pattern}:\n" + self.log.read_text()[-4000:])

    def leads(self):
        roles = re.findall(r"event=role role=(\w+)", self.log.read_text())
        return bool(roles) and roles[-1] == "leader"

    def send(self, number):
        self.process.send_signal(number)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=START_S)


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          timeout=DAY_S)
    assert done.returncode == 0, f"{' '.join(map(str, command))} failed:\n{done.stderr[-4000:]}"
    return done.stdout


class Test:
    def __init__(self, skein, folder, cluster, day):
        self.skein, self.folder, self.cluster, self.day = skein, folder, cluster, day
        self.acknowledged = folder / "acknowledged.jsonl"
        self.servers = [Server(skein, name, folder, cluster.url()) for name in "ab"]

    def leader(self):
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            leading = [s for s in self.servers if s.process.poll() is None and s.leads()]
            if leading:
                return leading[-1]
            time.sleep(0.02)
        raise AssertionError("nobody leads")

    def count(self):
        path = self.acknowledged
        return path.read_bytes().count(b"\n") if path.exists() else 0

    def await_more(self, wanted):
        """Waits for so many more acknowledged decisions; returns how long the first one took."""
        begun, before, first = time.monotonic(), self.count(), None
        while self.count() < before + wanted:
            assert self.drive.poll() is None, "the drive ended:\n" + self.drive.stderr.read()[-4000:]
            assert time.monotonic() < begun + 60, "no decision for a minute"
            if first is None and self.count() > before:
                first = time.monotonic() - begun
            time.sleep(0.005)
        return first if first is not None else time.monotonic() - begun

    def kill_leader(self):
        leader = self.leader()
        leader.send(signal.SIGKILL)
        leader.process.wait()
        taken = self.await_more(5)
        leader.start()
        assert taken < MOST_AFTER_DEATH_S, taken
        print(f"leader killed: first decision after {taken:.2f} s", flush=True)

    def stop_leader(self):
        """The leader sleeps through its lease; when it wakes up, it may write nothing."""
        leader = self.leader()
        leader.send(signal.SIGSTOP)
        taken = self.await_more(5)
        epochs = self.cluster.query("SELECT epoch, batch FROM writer_term ORDER BY epoch")
        leader.send(signal.SIGCONT)
        self.await_more(20)
        leader.await_event(r"(?s)event=role role=leader.*event=role role=(standby)")
        after = self.cluster.query("SELECT epoch, batch FROM writer_term ORDER BY epoch")
        assert after[len(epochs) - 2] == epochs[-2], "a deposed leader has written"
        assert taken < MOST_AFTER_DEATH_S, taken
        print(f"leader stopped: first decision after {taken:.2f} s", flush=True)

    def restart_database(self, how):
        self.cluster.stop(how)
        self.cluster.start()
        taken = self.await_more(5)
        assert taken < MOST_AFTER_DATABASE_S, taken
        print(f"database stopped by {how.name}: first decision {taken:.2f} s after it was back",
              flush=True)

    def drive_through(self, rounds):
        for server in self.servers:
            server.start()
        addresses = ",".join(server.address for server in self.servers)
        self.drive = subprocess.Popen(
            [self.skein, "drive", "--target", addresses, "--speed", "max", "--network", NETWORK,
             "--patience", "120", "--journal-acks", str(self.acknowledged), *self.day],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        blows = [self.kill_leader, self.stop_leader, lambda: self.restart_database(signal.SIGINT),
                 lambda: self.restart_database(signal.SIGQUIT)]
        try:
            for _ in range(rounds):
                for blow in blows:
                    self.await_more(20)
                    blow()
            report, said = self.drive.communicate(timeout=DAY_S)
            assert self.drive.returncode == 0, "drive failed:\n" + said[-4000:]
            self.check_standby()
            for server in self.servers:
                assert server.stop() == 0, f"{server.name} did not stop in peace"
        finally:
            self.drive.kill()
            for server in self.servers:
                server.process.kill()
        return json.loads(report)["days"][0]

    def check_standby(self):
        """Both servers come to the same state, and the standby names the leader."""
        standby = next(s for s in self.servers if s is not self.leader())
        refused = subprocess.run(
            [self.skein, "drive", "--target", standby.address, "--speed", "max", "--network",
             "elsewhere", "--patience", "1", *self.day], capture_output=True, text=True)
        assert refused.returncode != 0 and self.leader().address in refused.stderr, refused

    def check(self, driven, undisturbed):
        assert driven["digest"] == undisturbed["digest"], (driven, undisturbed)
        assert driven["profitUsd"] == undisturbed["profitUsd"], (driven, undisturbed)
        acks = [json.loads(line) for line in self.acknowledged.read_text().splitlines()]
        promised = [(ack["decision"], ack["digest"]) for ack in acks]
        kept = [(int(number), f"{int(digest) & 0xFFFFFFFFFFFFFFFF:016x}") for number, digest in
                self.cluster.query("SELECT number, digest FROM journal WHERE kind = 2"
                                   " ORDER BY sequence")]
        assert [number for number, _ in kept] == list(range(len(kept)))
        assert len(set(promised)) == len(promised), "a decision was acknowledged twice"
        assert not set(promised) - set(kept), "a decision was acknowledged and lost"
        assert len(kept) == int(undisturbed["decisions"]), (len(kept), undisturbed["decisions"])
        replay = json.loads(run(self.skein, "replay", "--store", self.cluster.url(), "--network",
                                NETWORK, "--verify", "--json"))
        assert replay["verified"] and replay["digest"] == undisturbed["digest"], replay
        self.check_ledger(undisturbed)
        self.check_backup(undisturbed)
        return len(promised)

    def check_ledger(self, day):
        value = lambda sql: self.cluster.query(sql)[0][0]  # noqa: E731
        assert float(value("SELECT sum(profit_usd) FROM profit_by_hour")) == day["profitUsd"], \
            (value("SELECT sum(profit_usd) FROM profit_by_hour"), day["profitUsd"])
        flights = int(day["flights"])
        assert int(value("SELECT count(*) FROM flights")) == flights, day
        assert int(value("SELECT count(*) FROM decisions")) == int(day["decisions"]), day
        assert value("SELECT count(*) FROM booking WHERE kind = 'aircraft' AND"
                     " upper_inf(during)") == "0", "an aircraft is held after the day"
        held = int(value("SELECT sum(held) FROM stand_use"))
        aircraft = int(value("SELECT count(DISTINCT holder) FROM booking WHERE kind = 'stand'"))
        assert held == aircraft, (held, aircraft)

    def check_backup(self, day):
        file = self.folder / "backup.skein"
        run(self.skein, "store", "backup", "--store", self.cluster.url(), "--file", file)
        self.cluster.query("CREATE DATABASE again")
        again = self.cluster.url("again")
        restored = run(self.skein, "store", "restore", "--file", file, "--store", again)
        assert day["digest"] in restored, restored
        twice = subprocess.run([self.skein, "store", "restore", "--file", file, "--store", again],
                               capture_output=True, text=True)
        assert twice.returncode == 1 and "want an empty one" in twice.stderr, twice
        damaged = self.folder / "damaged.skein"
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        damaged.write_bytes(content)
        refused = subprocess.run([self.skein, "store", "restore", "--file", damaged, "--store",
                                  again], capture_output=True, text=True)
        assert refused.returncode == 1 and "is damaged" in refused.stderr, refused
        print("ok: the backup restores to the same digest, a damaged one is refused", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("skein", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--policy", default="greedy")
    parser.add_argument("--seed", type=int, default=1_000_200)
    parser.add_argument("scenario", nargs="*",
                        default=["--scenario", "paper", "--vertiports", "5", "--aircraft", "12"])
    options = parser.parse_args()
    day = [*options.scenario, "--policy", options.policy, "--seed", str(options.seed), "--json"]
    undisturbed = json.loads(run(options.skein, "simulate", *day))["days"][0]
    with tempfile.TemporaryDirectory(prefix="skein-failover-") as name, \
            postgres_cluster.Cluster() as cluster:
        run(options.skein, "store", "migrate", "--store", cluster.url())
        test = Test(options.skein, pathlib.Path(name), cluster, day)
        driven = test.drive_through(options.rounds)
        count = test.check(driven, undisturbed)
    print(f"ok: {count} acknowledged decisions, none lost, none double, digest "
          f"{driven['digest']} as of the undisturbed day")


if __name__ == "__main__":
    sys.exit(main())
