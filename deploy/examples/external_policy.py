#!/usr/bin/python3
"""A policy of your own: fly where most passengers would board, else hold.

    deploy/examples/external_policy.py 6000 &
    build/release/skein simulate --scenario paper:7 --policy external:127.0.0.1:6000
"""

import sys
from concurrent import futures

import grpc
from skein_stubs import v1


class MostPassengers(v1.PolicyEndpointServiceServicer):
    """Chooses by the guard's own estimates; `legal` is the action mask."""

    def Decide(self, request, context):
        return v1.DecideResponse(choices=[choose(o) for o in request.observations])


def choose(observation):
    best = max((d for d in observation.destinations if d.legal), key=lambda d: d.passengers)
    scores = [d.passengers for d in observation.destinations]
    if best.passengers == 0:
        return v1.EndpointChoice(hold=v1.Hold(), scores=scores)
    return v1.EndpointChoice(fly=v1.Fly(destination=best.destination), scores=scores)


def main():
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=2))
    v1.add_PolicyEndpointServiceServicer_to_server(MostPassengers(), server)
    port = server.add_insecure_port(f"127.0.0.1:{sys.argv[1] if len(sys.argv) > 1 else 6000}")
    server.start()
    print(f"listening address=127.0.0.1:{port}", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
