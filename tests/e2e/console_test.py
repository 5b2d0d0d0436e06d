"""The console in a headless Chromium, while `skein drive` plays a day against the server: it shows the
figures of the API, follows what happens, and says when the server has gone.

    console_test.py SKEIN
"""

import contextlib
import re
import signal
import subprocess
import sys
import time
import unittest

from browser import Browser
from skein_process import Server
from skein_stubs import v1

SEED = 1000042         # of a day whose morning fog closes most vertiports
UNTIL_MS = 9 * 3_600_000
SPEED = "2400"
PATIENCE_S = 60
WIDTHS = {"desktop": (1440, 900), "phone": (390, 844)}
KEY_ENTER = "\ue007"
FIGURE = "return document.querySelector(`[data-figure=${arguments[0]}]`).textContent"
ROWS = """
    return Object.fromEntries([...document.querySelectorAll(`.${arguments[0]} tbody tr`)].map((row) =>
      [row.dataset.aircraft ?? row.dataset.vertiport,
        [...row.querySelectorAll('td')].map((cell) => cell.textContent)]))"""
# Texts whose contrast is below WCAG 2 AA.
FAINT = """
    const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) =>
      v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
      .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
    const behind = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const color = rgb(getComputedStyle(at).backgroundColor);
        if (color.length === 3 || color[3] > 0) return color;
      }
      return [255, 255, 255];
    };
    return [...document.querySelectorAll('body *')].filter((element) =>
      element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}) &&
      [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
      .map((element) => {
        const style = getComputedStyle(element);
        const ink = rgb(element instanceof SVGElement ? style.fill : style.color);
        const [a, b] = [light(ink), light(behind(element))].sort((x, y) => y - x);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        return [element.textContent.trim().slice(0, 40), (a + 0.05) / (b + 0.05), large ? 3 : 4.5];
      }).filter(([, contrast, least]) => contrast < least)"""


def number(text):
    """The number that a text begins with: "−$1,234" is −1234."""
    digits = re.search(r"([−+]?)\$?([\d,.]+)", text)
    value = float(digits.group(2).replace(",", ""))
    return -value if digits.group(1) == "−" else value


class Api:
    """What the server's gRPC services say of the network."""

    def __init__(self, channel, network="networks/sfbay"):
        self.networks, self.network = v1.NetworkServiceStub(channel), network
        self.fleets, self.dispatch = v1.FleetServiceStub(channel), v1.DispatchServiceStub(channel)

    def exists(self):
        return bool(self.networks.ListNetworks(v1.ListNetworksRequest()).networks)

    def fleet(self):
        return self.fleets.GetFleet(v1.GetFleetRequest(network=self.network)).fleet

    def day(self):
        return self.fleets.GetDaySummary(v1.GetDaySummaryRequest(network=self.network)).report

    def decisions(self, count):
        return self.dispatch.ListDecisions(v1.ListDecisionsRequest(
            network=self.network, page_size=count)).decisions

    def advisories(self):
        return self.networks.ListAdvisories(
            v1.ListAdvisoriesRequest(network=self.network)).advisories

    def close_a_vertiport(self):
        fleet = self.fleet()
        name = fleet.vertiports[0].name
        self.networks.IssueAdvisory(v1.IssueAdvisoryRequest(
            network=self.network, request_id="close", advisory=v1.Advisory(
                id=max((one.id for one in self.advisories()), default=0) + 1,
                kind=v1.ADVISORY_KIND_VERTIPORT_CLOSED, vertiport=name, start_ms=fleet.time_ms,
                end_ms=fleet.time_ms + 3_600_000)))


def wait_until(holds, what):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if holds():
            return
        time.sleep(0.1)
    raise TimeoutError(what)


