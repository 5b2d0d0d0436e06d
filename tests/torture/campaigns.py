"""The campaigns of torture.py: what is done to the service, and how often."""

import signal
import time

from fault_proxy import FaultProxy
from stores import SqliteStore
from trial import Trial

KILLS_PER_TRIAL = 25

POINTS = ("append.before", "append.after", "commit.before", "commit.unanswered",
          "acknowledge.before", "snapshot.write", "migration.step", "recovery.replay")
ACTIONS = ("kill", "stop", "error")


def _stores():
    return {"sqlite": SqliteStore}


STORES = _stores()


def _trial(setup, dice, figures, **options):
    return Trial(setup, dice.randrange(10**6), figures, STORES[setup.store], **options)


def _say(text):
    print(text, flush=True)


# Kills -------------------------------------------------------------------------------------------


def kills(setup, dice, count, figures, waits):
    count = count or 500
    while count > 0:
        share = min(count, KILLS_PER_TRIAL)
        with _trial(setup, dice, figures) as trial:
            for _ in range(share):
                time.sleep(dice.uniform(0, 0.4))
                trial.server.kill()
                trial.server.start_surely()
                trial.note_recovery()
        figures["kills"] += share
        waits += trial.waits
        count -= share
        _say(f"{figures['kills']} kills, {figures['ok']} acknowledged, {figures['unknown']} unknown")


# Failpoints --------------------------------------------------------------------------------------


def failpoints(setup, dice, count, figures, waits):
    for point in POINTS:
        for action in ACTIONS:
            with _trial(setup, dice, figures) as trial:
                for _ in range(count or 20):
                    _reach(trial, dice, point, action)
                    figures[f"{point}={action}"] += 1
            waits += trial.waits
            _say(f"{point}={action}: {figures[f'{point}={action}']} times")


def _reach(trial, dice, point, action):
    """Restarts the server with the point armed, lets it happen, and sees it through."""
    server = trial.server
    server.kill()
    if point == "migration.step":
        _migrate(trial, action)
        return
    order = f"{point}={action}@{_pass(dice, point)}"
    listens = server.start(order, wait=point != "recovery.replay")
    if action == "kill":
        server.process.wait(timeout=60)
        server.start_surely()
    elif action == "stop":
        _await_stopped(server)
        time.sleep(trial.setup.stop_s)
        server.process.send_signal(signal.SIGCONT)
        assert server.await_listening(), server.said()
    else:
        assert server.await_listening() or not listens, server.said()
    trial.note_recovery()


def _pass(dice, point):
    return dice.randint(1, 3) if point == "snapshot.write" else dice.randint(1, 200)


def _migrate(trial, action):
    """A new store meets the point in its first migration, and is opened after that."""
    store = type(trial.store)(trial.folder, f"migration-{trial.server.starts}.db")
    server = type(trial.server)(trial.setup.skein, store.url, trial.folder, "migration")
    listens = server.start(f"migration.step={action}", wait=action == "error")
    if action == "error":
        assert not listens, "a failed migration was passed over"
    elif action == "kill":
        server.process.wait(timeout=60)
    else:
        _await_stopped(server)
        time.sleep(trial.setup.stop_s)
        server.process.send_signal(signal.SIGCONT)
        assert server.await_listening(), server.said()
        assert server.stop() == 0
    server.start_surely()
    assert server.stop() == 0
    store.check_file()
    trial.server.start_surely()
    trial.note_recovery()


def _await_stopped(server):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with open(f"/proc/{server.process.pid}/stat", encoding="ascii") as stat:
            if stat.read().rsplit(")", 1)[1].split()[0] == "T":
                return
        time.sleep(0.005)
    raise AssertionError("the server does not reach its failpoint")


# Network -----------------------------------------------------------------------------------------


def network(setup, dice, count, figures, waits):
    count = count or 10
    for _ in range(count):
        relay = Relay(setup, dice, figures)
        relay.run()
        waits += relay.waits
        _say(f"{figures['network trials']} trials: " + ", ".join(
            f"{name} {figures[name]}" for name in relay.counts))


class Relay:
    """A trial in which everything between clients and server goes through a bad network."""

    SECONDS = 15

    def __init__(self, setup, dice, figures):
        self.setup, self.dice, self.figures, self.waits = setup, dice, figures, []

    def run(self):
        trial = _trial(self.setup, self.dice, self.figures)
        trial.server.start_surely()
        port = int(trial.server.address.rsplit(":", 1)[1])
        trial.server.stop()
        with FaultProxy(port, self.dice.randrange(10**6)) as proxy:
            trial.proxy = proxy
            with trial:
                time.sleep(self.SECONDS)
                proxy.calm = True
                trial.note_recovery()
        self.counts = proxy.counts
        self.waits = trial.waits
        self.figures["network trials"] += 1
        for name, count in proxy.counts.items():
            self.figures[name] += count


def short(setup, dice, count, figures, waits):
    del count
    kills(setup, dice, 20, figures, waits)
    failpoints(setup, dice, 1, figures, waits)
    network(setup, dice, 1, figures, waits)


CAMPAIGNS = {"kills": kills, "failpoints": failpoints, "network": network, "short": short}
