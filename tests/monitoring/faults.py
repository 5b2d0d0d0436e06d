"""Faults of a service, each injected into a server of its own; alerts_test.py sees the alerts fire.

A fault is a generator: it starts healthy servers, yields the addresses of their metrics pages, and
then, when a Prometheus scrapes them and no alert fires, injects the fault.
"""

import contextlib
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from concurrent import futures

import grpc
from google.protobuf import json_format

import prometheus_process

sys.path.insert(0, str(prometheus_process.ROOT / "tests" / "e2e"))
import postgres_cluster  # noqa: E402
from skein_process import Server  # noqa: E402
from skein_stubs import v1  # noqa: E402

CALL_S = 30
HOUR_MS = 3_600_000


def key():
    return uuid.uuid4().hex


class City:
    """A network whose clock is the wall clock: it opened an hour ago, and nobody dispatches it."""

    def __init__(self, skein, server, *, vertiports=3, aircraft=6, policy="", change=None):
        shown = subprocess.run(
            [skein, "scenario", "show", "paper:7", "--vertiports", str(vertiports), "--aircraft",
             str(aircraft)], check=True, capture_output=True, text=True, timeout=CALL_S).stdout
        self.scenario = json_format.ParseDict(json.loads(shown), v1.Scenario())
        if change is not None:
            change(self.scenario)
        self.fleet = v1.FleetServiceStub(server.channel)
        self.dispatch = v1.DispatchServiceStub(server.channel)
        opened_ms = self.scenario.operations.open_time_ms
        self.name = v1.NetworkServiceStub(server.channel).CreateNetwork(v1.CreateNetworkRequest(
            request_id=key(), network_id=key(), scenario=self.scenario, policy=policy,
            clock=v1.CLOCK_MODE_SYSTEM,
            day_start_unix_ms=int(time.time() * 1000) - opened_ms - HOUR_MS),
            timeout=CALL_S).network.name
        self.sequence = 0

    def report(self, aircraft, charge_wh):
        self.sequence += 1
        self.fleet.IngestEvent(v1.IngestEventRequest(item=v1.IngestItem(
            network=self.name, source="telemetry", source_sequence=self.sequence,
            event=v1.Event(aircraft_reported=v1.AircraftReported(
                aircraft=aircraft, charge_wh=charge_wh)))), timeout=CALL_S)

    def put_out_of_order(self, vertiport, kind, count):
        self.fleet.SetResourceOutOfOrder(v1.SetResourceOutOfOrderRequest(
            network=self.name, request_id=key(), vertiport=vertiport, resource=kind, count=count),
            timeout=CALL_S)

    def ask(self, aircraft):
        """Asks what an aircraft does next; gives the future of the answer."""
        return self.dispatch.RequestDecision.future(v1.RequestDecisionRequest(
            network=self.name, request_id=key(), aircraft=aircraft), timeout=60)


