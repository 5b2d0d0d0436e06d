"""The campaigns of torture.py: what is done to the service, and how often."""

import dataclasses
import signal
import time

from fault_proxy import FaultProxy
from processes import BrokenPromise, Server
from stores import RESTARTS, PairStores, PostgresStores, SqliteStores
from trial import Trial

KILLS_PER_TRIAL = 25

POINTS = ("append.before", "append.after", "commit.before", "commit.unanswered",
          "acknowledge.before", "snapshot.write", "migration.step", "recovery.replay")
ACTIONS = ("kill", "stop", "error")


STORES = {"sqlite": SqliteStores, "postgresql": PostgresStores}
PER_TRIAL = 10  # disturbances of the database
MOST_AFTER_DATABASE_S = 5
MOST_UNTIL_FULL_S = 30
MOST_AFTER_LEADER_S = 10
NETWORK_S = 15  # of a trial on a bad network


def _trial(setup, dice, figures, **options):
    return Trial(setup, dice.randrange(10**6), figures, **options)


def _say(text):
    print(text, flush=True)


def _acknowledged(figures):
    return f"{figures['ok']} acknowledged, {figures['unknown']} unknown"


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
        _say(f"{figures['kills']} kills, {_acknowledged(figures)}")


# Failpoints --------------------------------------------------------------------------------------


def failpoints(setup, dice, count, figures, waits):
    for point in POINTS:
        for action in ACTIONS:
            if setup.only in (None, point, f"{point}={action}"):
                _reach_each(setup, dice, [(point, action)] * (count or 20), figures, waits)
                _say(f"{point}={action}: {figures[f'{point}={action}']} times, "
                     f"{_acknowledged(figures)}")


def _reach_each(setup, dice, orders, figures, waits):
    with _trial(setup, dice, figures) as trial:
        for point, action in orders:
            _reach(trial, dice, point, action)
            figures[f"{point}={action}"] += 1
    waits += trial.waits


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
        _let_stand(server, trial.setup.stop_s)
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
    with Server(trial.setup.skein, store.url, folder, options=trial.server.options) as server:
        server.subcommand = store.migrates_with
        server.start(f"migration.step={action}", wait=False)
        if action == "stop":
            _let_stand(server, trial.setup.stop_s)
            if store.migrates_with == "serve":
                assert server.await_listening(), server.said()
                server.kill()
        code = server.process.wait(timeout=60)
        # One that stood still may find that the database has lost its patience with it.
        assert code != 0 or action == "stop", server.said()
        store.prepare(trial.setup.skein)
        server.subcommand = "serve"
        server.start_surely()
        assert server.stop() == 0, "a server does not stop in peace: " + server.said()
    store.check_file()
    trial.server.start_surely()
    trial.note_recovery()


def _let_stand(server, seconds):
    """Waits until the server has stopped itself, and wakes it up later."""
    _await_stopped(server)
    time.sleep(seconds)
    server.process.send_signal(signal.SIGCONT)


def _await_stopped(server):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with open(f"/proc/{server.process.pid}/stat", encoding="ascii") as stat:
            if stat.read().rsplit(")", 1)[1].split()[0] == "T":
                return
        time.sleep(0.005)
    raise AssertionError("the server does not reach its failpoint")


# Network and database ----------------------------------------------------------------------------


def network(setup, dice, count, figures, waits):
    for _ in range(count or 10):
        with FaultProxy(dice.randrange(10**6)) as proxy:
            proxy.calm = True
            _endure(_trial(setup, dice, figures, proxy=proxy), proxy, figures, waits)


def database(setup, dice, count, figures, waits):
    """As network, between the server and its database; a blackhole outlasts the server's patience."""
    for _ in range(count or 10):
        socket = setup.stores.cluster.folder / ".s.PGSQL.5432"
        with FaultProxy(dice.randrange(10**6), socket, longest_blackhole_s=60) as proxy:
            proxy.calm = True
            trial = _trial(setup, dice, figures)
            trial.server.store_url = (f"postgresql://skein@127.0.0.1:{proxy.port}/"
                                      f"{trial.store.name}?sslmode=disable")
            _endure(trial, proxy, figures, waits)


def _endure(trial, proxy, figures, waits):
    """A trial whose bytes go through the proxy, which is bad for some time."""
    with trial:
        proxy.calm = False
        time.sleep(NETWORK_S)
        proxy.calm = True
        trial.note_recovery()
    waits += trial.waits
    figures["faults"] += sum(proxy.counts.values())
    for name, met in proxy.counts.items():
        figures[name] += met
    _say(f"{figures['trials']} trials, {figures['faults']} faults, {_acknowledged(figures)}")


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
        _say(f"{figures[name]} {name}, {_acknowledged(figures)}")


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


