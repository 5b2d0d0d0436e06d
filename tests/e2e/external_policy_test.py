#!/usr/bin/python3
"""A policy in a Python program plays a whole simulated day.

    tests/e2e/external_policy_test.py SKEIN_EXECUTABLE
"""

import json
import subprocess
import sys
import unittest

from skein_process import EXAMPLES

SKEIN = sys.argv.pop(1) if len(sys.argv) > 1 else "skein"
DAY_S = 300  # sanitizers are slow


def simulate(address):
    """One day of paper:7 under the policy at `address`."""
    return subprocess.run(
        [SKEIN, "simulate", "--scenario", "paper:7", "--seed", "1000001", "--days", "1",
         "--policy", f"external:{address}", "--json"],
        capture_output=True, text=True, timeout=DAY_S, check=False)


class ExternalPolicyTest(unittest.TestCase):
    """deploy/examples/external_policy.py as the policy."""

    def start_policy(self):
        policy = subprocess.Popen(
            ["/usr/bin/python3", EXAMPLES / "external_policy.py", "0"],
            stdout=subprocess.PIPE, text=True)
        self.addCleanup(policy.stdout.close)
        self.addCleanup(policy.wait)
        self.addCleanup(policy.kill)
        line = policy.stdout.readline().split("=")
        self.assertEqual(line[0], "listening address")
        return line[1].strip()

    def test_plays_the_same_day_twice(self):
        address = self.start_policy()

        runs = [simulate(address) for _ in range(2)]

        for run in runs:
            self.assertEqual(run.returncode, 0, run.stderr)
        first, second = [json.loads(run.stdout) for run in runs]
        day = first["days"][0]
        self.assertEqual(first["policy"], f"external:{address}")
        self.assertEqual(day["guardViolations"], 0)
        self.assertGreater(day["passengersServed"], 0)
        self.assertGreater(day["decisions"], day["holds"])
        self.assertEqual(day["digest"], second["days"][0]["digest"])

    def test_fails_with_a_message_if_nobody_answers(self):
        address = "127.0.0.1:1"  # a reserved port

        run = simulate(address)

        self.assertEqual(run.returncode, 1)
        self.assertIn("no policy program listens", run.stderr)
        self.assertIn(address, run.stderr)


if __name__ == "__main__":
    unittest.main()
