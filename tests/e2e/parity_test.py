"""A day driven over gRPC is the same day as in process: same digest after every decision, same figures.

    parity_test.py SKEIN [--scenario NAME] [--policy NAME] [--telemetry S]
                         [--store sqlite|postgresql]

`skein drive` compares the digest after each decision itself and stops at the first difference. This
test compares the reports, lets the auditor check the day, and fails if the days are too quiet to
prove anything. Telemetry is tried off and on. The network of `captain` is one that was never trained:
what is compared are the bits, not the profit. Its days need not have every rule.
"""

import argparse
import contextlib
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import postgres_cluster  # noqa: E402
import skein_process  # noqa: E402

POLICIES = ("random", "fcfs", "greedy", "captain")
SEEDS = {"paper:7": 1_000_100, "metro:sfbay": 1_000_003}
TELEMETRY_S = (0, 60)
NOT_COMPARED = ("wallS", "refusals")


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))} failed:\n{done.stderr[-4000:]}")
    return done.stdout


def the_day(report):
    day = dict(json.loads(report)["days"][0])
    for field in NOT_COMPARED:
        day.pop(field)
    return day


def rules_fired(events_file):
    """Which of the rules that a parity day must contain happened in it."""
    fired = set()
    landed_at = {}
    with open(events_file, encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            if "event" in entry and "aircraftFailed" in entry["event"]:
                fired.add("failure")
            timed = entry.get("effect")
            if timed is None:
                continue
            (kind, effect), time_ms = next(iter(timed["effect"].items())), int(timed["timeMs"])
            if kind == "flightCancelled" and effect["reason"] == "CANCEL_REASON_CLOSED":
                fired.add("cancelling closure")
            elif kind == "slotsReplanned":
                fired.add("re-slot")
            elif kind == "tripEnded" and effect["outcome"] == "TRIP_OUTCOME_EXPIRED":
                fired.add("lost party")
            elif kind == "diversionStarted":
                fired.add("diversion")
            elif kind == "flightLanded":
                landed_at[effect["aircraft"]] = time_ms
            elif kind == "chargingStarted" and landed_at.get(effect["aircraft"], time_ms) < time_ms:
                fired.add("charger queue")
    return fired


def check(skein, address, scenario, policy, telemetry_s, folder, required):
    seed = SEEDS[scenario]
    options = ["--scenario", scenario, "--policy", policy, "--seed", seed,
               "--telemetry", telemetry_s, "--json"]
    events = folder / "events.jsonl"
    here = the_day(run(skein, "simulate", *options, "--events", events))
    there = the_day(run(skein, "drive", "--target", address, "--speed", "max", *options,
                        "--network", f"parity-{policy.partition(':')[0]}-{telemetry_s}"))
    if here != there:
        differing = {k: (here[k], there.get(k)) for k in here if here[k] != there.get(k)}
        raise AssertionError(f"{scenario} {policy} telemetry {telemetry_s}: {differing}")
    missing = required - rules_fired(events)
    if missing:
        raise AssertionError(f"{scenario} {policy} seed {seed}: the day has no {sorted(missing)}")
    scenario_file = folder / "scenario.json"
    run(skein, "scenario", "show", scenario, "--telemetry", telemetry_s, "--out", scenario_file)
    audit = pathlib.Path(__file__).resolve().parents[1] / "audit.py"
    print(scenario, policy, f"telemetry {telemetry_s} s, digest {here['digest']},",
          run("/usr/bin/python3", audit, "--scenario", scenario_file, "--events", events).strip())


def rules_required(scenario, policy):
    if policy == "captain":
        return {"lost party"}  # the seeds were chosen for days of the others
    rules = {"cancelling closure", "re-slot", "failure", "lost party", "charger queue"}
    return rules | {"diversion"} if scenario.startswith("metro") else rules


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("skein")
    parser.add_argument("--scenario", choices=sorted(SEEDS), action="append")
    parser.add_argument("--policy", choices=POLICIES, action="append")
    parser.add_argument("--telemetry", type=int, choices=TELEMETRY_S, action="append")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    arguments = parser.parse_args()
    for scenario in arguments.scenario or sorted(SEEDS):
        with contextlib.ExitStack() as stack:
            store = None
            if arguments.store == "postgresql":
                cluster = stack.enter_context(postgres_cluster.Cluster())
                store = cluster.url()
                run(arguments.skein, "store", "migrate", "--store", store)
            server = stack.enter_context(skein_process.Server(arguments.skein, store=store))
            folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
            for policy in arguments.policy or POLICIES:
                for telemetry_s in arguments.telemetry or TELEMETRY_S:
                    check(arguments.skein, server.address, scenario, policy, telemetry_s, folder,
                          rules_required(scenario, policy))


if __name__ == "__main__":
    main()
