"""The campaigns of torture.py: what is done to the service, and how often."""

import signal
import time

from fault_proxy import FaultProxy
from processes import Server
from stores import RESTARTS, PostgresStores, SqliteStores
from trial import Trial

KILLS_PER_TRIAL = 25

POINTS = ("append.before", "append.after", "commit.before", "commit.unanswered",
          "acknowledge.before", "snapshot.write", "migration.step", "recovery.replay")
ACTIONS = ("kill", "stop", "error")


STORES = {"sqlite": SqliteStores, "postgresql": PostgresStores}
PER_TRIAL = 10  # disturbances of the database
MOST_AFTER_DATABASE_S = 5
MOST_AFTER_LEADER_S = 10


def _trial(setup, dice, figures, **options):
    return Trial(setup, dice.randrange(10**6), figures, **options)


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
        for action in ACTIONS if setup.only in (None, point) else ():
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
    most = {"snapshot.write": 3, "recovery.replay": 5}
    return dice.randint(1, most.get(point, 200))


def _migrate(trial, action):
    """A new store meets the point in its first migration, and is used after that."""
    folder = trial.folder / f"migration-{trial.server.starts}"
    folder.mkdir()
    store = trial.setup.stores.make(folder)
    server = Server(trial.setup.skein, store.url, folder, options=trial.server.options)
    server.subcommand = store.migrates_with
    server.start(f"migration.step={action}", wait=False)
    if action == "stop":
        _await_stopped(server)
        time.sleep(trial.setup.stop_s)
        server.process.send_signal(signal.SIGCONT)
        if store.migrates_with == "serve":
            assert server.await_listening(), server.said()
            server.kill()
    code = server.process.wait(timeout=60)
    # One that stood still may find that the database has lost its patience with it.
    assert code != 0 or action == "stop", server.said()
    store.prepare(trial.setup.skein)
    server.subcommand = "serve"
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


# Database ----------------------------------------------------------------------------------------


def database(setup, dice, count, figures, waits):
    """As network, between the server and its database; a blackhole outlasts the server's patience."""
    for _ in range(count or 10):
        socket = setup.stores.cluster.folder / ".s.PGSQL.5432"
        with FaultProxy(socket, dice.randrange(10**6), longest_blackhole_s=60) as proxy:
            proxy.calm = True
            trial = _trial(setup, dice, figures)
            trial.server.store_url = (f"postgresql://skein@127.0.0.1:{proxy.port}/"
                                      f"{trial.store.name}?sslmode=disable")
            with trial:
                proxy.calm = False
                time.sleep(Relay.SECONDS)
                proxy.calm = True
                trial.note_recovery()
        waits += trial.waits
        figures["database trials"] += 1
        for name, met in proxy.counts.items():
            figures[name] += met
        _say(f"{figures['database trials']} trials: " + ", ".join(
            f"{name} {figures[name]}" for name in proxy.counts))


def _in_trials(setup, dice, figures, waits, count, blow, name, **options):
    """Lets `blow(trial)` fall `count` times, a few in each trial."""
    while count > 0:
        share = min(count, PER_TRIAL)
        with _trial(setup, dice, figures, **options) as trial:
            for _ in range(share):
                time.sleep(dice.uniform(0, 0.5))
                blow(trial)
                figures[name] += 1
        waits += trial.waits
        count -= share
        _say(f"{figures[name]} {name}, {figures['ok']} acknowledged, {figures['unknown']} unknown")


def restarts(setup, dice, count, figures, waits):
    def blow(trial):
        how = dice.choice(RESTARTS)
        setup.stores.restart(how)
        trial.note_recovery(MOST_AFTER_DATABASE_S)
        figures[f"restarts after {how.name}"] += 1
    _in_trials(setup, dice, figures, waits, count or 50, blow, "restarts")


def backends(setup, dice, count, figures, waits):
    def blow(trial):
        setup.stores.cluster.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE datname = '{trial.store.name}' AND random() < 0.6")
        trial.note_recovery(MOST_AFTER_DATABASE_S)
    _in_trials(setup, dice, figures, waits, count or 50, blow, "ended backends")


def failovers(setup, dice, count, figures, waits):
    def blow(trial):
        leader = trial.leader()
        sleeps = dice.random() < 0.5
        leader.process.send_signal(signal.SIGSTOP if sleeps else signal.SIGKILL)
        trial.note_recovery(MOST_AFTER_LEADER_S)
        if sleeps:
            leader.process.send_signal(signal.SIGCONT)
            figures["failovers of a leader that woke up again"] += 1
        else:
            leader.process.wait()
            leader.start_surely()
        trial.await_answers()
    _in_trials(setup, dice, figures, waits, count or 20, blow, "failovers", servers=2)


# Disk --------------------------------------------------------------------------------------------


def disk_full(setup, dice, count, figures, waits):
    """For a while no file may grow; the service must go on by itself when it may again."""
    def blow(trial):
        process = trial.server.process
        trial.server.limit_files(trial.store.largest_file())
        time.sleep(dice.uniform(1, 2))
        size = trial.load.size()
        time.sleep(0.5)
        stopped = b'"ok"' not in trial.load.read_from(size)
        figures["full disks that stopped it"] += stopped
        assert process.poll() is None, "the server ends: " + trial.server.said()
        trial.server.limit_files(None)
        trial.note_recovery(MOST_AFTER_DATABASE_S)
    _in_trials(setup, dice, figures, waits, count or 20, blow, "full disks")
    assert figures["full disks that stopped it"] > 0, "the disk was never full"


# Control -----------------------------------------------------------------------------------------


def control(setup, dice, count, figures, waits):
    """A program that acknowledges before it commits must be found out."""
    honest, setup.skein = setup.skein, setup.hasty
    try:
        kills(setup, dice, count or KILLS_PER_TRIAL, figures, waits)
    except AssertionError as found:
        figures["controls found"] += 1
        _say(f"found, as it should be: {str(found).strip()[:300]}")
        return
    finally:
        setup.skein = honest
    raise AssertionError("acknowledgements before the commit were not noticed")


def short(setup, dice, count, figures, waits):
    del count
    kills(setup, dice, 10, figures, waits)
    failpoints(setup, dice, 1, figures, waits)
    network(setup, dice, 1, figures, waits)
    if setup.store == "postgresql":
        restarts(setup, dice, 3, figures, waits)
        failovers(setup, dice, 2, figures, waits)
        database(setup, dice, 1, figures, waits)
    else:
        disk_full(setup, dice, 3, figures, waits)
        control(setup, dice, None, figures, waits)


CAMPAIGNS = {
    "kills": kills,
    "failpoints": failpoints,
    "network": network,
    "disk-full": disk_full,
    "database": database,
    "restarts": restarts,
    "backends": backends,
    "failovers": failovers,
    "control": control,
    "short": short,
}
