"""Charger pools and charging sessions (rules of the world, section 4)."""

from fractions import Fraction

from auditor.closures import CHARGERS
from auditor.ledger import is_rounding
from auditor.state import STAND


class Chargers:
    """Follows the queues and recomputes every session."""

    def __init__(self, state):
        self._state = state
        self._findings = state.findings
        self._corrections = {}  # aircraft → measured charge, from the end of its session on
        self._cut_short = {}  # aircraft → why its session has to end now
        self._billed = []  # aircraft whose session ended now for the settlement of the day
        self._sessions = 0

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
                       if a.ticket is not None and not a.charging), key=lambda a: a.ticket)

    def join(self, aircraft):
        """Puts an aircraft at the end of the queue if it may and wants to charge."""
        state = self._state
        if (aircraft.place == STAND and aircraft.in_service and aircraft.flight is None
                and aircraft.ticket is None
                and state.network.vertiports[aircraft.vertiport].chargers > 0
                and state.curve.wants_charge(aircraft.charge_wh)):
            state.tickets += 1
            aircraft.ticket = state.tickets
        state.dirty.add(aircraft.vertiport)

    def leave(self, aircraft, why):
        """Takes an aircraft out of the queue; a session under way has to end now."""
        aircraft.ticket = None
        self._state.dirty.add(aircraft.vertiport)
        if aircraft.charging:
            self._cut_short[aircraft.name] = why

    def correct(self, aircraft, charge_wh):
        """On the ground another charge was measured: it queues anew with that one.

        A session under way ends first with what it drew by the curve.
        """
        self.leave(aircraft, "another charge was measured")
        if aircraft.charging:
            self._corrections[aircraft.name] = charge_wh
        else:
            self._take_over(aircraft, charge_wh)

    def _take_over(self, aircraft, charge_wh):
        aircraft.corrected_wh += charge_wh - aircraft.charge_wh
        aircraft.charge_wh = charge_wh
        self.join(aircraft)

    def started(self, aircraft, effect):
        """ChargingStarted: the first in the queue, with a charger free, below the target."""
        state, findings = self._state, self._findings
        vertiport = effect.name("vertiport")
        findings.require(aircraft.place == STAND and aircraft.vertiport == vertiport, "charger",
                         "{} charges at {} but is: {} {}", aircraft.name, vertiport,
                         aircraft.place, aircraft.vertiport)
        findings.require(not aircraft.charging, "charger", "{} already charges", aircraft.name)
        if not aircraft.resumes and findings.require(
                aircraft.ticket is not None, "charger", "{} is not in the queue of {}",
                aircraft.name, vertiport):
            ahead = [a.name for a in self._queue(vertiport) if a.ticket < aircraft.ticket]
            findings.require(not ahead, "charger", "{} is served before {}", aircraft.name, ahead)
        busy, limit = len(self.charging_at(vertiport)), self.available(vertiport)
        findings.require(busy < limit, "charger", "{} starts with {} of {} chargers busy",
                         aircraft.name, busy, limit)
        self._sessions += 1
        aircraft.session_start, aircraft.session_number = state.now, self._sessions
        aircraft.resumes = False
        state.dirty.add(vertiport)
        number, due = self._sessions, state.now + state.curve.duration_ms(aircraft.charge_wh)
        state.when_passed(due, lambda: findings.require(
            not aircraft.charging or aircraft.session_number != number, "charger",
            "{} should have reached its target at {}", aircraft.name, due))

    def expected_wh(self, aircraft):
        """Charge now by the curve; exact, not rounded down."""
        if not aircraft.charging:
            return Fraction(aircraft.charge_wh)
        return self._state.curve.charge_wh(aircraft.charge_wh,
                                           self._state.now - aircraft.session_start)

    def check_charge(self, aircraft, charge_wh, what):
        """Requires that a charge in the file is the recomputed one, rounded down."""
        expected = self.expected_wh(aircraft)
        self._findings.require(charge_wh == expected // 1, "charge",
                               "{} {} with {} Wh, recomputed {:.3f}", aircraft.name, what,
                               charge_wh, float(expected))

    def ended(self, aircraft, effect):
        """ChargingEnded: at the target or for a stated cause, with its energy and its cost."""
        state, findings = self._state, self._findings
        if not findings.require(aircraft.charging, "charger", "{} does not charge", aircraft.name):
            return
        charge, energy = effect.number("chargeWh"), effect.number("energyWh")
        elapsed = state.now - aircraft.session_start
        self.check_charge(aircraft, charge, "stops charging")
        findings.require(charge <= state.network.battery_wh, "charge", "{} holds {} Wh of {}",
                         aircraft.name, charge, state.network.battery_wh)
        findings.require(energy == charge - aircraft.charge_wh, "charge",
                         "{} draws {} Wh from {} to {} Wh", aircraft.name, energy,
                         aircraft.charge_wh, charge)
        self._check_cost(aircraft, effect.number("costCents"), elapsed)
        self._note_cause(aircraft, elapsed)
        aircraft.charged_wh += energy
        aircraft.charge_wh = charge
        aircraft.session_start = -1
        if aircraft.name in self._corrections:
            self._take_over(aircraft, self._corrections.pop(aircraft.name))
        state.dirty.add(aircraft.vertiport)
        state.figures.energy_wh += energy
        state.figures.energy_cost_cents += effect.number("costCents")

    def _note_cause(self, aircraft, elapsed):
        """Why the session ends, and where in the queue that leaves the aircraft."""
        state, vertiport = self._state, aircraft.vertiport
        charging = self.charging_at(vertiport)
        if self._cut_short.pop(aircraft.name, ""):
            aircraft.ticket = None
        elif elapsed >= state.curve.duration_ms(aircraft.charge_wh):
            aircraft.ticket = None
        elif len(charging) > max(self.available(vertiport), 0):
            last = max(charging, key=lambda a: a.session_number)
            self._findings.require(last is aircraft, "charger",
                                   "{} loses its charger, the last to start was {}",
                                   aircraft.name, last.name)
            state.first_ticket -= 1
            aircraft.ticket = state.first_ticket  # back at the head of the queue
        elif self._findings.require(
                not state.is_open(), "charger",
                "{} stops charging {} ms after it started, for no cause", aircraft.name, elapsed):
            aircraft.resumes = True
            self._billed.append(aircraft)

    def settled(self):
        """The day is settled: sessions that were billed for it go on."""
        self._billed.clear()

    def _check_cost(self, aircraft, cost_cents, elapsed):
        state = self._state
        exact = state.tariffs.session_cents(state.curve, aircraft.charge_wh, aircraft.session_start,
                                            elapsed)
        self._findings.require(is_rounding(cost_cents, exact), "money",
                               "charging {} costs {} cents, recomputed {:.3f}", aircraft.name,
                               cost_cents, float(exact))

    def check_billed(self):
        """A session that ended for the settlement of the day needs one now."""
        for aircraft in self._billed:
            self._findings.fail("charger", "{} stops charging for no cause, the day is not settled",
                                aircraft.name)
        self._billed.clear()

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