class ConsoleTest(unittest.TestCase):
    """The tests run in the order of their names: first a day, then its figures, then the end."""

    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            cls.server = stack.enter_context(Server(SKEIN, "--console", "127.0.0.1:0"))
            cls.address = cls.server.console()
            cls.api = Api(cls.server.channel)
            cls.browser = stack.enter_context(Browser())
            cls.addClassCleanup(stack.pop_all().close)

    def open(self, device="desktop", dark=False, fragment=""):
        """Opens the console; it must not complain, and ask for nothing but what is the server's."""
        self.browser.requests(), self.browser.console()
        self.browser.open("about:blank")
        self.browser.open(f"{self.address}/{fragment}", *WIDTHS[device], dark=dark)
        self.browser.wait_for("return document.querySelector('.vertiports g[data-vertiport]')")

    def check_manners(self):
        self.assertEqual(self.browser.console(), [])
        for address in self.browser.requests():
            self.assertTrue(address.startswith((self.address, "about:blank")), address)

    def figure(self, name):
        return self.browser.run(FIGURE, name)

    def state(self):
        return self.browser.run("return document.querySelector('.state').dataset.state")

    def test_1_says_that_there_is_no_network(self):
        self.browser.requests(), self.browser.console()
        self.browser.open(self.address)
        self.browser.wait_for("return document.querySelector('.nothing:not([hidden])')")
        self.assertEqual(self.state(), "live")
        self.check_manners()

    def test_2_follows_a_day_by_itself(self):
        driver = subprocess.Popen(
            [SKEIN, "drive", "--target", self.server.address, "--scenario", "metro:sfbay", "--seed",
             str(SEED), "--network", "sfbay", "--speed", SPEED], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        try:
            # The page that was open before there was a network.
            self.browser.wait_for(
                "return document.querySelectorAll('.vertiports tbody tr').length === 10")
            self.browser.run("""
                window.clocks = new Set();
                window.news = window.moves = 0;
                new MutationObserver(() => clocks.add(document.querySelector('.time').textContent))
                  .observe(document.querySelector('.time'), {childList: true});
                new MutationObserver(() => ++news).observe(
                  document.querySelector('[data-figure=waiting]'), {childList: true});
                new MutationObserver((all) => moves += all.length).observe(
                  document.querySelector('.aircraft'),
                  {attributes: true, attributeFilter: ['transform'], subtree: true});""")
            self.browser.wait_for("return clocks.size > 10 && news > 3 && moves > 100")
            self.assertEqual(self.state(), "live")
            wait_until(lambda: self.api.fleet().time_ms > UNTIL_MS, "the day goes on")
        finally:
            driver.send_signal(signal.SIGINT)
            driver.wait(PATIENCE_S)
        self.check_manners()

    def test_3_shows_the_figures_of_the_api(self):
        self.open()
        fleet, day = self.api.fleet(), self.api.day()
        decisions = self.api.decisions(24)
        self.browser.wait_for(f"return document.querySelector('[data-decision=\"{decisions[0].id}\"]')")

        self.assertAlmostEqual(number(self.figure("profit")), fleet.profit_usd, delta=0.51)
        self.assertEqual(number(self.figure("waiting")), fleet.waiting_passengers)
        self.assertEqual(number(self.figure("served")), day.passengers_served)
        self.assertEqual(number(self.figure("lost")), day.passengers_lost)
        in_air = [v1.AIRCRAFT_PHASE_EN_ROUTE, v1.AIRCRAFT_PHASE_HOLDING, v1.AIRCRAFT_PHASE_DIVERTING]
        flying = [one.name for one in fleet.aircraft if one.phase in in_air]
        self.assertEqual(number(self.figure("air")), len(flying))
        self.assertEqual(sorted(self.browser.run(
            "return [...document.querySelectorAll('.map [data-aircraft]')].map((one) => "
            "one.dataset.aircraft)")), sorted(flying))
        self.assertAlmostEqual(number(self.figure("revenue")), day.revenue_usd, delta=0.51)
        self.assertAlmostEqual(-number(self.figure("operating")), day.operating_cost_usd, delta=0.51)
        vertiports = self.browser.run(ROWS, "vertiports")
        for one in fleet.vertiports:
            self.assertEqual(vertiports[one.name], [
                str(one.waiting_passengers), f"{one.on_ground} / {one.stands}",
                f"{one.charging} / {one.chargers}", str(one.charger_queue), str(one.inbound)])
        aircraft = self.browser.run(ROWS, "fleet")
        self.assertEqual(len(aircraft), len(fleet.aircraft))
        for one in fleet.aircraft:
            self.assertAlmostEqual(number(aircraft[one.name][2]), 100 * one.state_of_charge,
                                   delta=0.51)
            self.assertIn(one.vertiport, aircraft[one.name][1])
        self.check_manners()

    def test_4_shows_closures_on_the_map_and_in_the_list(self):
        self.api.close_a_vertiport()  # the day's fog may have lifted
        self.open()
        closed = {one.name for one in self.api.fleet().vertiports if one.closed}
        self.assertTrue(closed)
        self.assertEqual(set(self.browser.run(
            "return [...document.querySelectorAll('.map .closed')].map((one) => "
            "one.dataset.vertiport)")), closed)
        listed = self.browser.run(
            "return [...document.querySelectorAll('.closure-list .active .what')].map((one) => "
            "one.textContent)")
        self.assertTrue(closed <= set(listed), (closed, listed))

    def test_5_explains_a_decision(self):
        self.open()
        record = next(one for one in self.api.decisions(24)
                      if any(other.refusal for other in one.destinations))
        selector = f"[data-decision='{record.id}']"
        self.browser.wait_for(f"return document.querySelector(\"{selector}\")")
        # By keyboard.
        self.browser.type(f"{selector} .decision", KEY_ENTER)
        self.browser.wait_for(f"return document.querySelector(\"{selector} tbody tr\")")

        rows = self.browser.run(
            "return Object.fromEntries([...document.querySelectorAll(`${arguments[0]} tbody tr`)]"
            ".map((row) => [row.querySelector('th').textContent.split(' ')[0], row.textContent]))",
            selector)
        self.assertEqual(set(rows), {one.destination for one in record.destinations})
        for one in record.destinations:
            if one.refusal:
                self.assertIn(one.sentence, rows[one.destination])
            elif one.HasField("score"):
                shown = f"{one.score:,.1f}".replace("-", "−")
                self.assertIn("0.0" if shown == "−0.0" else shown, rows[one.destination])
        self.check_manners()

    def test_6_selects_and_filters_aircraft(self):
        self.open()
        self.browser.click(".fleet tbody tr:first-child .plain")
        self.browser.wait_for("return document.querySelector('.fleet tr.selected')")
        shown = "document.querySelectorAll('.fleet tbody tr').length"
        for button, count in self.browser.run(
                "return [...document.querySelectorAll('.counts button')].map((one) => "
                "[one.dataset.doing, one.querySelector('.count').textContent])"):
            self.browser.click(f".counts [data-doing={button}]")
            self.browser.wait_for(f"return {shown} === {count}")
            self.browser.click(f".counts [data-doing={button}]")
        self.check_manners()

    def test_7_is_legible_and_fits(self):
        for device, (width, _) in WIDTHS.items():
            for dark in (False, True):
                with self.subTest(device=device, dark=dark):
                    self.open(device, dark)
                    self.browser.click(".decision")
                    self.assertEqual(self.browser.run(FAINT), [])
                    self.assertLessEqual(
                        self.browser.run("return document.documentElement.scrollWidth"), width)

    def test_8_lets_one_choose_between_networks(self):
        networks = v1.NetworkServiceStub(self.server.channel)
        networks.CreateNetwork(v1.CreateNetworkRequest(
            request_id="second", network_id="second", scenario_name="paper:7",
            clock=v1.CLOCK_MODE_SYSTEM))
        self.open(fragment="#sfbay")
        self.browser.wait_for("return document.querySelector('.picker option[value=second]')")
        self.assertEqual(self.browser.run("return document.title"), "sfbay · Skein console")
        self.browser.run("""
            const list = document.querySelector('.picker select');
            list.value = 'second';
            list.dispatchEvent(new Event('change'));""")
        self.browser.wait_for("return document.title === 'second · Skein console' && "
                              "document.querySelector('[data-vertiport=V01]')")
        self.assertEqual(self.browser.run("return location.hash"), "#second")
        # A network that lives by the server's clock goes on by itself.
        begun = self.browser.run("return document.querySelector('.time').textContent")
        self.browser.wait_for(
            f"return document.querySelector('.time').textContent !== '{begun}'")
        self.check_manners()

    def test_9_says_that_the_server_has_gone_and_comes_back_with_it(self):
        self.open(fragment="#sfbay")
        profit = self.figure("profit")
        self.server.process.send_signal(signal.SIGTERM)
        self.browser.wait_for("return document.querySelector('.state').dataset.state === 'lost'")
        self.assertIn("The server shut down at",
                      self.browser.run("return document.querySelector('.banner').textContent"))
        self.assertEqual(self.figure("profit"), profit)
        self.server.process.wait(PATIENCE_S)
        again = subprocess.Popen(
            [SKEIN, "serve", "--listen", "127.0.0.1:0", "--metrics", "", "--console",
             self.address.removeprefix("http://"), "--store",
             f"sqlite:{self.server.folder.name}/skein.db"], stderr=subprocess.DEVNULL)
        try:
            self.browser.wait_for(
                "return document.querySelector('.state').dataset.state === 'live'")
            self.browser.wait_for("return document.querySelector('.banner').hidden")
            self.assertEqual(self.figure("profit"), profit)
        finally:
            again.terminate()
            again.wait(PATIENCE_S)


if __name__ == "__main__":
    SKEIN = sys.argv.pop(1)
    unittest.main()
