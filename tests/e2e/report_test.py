"""The page of `--html`, in a headless Chromium: it opens without a network and shows the figures of
the same command's JSON, and its replay moves.

    report_test.py SKEIN
"""

import contextlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from browser import KEY_RIGHT, Browser

COMMAND_S = 120
MAX_DAY_BYTES = 2_000_000
PHONE = {"width": 390, "height": 844}
FIGURES = ["profitUsd", "passengersServed", "meanWaitS", "flights", "loadFactor", "energyKwh",
           "minStateOfChargeAtLanding", "guardViolations"]
SUITE = {"name": "two", "title": "Two ways", "evaluations": [
    {"name": "calm", "scenario": "paper", "vertiports": 4, "aircraft": 6, "firstSeed": "900000",
     "days": 3},
    {"name": "rough", "scenario": "paper", "vertiports": 4, "aircraft": 6, "firstSeed": "900000",
     "days": 3, "changes": {"failureFactor": 9}}]}
POSITIONS = """
    const {series} = document.querySelector('#map .chart').drawn.getOption();
    const {data} = series.find((one) => one.id === 'aircraft');
    return Object.fromEntries(data.map((one) => [one.name, one.value]));"""
SEEK = """
    const slider = document.getElementById('time');
    slider.value = arguments[0];
    slider.dispatchEvent(new Event('input', {bubbles: true}));"""


