#!/usr/bin/python3
"""`skein bound`: its JSON, that no rule's day exceeds it, and its errors."""

import json
import subprocess
import sys
import unittest

SKEIN = sys.argv.pop(1)
DAYS = ["--scenario", "paper", "--vertiports", "4", "--aircraft", "5", "--seed", "900000",
        "--days", "3"]


def run(*arguments):
    return subprocess.run([SKEIN, *arguments], capture_output=True, text=True, check=False)


class BoundTest(unittest.TestCase):
    def test_no_rule_exceeds_what_it_prints(self):
        bound = run("bound", *DAYS, "--json")
        self.assertEqual(bound.returncode, 0, bound.stderr)
        bounds = json.loads(bound.stdout)["days"]
        self.assertEqual([day["seed"] for day in bounds], ["900000", "900001", "900002"])
        for policy in ("random", "fcfs", "greedy"):
            played = json.loads(run("simulate", *DAYS, "--policy", policy, "--json").stdout)["days"]
            for limit, day in zip(bounds, played):
                self.assertTrue(limit["optimal"])
                self.assertGreater(limit["rows"], 0)
                self.assertLessEqual(day["profitUsd"], limit["boundUsd"])

    def test_is_a_table_for_people(self):
        table = run("bound", *DAYS)
        self.assertEqual(table.returncode, 0, table.stderr)
        self.assertIn("bound USD", table.stdout)
        self.assertIn("mean", table.stdout)

    def test_stopped_early_it_says_so_and_is_no_lower(self):
        stopped = json.loads(run("bound", *DAYS, "--max-iterations", "3", "--json").stdout)["days"]
        full = json.loads(run("bound", *DAYS, "--json").stdout)["days"]
        for early, late in zip(stopped, full):
            self.assertFalse(early["optimal"])
            self.assertGreaterEqual(early["boundUsd"], late["boundUsd"])

    def test_refuses_what_makes_no_sense(self):
        for wrong in (["--levels", "65"], ["--bin", "-1"], ["--days", "0"],
                      ["--scenario", "metro:nowhere"]):
            refused = run("bound", *wrong)
            self.assertEqual(refused.returncode, 2, wrong)
            self.assertNotEqual(refused.stderr + refused.stdout, "")


if __name__ == "__main__":
    unittest.main()
