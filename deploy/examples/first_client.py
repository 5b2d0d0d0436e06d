import sys, uuid, grpc
from skein_stubs import v1

channel = grpc.insecure_channel(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:50051")
networks, fleet = v1.NetworkServiceStub(channel), v1.FleetServiceStub(channel)
dispatch, key = v1.DispatchServiceStub(channel), lambda: uuid.uuid4().hex
made = networks.CreateNetwork(v1.CreateNetworkRequest(
    request_id=key(), network_id=key(), scenario_name="paper:7", clock=v1.CLOCK_MODE_EXTERNAL))
name = made.network.name
opening = v1.Event(time_ms=made.network.progress.next_stop_ms, time_advanced=v1.TimeAdvanced())
taken = fleet.IngestEvent(v1.IngestEventRequest(item=v1.IngestItem(
    network=name, source="me", source_sequence=1, event=opening)))
print(dispatch.RequestDecision(v1.RequestDecisionRequest(
    network=name, request_id=key(), aircraft=taken.result.progress.open_decision_points[0])))
