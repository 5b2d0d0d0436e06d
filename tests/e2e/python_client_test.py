#!/usr/bin/python3
"""Another language: a Python client finds the services by reflection and dispatches an aircraft.

    tests/e2e/python_client_test.py SKEIN_EXECUTABLE
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.request
import uuid

import grpc

import skein_process
from skein_process import EXAMPLES, ROOT

import skein_stubs
from skein_stubs import v1

REFLECTION_PROTOS = pathlib.Path("/usr/share/grpc-proto/grpc/reflection/v1alpha")
CALL_S = 30
SKEIN = sys.argv.pop(1) if len(sys.argv) > 1 else "skein"


def load_reflection(folder):
    """The reflection messages, outside of the package "grpc" that python3-grpcio owns."""
    skein_stubs.generate(REFLECTION_PROTOS, ["reflection.proto"], folder)
    sys.path.insert(0, folder)
    import reflection_pb2
    import reflection_pb2_grpc
    return reflection_pb2, reflection_pb2_grpc


def key():
    return uuid.uuid4().hex


class PythonClientTest(unittest.TestCase):
    """One server for all tests; each makes its own network."""

    @classmethod
    def setUpClass(cls):
        cls.server = skein_process.Server(SKEIN)
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.networks = v1.NetworkServiceStub(cls.server.channel)
        cls.fleet = v1.FleetServiceStub(cls.server.channel)
        cls.dispatch = v1.DispatchServiceStub(cls.server.channel)

    def make_open_network(self):
        """A network at its opening time, and its scenario."""
        network = self.networks.CreateNetwork(v1.CreateNetworkRequest(
            request_id=key(), network_id=key(), scenario_name="paper:7",
            clock=v1.CLOCK_MODE_EXTERNAL), timeout=CALL_S).network
        scenario = self.networks.GetScenario(
            v1.GetScenarioRequest(network=network.name), timeout=CALL_S).scenario
        opening = v1.Event(time_ms=scenario.operations.open_time_ms,
                           time_advanced=v1.TimeAdvanced())
        result = self.fleet.IngestEvent(v1.IngestEventRequest(item=v1.IngestItem(
            network=network.name, source="clock-tower", source_sequence=1, event=opening)),
            timeout=CALL_S).result
        self.assertEqual(result.last_source_sequence, 1)
        return network, scenario, result.progress

    def metrics_page(self):
        with urllib.request.urlopen(f"http://{self.server.metrics}/metrics", timeout=CALL_S) as page:
            return page.read().decode("utf-8")

    def test_lists_services_by_reflection(self):
        with tempfile.TemporaryDirectory() as folder:
            messages, services = load_reflection(folder)
            stub = services.ServerReflectionStub(self.server.channel)

            answers = stub.ServerReflectionInfo(
                iter([messages.ServerReflectionRequest(list_services="*")]), timeout=CALL_S)

            names = {s.name for s in next(answers).list_services_response.service}
        self.assertLessEqual({"skein.v1.NetworkService", "skein.v1.FleetService",
                              "skein.v1.DispatchService", "grpc.health.v1.Health"}, names)

    def test_gets_a_decision_with_its_explanation(self):
        network, scenario, progress = self.make_open_network()
        self.assertEqual(len(progress.open_decision_points), len(scenario.aircraft))
        aircraft = progress.open_decision_points[0]
        home = next(a.vertiport for a in scenario.aircraft if a.name == aircraft)
        away = next(c.destination for c in scenario.corridors if c.origin == home)

        trips = [self.fleet.SubmitTrip(v1.SubmitTripRequest(
            network=network.name, request_id=key(), origin=home, destination=away, passengers=2),
            timeout=CALL_S).trip for _ in range(2)]
        decision = self.dispatch.RequestDecision(v1.RequestDecisionRequest(
            network=network.name, request_id=key(), aircraft=aircraft), timeout=CALL_S).decision

        self.assertEqual([trip.id for trip in trips], [1, 2])
        self.assertEqual({trip.state for trip in trips}, {v1.TRIP_STATE_WAITING})
        self.assertTrue(decision.verdict.accepted, decision)
        self.assertEqual(decision.decision.aircraft, aircraft)
        self.assertEqual(decision.decided_by, "captain")
        self.assertEqual([d.destination for d in decision.destinations],
                         [v.name for v in scenario.vertiports])
        explained = {d.destination: d for d in decision.destinations}
        self.assertEqual(explained[away].waiting_passengers, 4)
        for row in decision.destinations:
            if row.refusal != v1.REFUSAL_UNSPECIFIED:
                self.assertNotEqual(row.rule, v1.GUARD_RULE_UNSPECIFIED, row)
                self.assertNotEqual(row.sentence, "", row)
            elif row.destination != home:
                self.assertGreater(row.landing_ms, row.take_off_ms, row)
        stored = self.dispatch.GetDecision(v1.GetDecisionRequest(
            network=network.name, decision=decision.id), timeout=CALL_S).decision
        self.assertEqual(stored.decision, decision.decision)
        self.assertEqual(stored.destinations, decision.destinations)

    def test_a_repeated_request_gets_the_same_answer(self):
        network, _, progress = self.make_open_network()
        request = v1.RequestDecisionRequest(network=network.name, request_id=key(),
                                            aircraft=progress.open_decision_points[0])

        first = self.dispatch.RequestDecision(request, timeout=CALL_S)
        second = self.dispatch.RequestDecision(request, timeout=CALL_S)

        self.assertEqual(first, second)

    def test_an_unknown_network_is_not_found(self):
        with self.assertRaises(grpc.RpcError) as raised:
            self.fleet.GetFleet(v1.GetFleetRequest(network="networks/nowhere"), timeout=CALL_S)

        self.assertEqual(raised.exception.code(), grpc.StatusCode.NOT_FOUND)
        self.assertIn("nowhere", raised.exception.details())

    def test_the_first_client_of_the_readme_works(self):
        client = subprocess.run(["/usr/bin/python3", EXAMPLES / "first_client.py",
                                 self.server.address],
                                capture_output=True, text=True, timeout=CALL_S, check=False)

        self.assertEqual(client.returncode, 0, client.stderr)
        self.assertIn("accepted: true", client.stdout)
        source = (EXAMPLES / "first_client.py").read_text()
        self.assertIn(f"```python\n{source}```", (ROOT / "README.md").read_text())

    def test_the_metrics_page_counts_decisions(self):
        network, _, progress = self.make_open_network()
        self.dispatch.RequestDecision(v1.RequestDecisionRequest(
            network=network.name, request_id=key(), aircraft=progress.open_decision_points[0]),
            timeout=CALL_S)

        text = self.metrics_page()

        self.assertRegex(text, r'skein_decisions_total\{[^}]*policy="captain"[^}]*\} [1-9]')


if __name__ == "__main__":
    unittest.main()
