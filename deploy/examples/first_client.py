#!/usr/bin/python3
"""Asks a running server what the first free aircraft does: first_client.py [HOST:PORT]"""
import sys, uuid, grpc
from skein_stubs import v1

channel = grpc.insecure_channel(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:50051")
fleet, key = v1.FleetServiceStub(channel), lambda: uuid.uuid4().hex
network = v1.NetworkServiceStub(channel).CreateNetwork(v1.CreateNetworkRequest(
    request_id=key(), network_id=key(), scenario_name="paper:7", clock=v1.CLOCK_MODE_EXTERNAL)).network
opening = v1.Event(time_ms=network.progress.next_timer_ms, time_advanced=v1.TimeAdvanced())
free = fleet.IngestEvent(v1.IngestEventRequest(item=v1.IngestItem(
    network=network.name, source="me", source_sequence=1, event=opening))).result.progress.open_decision_points
answer = v1.DispatchServiceStub(channel).RequestDecision(v1.RequestDecisionRequest(
    network=network.name, request_id=key(), aircraft=free[0]))
print(answer.decision)
