"""Money and passengers (rules of the world, sections 8 and 9)."""

import math
from dataclasses import dataclass, field
from fractions import Fraction

METRES_PER_MILE = Fraction(1609344, 1000)
HOUR_MS = 3_600_000

WAITING, BOARDED, AIRBORNE, ARRIVED, ENDED = "waiting", "boarded", "airborne", "arrived", "ended"
LOST = ("EXPIRED", "CANCELLED", "CLOSING_TIME")
OUTCOMES = ("SERVED", "DIVERTED") + LOST


@dataclass
class Trip:
    """A party from its request to its one end."""

    number: int
    origin: str
    destination: str
    passengers: int
    fare_cents: int  # per passenger
    earliest: int
    latest: int
    state: str = WAITING
    aircraft: str = ""
    took_off: int = 0
    outcome: str = ""  # expected once it has arrived, final once it has ended


class Tariffs:
    """Fares, costs and prices, as exact as the scenario states them."""

    def __init__(self, network):
        self._network = network
        self.price_cents_per_kwh = [Fraction(price) * 100 for price in network.energy_usd_per_kwh]
        self.publish(network.forecast)

    def publish(self, forecast):
        """Takes over a new forecast: (origin, destination) → requests per hour by interval."""
        self._forecast = forecast
        rates = [rate for (i, j), row in forecast.items() if i != j for rate in row]
        self._mean_forecast = sum(rates) / len(rates) if rates else 0.0

    def miles(self, origin, destination):
        """Length of the corridor in statute miles."""
        return Fraction(self._network.corridors[origin, destination].distance_m) / METRES_PER_MILE

    def operating_cost_cents(self, origin, destination, passengers, block_ms):
        """Cost of a flight, booked at take-off; a rational number of cents."""
        network = self._network
        dollars = (network.per_passenger_mile_usd * self.miles(origin, destination) * passengers
                   + network.per_flight_hour_usd * Fraction(block_ms, HOUR_MS)
                   + network.per_landing_usd)
        return dollars * 100

    def fare_cents(self, origin, destination, when):
        """Quoted fare per passenger, in cents: base + per mile × miles × max(surge, 1); exact."""
        network = self._network
        surge = 1.0
        if network.fare_surge and self._mean_forecast > 0:
            rate = self._forecast[origin, destination][network.interval_at(when)]
            index = network.surge_index_factor * rate / self._mean_forecast / 10
            if index > 0:
                surge = max(math.log(index) / math.log(network.surge_log_base), 1.0)
        distance = float(network.fare_per_mile_usd * self.miles(origin, destination))
        return 100 * (float(network.fare_base_usd) + distance * surge)

    def session_cents(self, curve, start_wh, start_ms, elapsed_ms):
        """Cost of charging from `start_wh` for `elapsed_ms`, split at tariff boundaries; exact."""
        return curve.cost_cents(start_wh, start_ms, elapsed_ms, self.price_cents_per_kwh)

    def settlement_cents(self, stored_wh):
        """What energy gained over the day is credited at the lowest price; negative: a credit."""
        return -Fraction(stored_wh, 1000) * min(self.price_cents_per_kwh)


def is_rounding(cents, exact, slack=Fraction(0)):
    """Whether `cents` is `exact` rounded to the nearest cent, given an uncertainty of `exact`."""
    return abs(cents - exact) <= Fraction(1, 2) + slack


