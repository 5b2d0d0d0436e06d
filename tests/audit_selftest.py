#!/usr/bin/env python3
"""Tests of the auditor: it agrees with a hand-made day and catches every mutation of it."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from audit import audit  # noqa: E402
from auditor.charging import ChargeCurve  # noqa: E402
from auditor.hand_made_day import SCENARIO, hand_made_day  # noqa: E402
from auditor.hostile_mutations import MUTATIONS  # noqa: E402
from auditor.mutations import Copy, reported_profit_is_not_the_sum  # noqa: E402
from auditor.network import load  # noqa: E402
from auditor.slots import Interval, peak  # noqa: E402


def run(lines, scenario=None):
    """Audits lines; returns the findings."""
    network = load(json.dumps(SCENARIO if scenario is None else scenario))
    return audit(network, [json.dumps(line) for line in lines]).findings.items


class AuditorTest(unittest.TestCase):
    """The auditor as a whole."""

    def test_agrees_with_the_hand_made_day(self):
        self.assertEqual(run(hand_made_day()), [])

    def test_agrees_with_two_days_in_one_file(self):
        self.assertEqual(run(hand_made_day() * 2), [])

    def test_catches_every_mutation(self):
        for check, mutate in MUTATIONS:
            with self.subTest(mutate.__name__):
                day = Copy()
                mutate(day)
                findings = run(day.lines, day.scenario)
                self.assertIn(check, [item.check for item in findings])

    def test_exit_status_tells_agreement_from_disagreement_from_misuse(self):
        spoilt = Copy()
        reported_profit_is_not_the_sum(spoilt)
        self.assertEqual(self._exit_status(hand_made_day()), 0)
        self.assertEqual(self._exit_status(spoilt.lines), 1)
        self.assertEqual(self._exit_status([{"nonsense": {}}]), 2)

    def _exit_status(self, lines):
        with tempfile.TemporaryDirectory() as folder:
            scenario = pathlib.Path(folder, "scenario.json")
            events = pathlib.Path(folder, "events.jsonl")
            scenario.write_text(json.dumps(SCENARIO), encoding="utf-8")
            events.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
            script = pathlib.Path(__file__).resolve().parent / "audit.py"
            return subprocess.run([sys.executable, script, "--scenario", scenario, "--events",
                                   events], capture_output=True, check=False).returncode


class ChargeCurveTest(unittest.TestCase):
    """Charging in closed form, against hand calculation."""

    def test_each_piece_lasts_as_long_as_its_power_needs(self):
        curve = ChargeCurve([(0, 7000), (0.5, 3000)], 1000, 1)

        # 500 Wh at 7 kW: 257,142.86 ms, rounded up; 500 Wh at 3 kW: 600,000 ms.
        self.assertEqual(curve.duration_ms(0), 257143 + 600000)
        self.assertEqual(curve.charge_wh(0, 257143 + 300000), 750)

    def test_cost_changes_on_the_hour(self):
        curve = ChargeCurve([(0, 60000)], 100000, 1)
        prices = [10] + [20] * 23

        # 10 min before and 10 min after 01:00: 10 kWh at 10 cents and 10 kWh at 20 cents.
        self.assertEqual(curve.cost_cents(0, 3_000_000, 1_200_000, prices), 300)


class PeakTest(unittest.TestCase):
    """Counting reservations."""

    def test_touching_reservations_do_not_add_up(self):
        held = [Interval(0, 90, "a"), Interval(90, 180, "b"), Interval(60, 120, "c")]

        self.assertEqual(peak(held, 0, 180), 2)
        self.assertEqual(peak(held, 120, 180), 1)


if __name__ == "__main__":
    unittest.main()