def database_failovers(setup, dice, count, figures, waits):
    with PairStores() as stores:
        def blow(trial):
            assert stores.cluster.synchronous(), "commits do not wait for the standby"
            if dice.random() < 0.5:
                _leave_commits_alone(trial, stores.cluster)
                figures["failovers with commits that the standby had not"] += 1
            stores.cluster.fail_over()
            trial.note_recovery(MOST_AFTER_DATABASE_S)
            stores.cluster.attach()
            if dice.random() < 0.5:  # one that connects while there are two
                server = dice.choice(trial.servers)
                server.kill()
                server.start_surely()
            trial.await_answers()
            assert stores.cluster.standby_sessions() == 0, "the service reads from the standby"
        _in_trials(dataclasses.replace(setup, stores=stores), dice, figures, waits, count or 20,
                   blow, "failovers of the database", servers=2)


def _leave_commits_alone(trial, pair):
    """The standby follows no longer, and whoever waits for it is cut off: such a commit is on the
    primary, for all to see, but nobody may be told that it is done."""
    pair.part()
    deadline = time.monotonic() + 10
    cut = 0
    while cut < 2:
        assert time.monotonic() < deadline, "no commit waits for the standby"
        cut += int(pair.query(
            "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity"
            f" WHERE datname = '{trial.store.name}' AND wait_event = 'SyncRep'")[0][0])


# Disk --------------------------------------------------------------------------------------------


def disk_full(setup, dice, count, figures, waits):
    """For a while no file may be written beyond a place that the log of the store soon comes to; the
    service must go on by itself when it may again."""
    def blow(trial):
        process = trial.server.process
        trial.server.limit_files(trial.store.log_size() // 2)
        deadline = time.monotonic() + MOST_UNTIL_FULL_S
        while _answers(trial, 0.5):
            assert time.monotonic() < deadline, "the disk was never full"
        time.sleep(dice.uniform(0, 1))
        assert process.poll() is None, "the server ends: " + trial.server.said()
        trial.server.limit_files(None)
        trial.note_recovery(MOST_AFTER_DATABASE_S)
    _in_trials(setup, dice, figures, waits, count or 20, blow, "full disks")


def _answers(trial, seconds):
    """Whether something is acknowledged meanwhile."""
    size = trial.load.size()
    time.sleep(seconds)
    return b'"ok"' in trial.load.read_from(size)


# Controls ----------------------------------------------------------------------------------------


def control(setup, dice, count, figures, waits):
    """What must be found out."""
    on_postgresql = setup.store == "postgresql"
    with (PairStores if on_postgresql else SqliteStores)() as stores:
        setup = dataclasses.replace(setup, stores=stores, keeps_evidence=False)
        loses = _lose_by_standby if on_postgresql else _lose_by_haste
        try:
            loses(setup, dice, count, figures, waits)
        except BrokenPromise as found:
            figures["controls found"] += 1
            _say(f"found, as it should be: {str(found).strip()[:300]}")
            return
    raise AssertionError("a loss was not noticed")


def _lose_by_haste(setup, dice, count, figures, waits):
    """A program that acknowledges before it commits."""
    setup = dataclasses.replace(setup, skein=setup.hasty)
    kills(setup, dice, count or KILLS_PER_TRIAL, figures, waits)


def _lose_by_standby(setup, dice, count, figures, waits):
    """A standby that commits do not wait for; the primary dies when it is behind."""
    del count, waits
    with _trial(setup, dice, figures) as trial:
        setup.stores.cluster.primary.set("synchronous_standby_names", "")
        setup.stores.cluster.part()
        trial.await_answers()
        setup.stores.cluster.fail_over()
        # A service that goes on notices that the database went back, and writes nothing.
        trial.server.kill()
        trial.server.start_surely()
        time.sleep(1)


def short(setup, dice, count, figures, waits):
    del count
    kills(setup, dice, 10, figures, waits)
    for action in ACTIONS:
        _reach_each(setup, dice, [(point, action) for point in POINTS], figures, waits)
    if setup.store == "postgresql":
        restarts(setup, dice, 3, figures, waits)
        failovers(setup, dice, 2, figures, waits)
        database_failovers(setup, dice, 2, figures, waits)
        database(setup, dice, 1, figures, waits)
    else:
        network(setup, dice, 1, figures, waits)
        disk_full(setup, dice, 3, figures, waits)
    control(setup, dice, None, figures, waits)


NEEDS = dict.fromkeys(("database", "restarts", "backends", "failovers", "database-failovers"),
                      "postgresql") | {"disk-full": "sqlite"}

CAMPAIGNS = {
    "kills": kills,
    "failpoints": failpoints,
    "network": network,
    "disk-full": disk_full,
    "database": database,
    "restarts": restarts,
    "backends": backends,
    "failovers": failovers,
    "database-failovers": database_failovers,
    "control": control,
    "short": short,
}
