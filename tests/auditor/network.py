"""The scenario as the auditor needs it; every figure exact, as written in the JSON."""

import json
import math
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Vertiport:
    """Capacities of one vertiport."""

    stands: int
    contingency_stands: int
    chargers: int
    pads: int


@dataclass(frozen=True)
class Corridor:
    """A directed link."""

    distance_m: int
    lanes: int


class Network:
    """One scenario. Times in ms, energy in Wh, power in W, money in USD; fractions exact."""

    def __init__(self, scenario):
        """`scenario`: canonical JSON of skein.v1.Scenario, read with `load`."""
        self.vertiports = {
            v["name"]: Vertiport(count(v, "stands"), count(v, "contingencyStands"),
                                 count(v, "chargers"), count(v, "pads"))
            for v in scenario["vertiports"]}
        self.corridors = {
            (c["origin"], c["destination"]): Corridor(count(c, "distanceM"), count(c, "lanes", 1))
            for c in scenario.get("corridors", [])}
        self._read_type(scenario.get("aircraftType", {}))
        self._read_rules(scenario.get("energy", {}), scenario.get("charging", {}))
        self._read_operations(scenario.get("operations", {}))
        self._read_money(scenario.get("fare", {}), scenario.get("cost", {}))
        self.fleet = [
            (a["name"], a["vertiport"],
             round_half_up(rational(a, "initialStateOfCharge", 1) * self.battery_wh))
            for a in scenario.get("aircraft", [])]
        demand = scenario.get("demand", {})
        self.interval_ms = count(demand, "intervalMs", 3_600_000)
        self.forecast = self.shape_forecast(
            [float(rate) for rate in demand.get("requestsPerHour", [])])

    def _read_type(self, kind):
        self.seats = count(kind, "seats", 4)
        self.battery_wh = count(kind, "batteryWh")
        self.cruise_m_per_s = rational(kind, "cruiseMPerS")
        self.energy_wh_per_km = rational(kind, "energyWhPerKm")
        self.block_overhead_ms = count(kind, "blockOverheadMs")
        self.hold_power_w = count(kind, "holdPowerW")

    def _read_rules(self, energy, charging):
        self.reserve = rational(energy, "reserve", Fraction(1, 10))
        self.alternate_required = energy.get("alternateRequired", True)
        self.alternate_reserve = rational(energy, "alternateReserve", Fraction(1, 10))
        self.alternate_hold_ms = count(energy, "alternateHoldMs")
        self.charge_target = rational(charging, "chargeTarget", 1)
        self.charge_steps = [(rational(step, "fromStateOfCharge"), count(step, "powerW"))
                             for step in charging.get("curve", [])]

    def _read_operations(self, rules):
        self.open_ms = count(rules, "openTimeMs")
        self.close_ms = count(rules, "closeTimeMs")
        self.turnaround_ms = count(rules, "turnaroundMs")
        self.hold_ms = count(rules, "holdMs")
        self.max_take_off_wait_ms = count(rules, "maxTakeOffWaitMs")
        self.movement_ms = count(rules, "movementMs")
        self.headway_ms = count(rules, "headwayMs")
        self.movement_tolerance_ms = count(rules, "movementToleranceMs")
        self.wake_on_change = rules.get("wakeOnChange", False)
        self.telemetry_max_age_ms = count(rules, "telemetryMaxAgeMs")

    def _read_money(self, fare, cost):
        self.fare_base_usd = rational(fare, "baseUsd")
        self.fare_per_mile_usd = rational(fare, "perMileUsd")
        self.fare_surge = fare.get("surge", False)
        self.surge_log_base = float(rational(fare, "surgeLogBase", Fraction(2.718281828459045)))
        self.surge_index_factor = float(rational(fare, "surgeIndexFactor", 12))
        self.per_passenger_mile_usd = rational(cost, "perPassengerMileUsd")
        self.per_flight_hour_usd = rational(cost, "perFlightHourUsd")
        self.per_landing_usd = rational(cost, "perLandingUsd")
        self.energy_usd_per_kwh = [  # in whole micro-dollars
            Fraction(round_half_up(Fraction(price) * 1_000_000), 1_000_000)
            for price in cost.get("energyUsdPerKwh", [])] or [Fraction(0)] * 24

    def shape_forecast(self, rates):
        """(origin, destination) → rates by interval, from the flat [origin][destination][k]."""
        names = list(self.vertiports)
        intervals = len(rates) // (len(names) ** 2)
        return {(i, j): rates[(a * len(names) + b) * intervals:][:intervals]
                for a, i in enumerate(names) for b, j in enumerate(names)}

    def interval_at(self, when):
        """Number of the forecast interval of a moment, kept within the table."""
        intervals = len(next(iter(self.forecast.values()), ()))
        number = (when % (24 * 3_600_000) - self.open_ms) // self.interval_ms
        return max(0, min(number, intervals - 1))

    def block_ms(self, origin, destination):
        """Take-off to landing: cruise time, rounded up, plus climb and landing."""
        distance = self.corridors[origin, destination].distance_m
        return round_up(distance * 1000 / self.cruise_m_per_s) + self.block_overhead_ms


def round_up(value):
    """⌈value⌉, but a value within a millionth of an integer is that integer (rules, section 1)."""
    nearest = round_half_up(value)
    return nearest if abs(value - nearest) < Fraction(1, 1_000_000) else math.ceil(value)


def round_half_up(value):
    """The nearest integer."""
    return math.floor(value + Fraction(1, 2))


def count(values, key, default=0):
    """An integer that may be written as a string."""
    return int(values.get(key, default))


def rational(values, key, default=0):
    """A number exactly as written."""
    return Fraction(values.get(key, default))


def load(text):
    """Reads a scenario's JSON text; decimal numbers stay exact."""
    return Network(json.loads(text, parse_float=Fraction))