def skein(*arguments):
    """Runs skein; gives the JSON that it prints."""
    run = subprocess.run([SKEIN, *arguments, "--json"], capture_output=True, text=True,
                         timeout=COMMAND_S, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def number(text):
    """The number that a text begins with: "−$1,234" is −1234."""
    digits = re.search(r"([−+]?)\$?([\d,.]+)", text)
    value = float(digits.group(2).replace(",", ""))
    return -value if digits.group(1) == "−" else value


class ReportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
            cls.day_page = folder / "day.html"
            cls.day_report = skein("simulate", "--html", str(cls.day_page))["days"][0]
            cls.days_page = folder / "days.html"
            cls.days_report = skein("simulate", "--scenario", "metro:sfbay", "--days", "3",
                                    "--html", str(cls.days_page))["days"]
            cls.evaluation_page = folder / "evaluation.html"
            cls.evaluation = skein("evaluate", "--days", "3", "--html", str(cls.evaluation_page))
            suite = folder / "suite.json"
            suite.write_text(json.dumps(SUITE), encoding="utf-8")
            cls.suite_page = folder / "suite.html"
            cls.suite = skein("evaluate", "--suite", str(suite), "--policies", "fcfs,greedy",
                              "--bound", "--html", str(cls.suite_page))
            cls.large_page = folder / "large.html"
            skein("simulate", "--aircraft", "70", "--html", str(cls.large_page))
            cls.browser = stack.enter_context(Browser())
            cls.addClassCleanup(stack.pop_all().close)

    def open(self, page, **window):
        """Opens a page; it must neither complain nor ask for anything but itself."""
        self.browser.requests(), self.browser.console()
        self.browser.open(page, **window)
        self.assertEqual(self.browser.console(), [])
        self.assertEqual(self.browser.requests(), [page.resolve().as_uri()])

    def texts(self, selector):
        return self.browser.run(
            "return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent)",
            selector)

    def live(self, key):
        return number(self.texts(f"[data-live={key}]")[0])

    def seek(self, time_s):
        self.browser.run(SEEK, time_s)

    def test_a_day_is_a_file_of_less_than_two_megabytes(self):
        self.assertLess(self.day_page.stat().st_size, MAX_DAY_BYTES)
        self.assertEqual(sorted(self.day_page.parent.glob("*.part")), [])

    def test_shows_the_figures_of_the_day(self):
        self.open(self.day_page)
        shown = self.browser.run("""return Object.fromEntries(
            [...document.querySelectorAll('#summary [data-figure]')].map((one) =>
              [one.dataset.figure, [one.dataset.value, one.querySelector('dd').firstChild.textContent]]))""")
        self.assertEqual(sorted(shown), sorted(FIGURES))
        units = {"meanWaitS": 60, "loadFactor": 0.01, "minStateOfChargeAtLanding": 0.01}
        for key, (exact, text) in shown.items():
            with self.subTest(key):
                self.assertEqual(float(exact), self.day_report[key])
                self.assertAlmostEqual(number(text), float(exact) / units.get(key, 1), delta=0.51)

    def test_several_days_are_means_and_a_row_each(self):
        self.open(self.days_page)
        profits = [day["profitUsd"] for day in self.days_report]
        shown = self.texts("#summary [data-figure=profitUsd] dd")[0]
        self.assertAlmostEqual(number(shown), sum(profits) / len(profits), delta=0.51)
        rows = self.texts("#days tbody [data-figure=profitUsd]")
        for text, profit in zip(rows, profits, strict=True):
            self.assertAlmostEqual(number(text), profit, delta=0.51)

    def test_the_slider_moves_the_aircraft(self):
        self.open(self.day_page)
        self.seek(8 * 3600)
        before = self.browser.run(POSITIONS)
        self.seek(8 * 3600 + 120)
        self.browser.wait_for("return document.getElementById('clock').textContent === '08:02'")
        after = self.browser.run(POSITIONS)
        both = before.keys() & after.keys()
        self.assertTrue(both)
        for name in both:
            self.assertNotEqual(before[name], after[name], name)

    def test_the_slider_obeys_the_keyboard(self):
        self.open(self.day_page)
        self.seek(9 * 3600)
        self.browser.type("#time", KEY_RIGHT)
        self.assertEqual(self.texts("#clock"), ["09:01"])
        self.assertEqual(self.browser.run(
            "return document.getElementById('time').getAttribute('aria-valuetext')"), "09:01")

    def test_the_replay_ends_with_the_figures_of_the_day(self):
        self.open(self.day_page)
        self.browser.run(SEEK, self.browser.run("return document.getElementById('time').max"))
        self.assertAlmostEqual(self.live("profit"), self.day_report["profitUsd"], delta=0.51)
        self.assertEqual(self.live("served"), self.day_report["passengersServed"])
        self.assertEqual(self.live("lost"), self.day_report["passengersLost"])
        self.assertEqual(self.live("waiting"), 0)
        self.assertEqual(self.live("air"), 0)

    def test_play_advances_until_pause(self):
        self.open(self.day_page)
        time = "Number(document.getElementById('time').value)"
        self.seek(7 * 3600)
        self.browser.click("#play")
        self.browser.wait_for(f"return {time} > 7.2 * 3600")
        self.browser.click("#play")
        stopped = self.browser.run(f"return {time}")
        still = self.browser.run("return new Promise((done) => setTimeout(() => "
                                 f"done({time}), 300))")
        self.assertEqual(still, stopped)
        self.assertEqual(self.browser.console(), [])

    def test_dark_mode_is_dark_and_light_mode_light(self):
        brightness = """
            const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/\\d+/g);
            return (Number(r) + Number(g) + Number(b)) / 3;"""
        self.open(self.day_page, dark=True)
        self.assertLess(self.browser.run(brightness), 64)
        self.open(self.day_page)
        self.assertGreater(self.browser.run(brightness), 192)

    def test_fits_a_phone(self):
        for page in (self.day_page, self.days_page, self.evaluation_page, self.suite_page,
                     self.large_page):
            with self.subTest(page.name):
                self.open(page, **PHONE)
                width = self.browser.run("return document.documentElement.scrollWidth")
                self.assertLessEqual(width, PHONE["width"])

    def test_shows_the_figures_of_an_evaluation(self):
        self.open(self.evaluation_page)
        for policy in self.evaluation["policies"]:
            cells = self.browser.run("""return Object.fromEntries(
                [...document.querySelectorAll(`#policies [data-policy=${arguments[0]}]`)]
                  .map((one) => [one.dataset.figure, one.dataset.value]))""", policy["name"])
            for key in ("meanProfitUsd", "worstDecileProfitUsd", "unservedShare", "meanWaitS",
                        "meanLoadFactor"):
                self.assertEqual(float(cells[key]), policy[key], key)
        profits = self.texts("#policies [data-figure=meanProfitUsd]")
        for text, policy in zip(profits, self.evaluation["policies"], strict=True):
            self.assertAlmostEqual(number(text), policy["meanProfitUsd"], delta=0.51)
        # The page names the better policy first.
        differences = sorted((abs(pair["meanDifferenceUsd"]) for pair in self.evaluation["pairs"]),
                             reverse=True)
        for text, difference in zip(self.texts("#pairs [data-figure=meanDifferenceUsd]"),
                                    differences, strict=True):
            self.assertAlmostEqual(number(text), difference, delta=0.51)

    def test_a_suite_is_a_survey_and_each_evaluation_in_detail(self):
        self.open(self.suite_page)
        self.assertEqual(self.texts("h1"), ["Two ways"])
        rows = self.texts("#survey tbody tr")
        for index, (row, evaluation) in enumerate(
                zip(rows, self.suite["evaluations"], strict=True)):
            self.assertTrue(row.startswith(f"{evaluation['name']}3$"), row)
            self.browser.run("""
                const list = document.querySelector('#survey + .day-head select');
                list.value = arguments[0];
                list.dispatchEvent(new Event('change'));""", str(index))
            shown = self.texts("#policies [data-figure=meanProfitUsd]")
            for text, policy in zip(shown, evaluation["policies"], strict=True):
                self.assertAlmostEqual(number(text), policy["meanProfitUsd"], delta=0.51)
            self.assertEqual("chance of failures × 9" in self.texts("#policies")[0], index == 1)
        self.assertEqual(self.browser.console(), [])

    def test_bounds_are_shown_with_the_gaps(self):
        self.open(self.suite_page)
        evaluation = self.suite["evaluations"][0]
        gaps = self.texts("#policies [data-figure=meanGap]")
        for text, policy in zip(gaps, evaluation["policies"], strict=True):
            self.assertAlmostEqual(number(text), 100 * policy["meanGap"], delta=0.051)
        self.assertIn("Bound", self.texts("#perday .legend li"))
        drawn = """return document.querySelector('#perday .chart').drawn.getOption().series
            .map(({data}) => data)"""
        profits = [policy["profitUsd"] for policy in evaluation["policies"]]
        bound = evaluation["boundUsd"]
        self.assertEqual(self.browser.run(drawn), [*profits, bound])
        self.browser.run("""[...document.querySelectorAll('#perday button')]
            .find((one) => one.textContent === 'Gap to the bound').click();""")
        self.assertEqual(self.browser.run(drawn), [
            [(most - profit) / most for most, profit in zip(bound, of_policy, strict=True)]
            for of_policy in profits])
        self.open(self.evaluation_page)
        self.assertEqual(self.texts("#policies [data-figure=meanGap]"), [])

    def test_more_aircraft_than_fit_scroll(self):
        gantt = "return document.querySelector('#gantt .chart').drawn.getOption()"
        self.open(self.large_page)
        option = self.browser.run(gantt)
        self.assertEqual(len(option["yAxis"][0]["data"]), 70)
        self.assertEqual([(bar["startValue"], bar["endValue"]) for bar in option["dataZoom"]],
                         [(0, 59)])
        self.open(self.day_page)
        self.assertEqual(self.browser.run(gantt)["dataZoom"], [])

    def test_an_evaluation_replays_its_first_day_with_each_policy(self):
        self.open(self.evaluation_page)
        for index, policy in enumerate(self.evaluation["policies"]):
            self.browser.run("""
                const list = document.querySelector('.day-head select');
                list.value = arguments[0];
                list.dispatchEvent(new Event('change'));""", str(index))
            self.browser.run(SEEK, self.browser.run("return document.getElementById('time').max"))
            self.assertAlmostEqual(self.live("profit"), policy["profitUsd"][0], delta=0.51)
        self.assertEqual(self.browser.console(), [])


if __name__ == "__main__":
    SKEIN = sys.argv.pop(1)
    unittest.main()