@dataclass
class Figures:
    """The day's figures, summed from what happened."""

    revenue_cents: int = 0
    operating_cost_cents: int = 0
    energy_cost_cents: int = 0
    flights: int = 0
    reposition_flights: int = 0
    requests: int = 0
    passengers_requested: int = 0
    passengers_served: int = 0
    passengers_lost: int = 0
    passengers_diverted: int = 0
    requests_unserved: int = 0
    diversions: int = 0
    emergency_landings: int = 0
    excursions: int = 0
    cancellations: int = 0
    decisions: int = 0
    holds: int = 0
    refusals: int = 0
    seats_flown: int = 0
    passengers_flown: int = 0
    energy_wh: int = 0
    closures_met: int = 0
    aircraft_down_ms: int = 0
    min_charge_at_landing_wh: int = -1
    waits: list = field(default_factory=list)  # (wait in ms, passengers) of served parties

    @property
    def profit_cents(self):
        """Fares less refunds, less operating cost, less electricity; exact."""
        return self.revenue_cents - self.operating_cost_cents - self.energy_cost_cents

    def move_request(self, trip, later):
        """Counts a party's request on a later day instead."""
        self.requests -= 1
        self.passengers_requested -= trip.passengers
        later.requests += 1
        later.passengers_requested += trip.passengers

    def end_trip(self, trip, outcome):
        """Counts a party's end."""
        if outcome == "SERVED":
            self.passengers_served += trip.passengers
            self.waits.append((max(trip.took_off - trip.earliest, 0), trip.passengers))
        elif outcome == "DIVERTED":
            self.passengers_diverted += trip.passengers
        else:
            self.passengers_lost += trip.passengers
            self.requests_unserved += 1

    def land(self, charge_wh):
        """Counts a landing's charge."""
        if self.min_charge_at_landing_wh < 0 or charge_wh < self.min_charge_at_landing_wh:
            self.min_charge_at_landing_wh = charge_wh

    def mean_wait_s(self):
        """Mean wait of served passengers in seconds; 0 without any."""
        passengers = sum(count for _, count in self.waits)
        if passengers == 0:
            return Fraction(0)
        return Fraction(sum(wait * count for wait, count in self.waits), passengers * 1000)

    def p95_wait_s(self):
        """The smallest wait that at least 95 % of served passengers did not exceed, in seconds."""
        passengers = sum(count for _, count in self.waits)
        seen = 0
        for wait, count in sorted(self.waits):
            seen += count
            if seen * 100 >= passengers * 95:
                return Fraction(wait, 1000)
        return Fraction(0)

    def load_factor(self):
        """Passengers ÷ seats over all flights; 0 without any."""
        return Fraction(self.passengers_flown, max(self.seats_flown, 1))


def compare_summary(findings, figures, network, summary):
    """Compares a DayReport (as read from JSON) with `figures`, figure by figure."""
    exact = {name: getattr(figures, name) for name in (
        "flights", "reposition_flights", "passengers_requested", "passengers_served",
        "passengers_lost", "passengers_diverted", "diversions", "emergency_landings", "excursions",
        "cancellations", "decisions", "holds", "closures_met", "requests", "requests_unserved",
        "refusals")}
    exact["guard_violations"] = 0
    for name, want in exact.items():
        key = camel(name)
        got = summary.get(key)
        findings.require(got is not None and int(got) == want, "summary",
                         "{} is {}, the file's own lines give {}", key, got, want)
    dollars = {"profitUsd": figures.profit_cents, "revenueUsd": figures.revenue_cents,
               "operatingCostUsd": figures.operating_cost_cents,
               "energyCostUsd": figures.energy_cost_cents}
    for key, cents in dollars.items():
        got = summary.get(key)
        findings.require(got is not None and abs(float(got) * 100 - cents) < 1e-3, "summary",
                         "{} is {}, the file's own lines give {}", key, got, cents / 100)
    minimum = Fraction(1)
    if figures.min_charge_at_landing_wh >= 0:
        minimum = Fraction(figures.min_charge_at_landing_wh, network.battery_wh)
    measures = {"meanWaitS": figures.mean_wait_s(), "p95WaitS": figures.p95_wait_s(),
                "loadFactor": figures.load_factor(), "energyKwh": Fraction(figures.energy_wh, 1000),
                "aircraftDownHours": Fraction(figures.aircraft_down_ms, HOUR_MS),
                "minStateOfChargeAtLanding": minimum}
    for key, want in measures.items():
        got = summary.get(key)
        close = got is not None and abs(float(got) - float(want)) <= 1e-6 * max(1.0, float(want))
        findings.require(close, "summary", "{} is {}, the file's own lines give {:.9g}", key, got,
                         float(want))


def camel(name):
    """snake_case to lowerCamelCase."""
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest)