def drive(skein, server, *options):
    """Plays days against the server, until it is stopped or the server is gone."""
    return subprocess.Popen(
        [skein, "drive", "--target", server.address, "--scenario", "paper", "--vertiports", "4",
         "--aircraft", "12", "--seed", "900001", *options],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextlib.contextmanager
def stopped_at_the_end(process):
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def server_dies(skein):
    with Server(skein) as server:
        yield [server.metrics]
        server.process.kill()
        yield


def server_restarts(skein):
    page = f"127.0.0.1:{prometheus_process.free_port()}"
    with Server(skein, metrics=page):
        yield [page]
    for _ in range(4):
        with Server(skein, metrics=page):
            time.sleep(4 * prometheus_process.SCRAPE_S)
    with Server(skein, metrics=page):
        yield


def journal_is_damaged(skein):
    with tempfile.TemporaryDirectory() as folder:
        store = f"{folder}/damaged.db"
        with Server(skein) as server:
            with stopped_at_the_end(drive(skein, server)) as driver:
                driver.wait(timeout=2 * CALL_S)
            server.process.kill()  # without a last snapshot
            server.process.wait()
            for suffix in ("", "-wal"):
                shutil.copy(f"{server.folder.name}/skein.db{suffix}", store + suffix)
        with sqlite3.connect(store) as database:
            database.execute("DELETE FROM snapshot")
            database.execute("UPDATE journal SET payload = x'00' WHERE sequence = 7")
        database.close()
        page = f"127.0.0.1:{prometheus_process.free_port()}"
        with Server(skein, metrics=page):
            yield [page]

        def damaged_store(into):
            shutil.copy(store, f"{into}/skein.db")
            return []
        with Server(skein, metrics=page, wrapper=damaged_store):
            yield


def disk_is_full(skein):
    """The store lies in a file system of 16 MiB that only the server sees."""
    def on_small_disk(folder):
        mount = 'mount -t tmpfs -o size=16m tmpfs "$0" && exec "$@"'
        return ["unshare", "--mount", "sh", "-c", mount, folder]

    with Server(skein, wrapper=on_small_disk) as server:
        yield [server.metrics]
        filler = f"/proc/{server.process.pid}/root{server.folder.name}/filler"
        with open(filler, "wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"\0" * 4096)
        try:
            stop = threading.Event()
            caller = threading.Thread(target=call_in_vain, args=(skein, server, stop))
            caller.start()
            yield
        finally:
            stop.set()
            caller.join()
            os.remove(filler)


def call_in_vain(skein, server, stop):
    while not stop.is_set():
        with contextlib.suppress(grpc.RpcError):
            City(skein, server)
        time.sleep(0.1)


class Policy(v1.PolicyEndpointServiceServicer):
    """A program that holds every aircraft, after some thought."""

    def __init__(self, thought_s=0):
        self.thought_s = thought_s
        self.server = grpc.server(futures.ThreadPoolExecutor(max_workers=2))
        v1.add_PolicyEndpointServiceServicer_to_server(self, self.server)
        self.name = f"external:127.0.0.1:{self.server.add_insecure_port('127.0.0.1:0')}"

    def __enter__(self):
        self.server.start()
        return self

    def __exit__(self, *_):
        self.server.stop(None).wait()

    def Decide(self, request, context):
        time.sleep(self.thought_s)
        return v1.DecideResponse(choices=[v1.EndpointChoice(hold=v1.Hold())
                                          for _ in request.observations])


def policy_fails(skein):
    with Server(skein) as server:
        yield [server.metrics]
        with Policy() as policy:
            city = City(skein, server, vertiports=8, aircraft=80, policy=policy.name)
        stop = threading.Event()
        asking = threading.Thread(target=ask_slowly, args=(city, stop))
        asking.start()
        try:
            yield
        finally:
            stop.set()
            asking.join()


def ask_slowly(city, stop):
    for aircraft in city.scenario.aircraft:
        if stop.wait(0.2):
            return
        city.ask(aircraft.name).result()


def policy_meets_another_city(skein):
    """Days of a city with ten times the demand of those that `captain` was trained on."""
    with tempfile.TemporaryDirectory() as folder, Server(skein) as server:
        yield [server.metrics]
        shown = subprocess.run(
            [skein, "scenario", "show", "paper:7", "--vertiports", "5", "--aircraft", "20"],
            check=True, capture_output=True, text=True, timeout=CALL_S).stdout
        scenario = json.loads(shown)
        demand = scenario["demand"]
        demand["requestsPerHour"] = [10 * rate for rate in demand["requestsPerHour"]]
        path = pathlib.Path(folder) / "crowded.json"
        path.write_text(json.dumps(scenario))
        driver = subprocess.Popen(
            [skein, "drive", "--target", server.address, "--scenario", path, "--seed", "900001"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with stopped_at_the_end(driver):
            yield


def policy_is_slow(skein):
    with Policy(thought_s=0.3) as policy, Server(skein, "--decision-ms", "5000") as server:
        yield [server.metrics]
        city = City(skein, server, vertiports=16, aircraft=150, policy=policy.name)
        waiting = [city.ask(aircraft.name) for aircraft in city.scenario.aircraft]
        yield
        for answer in waiting:
            answer.cancel()


def guard_errs(skein_without_g3):
    """A server whose guard lacks rule G3: it lets aircraft leave that will land below the reserve."""
    with Server(skein_without_g3) as server:
        yield [server.metrics]
        city = City(skein_without_g3, server)
        aircraft = city.scenario.aircraft[0]
        city.report(aircraft.name, 100)
        for vertiport in city.scenario.vertiports:
            if vertiport.name == aircraft.vertiport:
                continue
            city.dispatch.OverrideDecision(v1.OverrideDecisionRequest(
                network=city.name, request_id=key(), decision=v1.Decision(
                    aircraft=aircraft.name, fly=v1.Fly(destination=vertiport.name))),
                timeout=CALL_S)
        yield


def operations_go_wrong(skein):
    """A silent fleet that nobody dispatches, and a vertiport without chargers and stands."""
    def with_telemetry(scenario):
        scenario.operations.telemetry_period_ms = 10_000
        scenario.operations.telemetry_max_age_ms = 20_000

    with Server(skein) as server:
        yield [server.metrics]
        city = City(skein, server, change=with_telemetry)
        aircraft = city.scenario.aircraft[0]
        here = next(v for v in city.scenario.vertiports if v.name == aircraft.vertiport)
        city.report(aircraft.name, 100)
        city.put_out_of_order(here.name, v1.RESOURCE_CHARGERS, here.chargers)
        city.put_out_of_order(here.name, v1.RESOURCE_STANDS, here.stands)
        yield


def clock_is_wrong(skein):
    """The wall clock alone is ahead, by Debian's libfaketime."""
    def a_minute_ahead(_):
        library = next(pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
        return ["env", f"LD_PRELOAD={library}", "FAKETIME=+60s", "FAKETIME_DONT_FAKE_MONOTONIC=1"]

    page = f"127.0.0.1:{prometheus_process.free_port()}"
    with Server(skein, metrics=page):
        yield [page]
    with Server(skein, metrics=page, wrapper=a_minute_ahead):
        yield


def files_run_out(skein):
    def with_few_files():
        resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))

    with Server(skein, preexec=with_few_files) as server:
        yield [server.metrics]
        host, port = server.address.split(":")
        with contextlib.ExitStack() as connections:
            open_files = len(os.listdir(f"/proc/{server.process.pid}/fd"))
            for _ in range(110 - open_files):
                connections.enter_context(socket.create_connection((host, int(port)), timeout=5))
            yield


@contextlib.contextmanager
def database(skein):
    """The URL of an empty database of a PostgreSQL server that ends with the `with`."""
    with postgres_cluster.Cluster() as cluster:
        subprocess.run([skein, "store", "migrate", "--store", cluster.url()], check=True,
                       timeout=CALL_S, capture_output=True)
        yield cluster.url()


def writer_dies(skein):
    """Two servers share a database; the one that writes dies, and its lease is long."""
    with database(skein) as url, Server(skein, "--lease-ms", "8000", store=url) as leader, \
            Server(skein, "--lease-ms", "8000", store=url) as standby:
        yield [leader.metrics, standby.metrics]
        leader.process.kill()
        yield


# Which alerts a fault must fire, and which it may fire besides.
FAULTS = {
    server_dies: ({"SkeinDown"}, set()),
    server_restarts: ({"SkeinRestarting"}, {"SkeinDown"}),
    journal_is_damaged: ({"SkeinNetworkQuarantined"}, {"SkeinDown"}),
    disk_is_full: ({"SkeinDiskFilling", "SkeinStoreFailing", "SkeinErrorBudgetFast",
                    "SkeinErrorBudgetMedium", "SkeinErrorBudgetSlow"}, set()),
    policy_fails: ({"SkeinFallbackShare"},
                   {"SkeinDecisionsNotAsked", "SkeinLatencyBudgetFast", "SkeinLatencyBudgetSlow"}),
    policy_meets_another_city: ({"SkeinPolicyDrift"},
                                {"SkeinDecisionsNotAsked", "SkeinLatencyBudgetFast",
                                 "SkeinLatencyBudgetSlow"}),
    policy_is_slow: ({"SkeinQueueGrowth", "SkeinLatencyBudgetFast", "SkeinLatencyBudgetSlow"},
                     {"SkeinDecisionsNotAsked", "SkeinErrorBudgetFast", "SkeinErrorBudgetMedium",
                      "SkeinErrorBudgetSlow"}),
    guard_errs: ({"SkeinGuardEscape"}, {"SkeinDecisionsNotAsked", "SkeinExcursions"}),
    operations_go_wrong: ({"SkeinTelemetryStale", "SkeinAircraftStranded", "SkeinExcursions",
                           "SkeinDecisionsNotAsked"}, set()),
    clock_is_wrong: ({"SkeinClockWrong"}, {"SkeinDown"}),
    files_run_out: ({"SkeinFilesExhausted"}, set()),
    writer_dies: ({"SkeinNoWriter", "SkeinTakeover"}, {"SkeinDown"}),
}
