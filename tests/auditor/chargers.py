"""Charger pools and charging sessions (rules of the world, section 4)."""

from fractions import Fraction

from auditor.closures import CHARGERS
from auditor.ledger import is_rounding
from auditor.state import STAND

# Stored charge is rounded down to a watt-hour; a piece of the curve may end a millisecond early.
ROUNDING_WH = 1
ROUNDING_MS = 1


class Chargers:
    """Follows the queues and recomputes every session."""

    def __init__(self, state):
        self._state = state
        self._findings = state.findings
        self._corrections = {}  # aircraft → charge that telemetry reported during a session
        self._cut_short = {}  # aircraft → why its session may end now

    def available(self, vertiport):
        """Chargers of the vertiport that work and are not withdrawn now."""
        state = self._state
        return (state.network.vertiports[vertiport].chargers - state.chargers_out[vertiport]
                - state.closures.count_withdrawn(CHARGERS, vertiport, state.now))

    def charging_at(self, vertiport):
        """Aircraft that charge there."""
        return [a for a in self._state.at(vertiport, STAND) if a.charging]

    def _queue(self, vertiport):
        return sorted((a for a in self._state.at(vertiport, STAND)
                       if a.ticket >= 0 and not a.charging), key=lambda a: a.ticket)

    def join(self, aircraft):
        """Puts an aircraft at the end of the queue if it may and wants to charge."""
        state = self._state
        if (aircraft.place == STAND and aircraft.in_service and aircraft.flight is None
                and state.network.vertiports[aircraft.vertiport].chargers > 0
                and state.curve.wants_charge(aircraft.charge_wh)):
            state.tickets += 1
            aircraft.ticket = state.tickets
            aircraft.displaced = False
        state.dirty.add(aircraft.vertiport)

    def leave(self, aircraft, why):
        """Takes an aircraft out of the queue; a session under way has to end now."""
        aircraft.ticket = -1
        self._state.dirty.add(aircraft.vertiport)
        if aircraft.charging:
            self._cut_short[aircraft.name] = why

    def reported(self, aircraft, charge_wh):
        """Telemetry on the ground: a charge other than the reckoned one may replace it.

        The rules do not say from which difference on; the next figure in the file tells. If it does
        during a session, that one ends with what it drew and a new one begins from the report.
        """
        if abs(charge_wh - self.expected_wh(aircraft)) > ROUNDING_WH:
            self._corrections[aircraft.name] = charge_wh
        else:
            self._corrections.pop(aircraft.name, None)
            if not aircraft.charging:
                aircraft.settle_initial(charge_wh)

    def end_of_event(self):
        """A report that did not end the session under way did not replace its charge."""
        for name in [n for n in self._corrections if self._state.aircraft[n].charging]:
            del self._corrections[name]

    def _correct(self, aircraft, charge_wh):
        aircraft.corrected_wh += charge_wh - aircraft.charge_wh
        aircraft.charge_wh = charge_wh
        if not self._state.curve.wants_charge(charge_wh):
            self.leave(aircraft, "its charge is at the target")
        elif aircraft.ticket < 0:
            self.join(aircraft)

    def started(self, aircraft, effect):
        """ChargingStarted: the first in the queue, with a charger free, below the target."""
        state, findings = self._state, self._findings
        vertiport = effect.name("vertiport")
        findings.require(aircraft.place == STAND and aircraft.vertiport == vertiport, "charger",
                         "{} charges at {} but is: {} {}", aircraft.name, vertiport,
                         aircraft.place, aircraft.vertiport)
        findings.require(not aircraft.charging, "charger", "{} already charges", aircraft.name)
        if aircraft.ticket < 0 and aircraft.name in self._corrections:
            self._correct(aircraft, self._corrections.pop(aircraft.name))
        findings.require(aircraft.ticket >= 0, "charger", "{} is not in the queue of {}",
                         aircraft.name, vertiport)
        ahead = [a.name for a in self._queue(vertiport)
                 if a.ticket < aircraft.ticket and not (a.displaced or aircraft.displaced)]
        findings.require(not ahead, "charger", "{} is served before {}", aircraft.name, ahead)
        busy, limit = len(self.charging_at(vertiport)), self.available(vertiport)
        findings.require(busy < limit, "charger", "{} starts with {} of {} chargers busy",
                         aircraft.name, busy, limit)
        aircraft.session_start = state.now
        state.dirty.add(vertiport)
        due = state.now + state.curve.duration_ms(aircraft.charge_wh)
        started = state.now
        state.when_passed(due + self._slack_ms(aircraft), lambda: findings.require(
            aircraft.session_start != started, "charger",
            "{} should have reached its target at {}", aircraft.name, due))

    def _slack_ms(self, aircraft):
        """How far a session's end may be off; more while the initial charge is not exact."""
        return ROUNDING_MS if aircraft.exact else ROUNDING_MS + self._state.curve.slowest_ms_per_wh

    def expected_wh(self, aircraft):
        """Charge now by the curve; exact, not rounded down."""
        if not aircraft.charging:
            return Fraction(aircraft.charge_wh)
        return self._state.curve.charge_wh(aircraft.charge_wh,
                                           self._state.now - aircraft.session_start)

    def check_charge(self, aircraft, charge_wh, what):
        """Requires that a charge in the file is the recomputed one, rounded down."""
        if not aircraft.charging and charge_wh == self._corrections.pop(aircraft.name, None):
            self._correct(aircraft, charge_wh)
        expected = self.expected_wh(aircraft)
        if aircraft.charging:
            close = -ROUNDING_WH <= charge_wh - expected < ROUNDING_WH
        else:
            close = abs(charge_wh - expected) <= (0 if aircraft.exact else ROUNDING_WH)
        self._findings.require(close, "charge", "{} {} with {} Wh, recomputed {:.3f}",
                               aircraft.name, what, charge_wh, float(expected))

    def ended(self, aircraft, effect, settles):
        """ChargingEnded: at the target or for a stated cause, with its energy and its cost."""
        state, findings = self._state, self._findings
        if not findings.require(aircraft.charging, "charger", "{} does not charge", aircraft.name):
            return
        charge, energy = effect.number("chargeWh"), effect.number("energyWh")
        elapsed = state.now - aircraft.session_start
        if abs(charge - energy - aircraft.charge_wh) <= ROUNDING_WH:
            aircraft.settle_initial(charge - energy)
        at_target = elapsed >= state.curve.duration_ms(aircraft.charge_wh) - ROUNDING_MS
        why = self._cut_short.pop(aircraft.name, "")
        vertiport = aircraft.vertiport
        displaced = len(self.charging_at(vertiport)) > self.available(vertiport)
        correction = self._corrections.pop(aircraft.name, None)
        corrected = correction is not None
        findings.require(at_target or why or displaced or settles or corrected, "charger",
                         "{} stops charging {} ms after it started, for no cause", aircraft.name,
                         elapsed)
        self.check_charge(aircraft, charge, "stops charging")
        findings.require(charge <= state.network.battery_wh, "charge", "{} holds {} Wh of {}",
                         aircraft.name, charge, state.network.battery_wh)
        findings.require(energy == charge - aircraft.charge_wh, "charge",
                         "{} draws {} Wh from {} to {} Wh", aircraft.name, energy,
                         aircraft.charge_wh, charge)
        self._check_cost(aircraft, effect.number("costCents"), elapsed)
        aircraft.charged_wh += energy
        aircraft.charge_wh = charge
        aircraft.exact = True
        aircraft.session_start = -1
        # The rules do not say where it queues after a withdrawal or a correction.
        aircraft.displaced = (displaced or corrected) and not at_target and not why
        if at_target and not why:
            aircraft.ticket = -1
        if corrected:
            self._correct(aircraft, correction)
        state.dirty.add(vertiport)
        state.figures.energy_wh += energy
        state.figures.energy_cost_cents += effect.number("costCents")

    def _check_cost(self, aircraft, cost_cents, elapsed):
        state = self._state
        exact = state.tariffs.session_cents(state.curve, aircraft.charge_wh, aircraft.session_start,
                                            elapsed)
        slack = 2 * ROUNDING_WH * max(map(abs, state.tariffs.price_cents_per_kwh)) / 1000
        self._findings.require(is_rounding(cost_cents, exact, slack), "money",
                               "charging {} costs {} cents, recomputed {:.3f}", aircraft.name,
                               cost_cents, float(exact))

    def check_settled(self, vertiport):
        """Nobody waits while a charger is free, or charges on a withdrawn one or after leaving."""
        findings = self._findings
        charging, limit = self.charging_at(vertiport), max(self.available(vertiport), 0)
        findings.require(len(charging) <= limit, "charger", "{} charge on {} chargers of {}",
                         len(charging), limit, vertiport)
        queue = self._queue(vertiport)
        findings.require(not queue or len(charging) >= limit, "charger",
                         "{} waits at {} with {} of {} chargers busy",
                         queue[0].name if queue else "", vertiport, len(charging), limit)
        for aircraft in charging:
            findings.require(aircraft.name not in self._cut_short, "charger",
                             "{} still charges: {}", aircraft.name,
                             self._cut_short.get(aircraft.name))
