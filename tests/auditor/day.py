"""Audits a day, or days that follow each other: order, causes, and what must not be missing."""

import heapq

from auditor.books import Books
from auditor.causes import Cause
from auditor.chargers import Chargers
from auditor.closures import PADS, Advisory
from auditor.diversions import Diversions
from auditor.flights import Flights
from auditor.guard import Guard
from auditor.ledger import ENDED
from auditor.state import GONE, PAD, STAND, State
from auditor.telemetry import Telemetry
from auditor.trips import Trips

# Events that must be answered, and by which effect.
ANSWERS = {"tookOff": "flightTookOff", "landed": "flightLanded", "tripRequested": "tripAccepted"}


class Day:
    """One audited network, from a header to the last summary: as a rule a single day."""

    def __init__(self, network, findings):
        self._findings = findings
        self._network = network
        self._state = State(network, findings)
        self._chargers = Chargers(self._state)
        self._guard = Guard(self._state, self._chargers)
        self._flights = Flights(self._state, self._chargers, self._guard)
        self._telemetry = Telemetry(self._state, self._chargers, self._guard)
        self._diversions = Diversions(self._state, self._flights)
        self._trips = Trips(self._state)
        self._books = Books(self._state)
        self._event = None      # read, not yet applied: timers due before it come first
        self._event_time = 0
        self._cause = Cause("timer")
        for name, vertiport, charge in network.fleet:
            self._state.add_aircraft(name, vertiport, charge)
        self._start()

    def _start(self):
        state = self._state
        for name, vertiport in self._network.vertiports.items():
            limit = vertiport.stands - vertiport.contingency_stands
            self._findings.require(state.on_ground(name) <= limit, "G1",
                                   "{} aircraft start at {}, stands - contingency = {}",
                                   state.on_ground(name), name, limit)
        for aircraft in state.aircraft.values():
            aircraft.ready_at = state.now
            self._chargers.join(aircraft)

    @property
    def days(self):
        """How many days were settled."""
        return self._books.days

    # Lines.

    def event(self, time, kind, fields):
        """An event line; it takes force once the timers due before it have been seen."""
        self._close_group()
        self._findings.require(time >= self._event_time, "order", "event at {} after {}", time,
                               self._event_time)
        self._event = Cause(kind, fields)
        self._event_time = time
        self._cause = Cause("timer")

    def decision(self, time, fields):
        """A decision line with its verdict."""
        self._close_group()
        state, findings = self._state, self._findings
        findings.require(time == state.now, "order", "decision at {}, the time is {}", time,
                         state.now)
        self._advance(time)
        cause = Cause("decision", fields.record("decision"))
        aircraft = state.aircraft.get(cause.aircraft)
        if not findings.require(aircraft is not None, "state", "no aircraft {}", cause.aircraft):
            return
        cause.action = cause.fields.action()
        cause.boarding = cause.fields.numbers("boardingTrips")
        verdict = fields.record("verdict")
        if not verdict.flag("accepted"):
            state.figures.refusals += 1
            self._guard.check_refusal(aircraft, cause.action, cause.boarding, verdict)
            self._cause = Cause("refused")
            return
        state.figures.decisions += 1
        cause.verdict = verdict
        if cause.action[0] == "hold":
            state.figures.holds += 1
            cause.want("aircraftHolds", aircraft.name)
            self._check_may_hold(aircraft)
        else:
            cause.want("flightCommitted", aircraft.name)
            self._chargers.leave(aircraft, "it commits")
        self._cause = cause

    def effect(self, time, kind, fields):
        """An effect line."""
        state, findings = self._state, self._findings
        findings.require(state.now <= time <= self._event_time, "order",
                         "effect {} at {}, the time is {}, the event's {}", kind, time, state.now,
                         self._event_time)
        if self._event is not None and time >= self._event_time:
            self._apply_event()
        self._advance(time)
        handler = getattr(self, "_on_" + kind, None)
        if not findings.require(handler is not None, "effect", "unknown effect {}", kind):
            return
        aircraft = None
        name = fields.optional_name("aircraft")
        if name is not None:
            aircraft = state.aircraft.get(name)
            if not findings.require(aircraft is not None, "state", "no aircraft {}", name):
                return
        if kind == "aircraftHolds":
            findings.require((kind, name) in self._cause.wanted, "cause",
                             "{} holds without a decision of its own", name)
        self._cause.answered(kind, name)
        if kind in ("slotsReplanned", "flightCancelled"):
            self._follow_pads(aircraft)
        handler(aircraft, fields)

    def summary(self, summary):
        """The final DayReport."""
        self._close_group()
        self._books.report(summary)

    def end(self):
        """End of the lines."""
        self._close_group()
        self._books.end()

    # Time.

    def _close_group(self):
        """Ends the effects of the last event or decision: nothing that must follow is missing."""
        if self._event is not None:
            self._apply_event()
        self._withdraw_all_pads()
        self._end_cause()

    def _end_cause(self):
        state, cause = self._state, self._cause
        cause.end(self._findings)
        self._trips.check_arrived()
        if cause.is_event("tripCancelled"):
            trip = state.trips.get(cause.fields.number("trip"))
            self._findings.require(trip is not None and trip.state == ENDED, "missing",
                                   "the cancelled trip {} has not ended", trip)
        if cause.overfilled is not None:
            self._flights.require_cancelled_beyond_stands(cause.overfilled)

    def _apply_event(self):
        self._advance(self._event_time)
        self._end_cause()
        cause, self._event = self._event, None
        self._cause = cause
        if cause.kind in ANSWERS:
            cause.want(ANSWERS[cause.kind], cause.aircraft)
        handler = getattr(self, "_apply_" + cause.kind, None)
        if handler is not None:
            handler(cause)

    def _advance(self, time):
        """Moves time on, looking at every moment in between at which something was due."""
        state = self._state
        if time <= state.now:
            return
        self._withdraw_all_pads()
        self._trips.check_arrived()
        for moment in [*state.closures.edges(state.now, time), time]:
            self._check_settled()
            while state.due and state.due[0][0] < moment:
                heapq.heappop(state.due)[2]()
            state.now = moment
            self._follow_advisories()
        state.slots.forget_before(time)
        state.closures.forget_before(time)

    def _follow_advisories(self):
        """What changes by advisories that start or end now."""
        state = self._state
        changed = [a for a in state.closures.known() if state.now in (a.start, a.end)]
        if not changed:
            return
        self._closures_moved()
        for advisory in sorted(changed, key=lambda a: a.number):
            if advisory.kind == PADS and advisory.start == state.now:
                state.pads_to_follow.setdefault(advisory.vertiport, []).append(advisory)
        for vertiport in list(state.pads_to_follow):
            state.withdraw_next_pads(vertiport)

    def _follow_pads(self, aircraft):
        """Of several advisories that begin at once, the next takes its pads.

        They begin one after the other, by number, and each makes the commitments search again: an
        aircraft that has its new slots loses them again by the next one.
        """
        flight = aircraft.flight
        if flight is None or flight.airborne or flight.replan_due:
            return
        for vertiport in (flight.origin, flight.destination):
            if vertiport in self._state.pads_to_follow:
                self._state.withdraw_next_pads(vertiport)

    def _withdraw_all_pads(self):
        for vertiport in list(self._state.pads_to_follow):
            while vertiport in self._state.pads_to_follow:
                self._state.withdraw_next_pads(vertiport)

    def _check_settled(self):
        """What must hold before time moves on."""
        state = self._state
        self._chargers.check_billed()
        for name in sorted(state.dirty):
            self._chargers.check_settled(name)
            self._check_blocked_pads(name)
        state.dirty.clear()
        if state.closures_changed:
            state.closures_changed = False
            self._check_closures()

    def _check_blocked_pads(self, name):
        state = self._state
        if state.at(name, PAD):
            taken = len(state.at(name, STAND)) + state.inbound(name)
            self._findings.require(taken >= state.stands_in_order(name), "stands",
                                   "a pad of {} stays blocked with a stand free", name)

    def _check_closures(self):
        """Illegal commitments are cancelled; flights to a closed place have a way out."""
        state, findings = self._state, self._findings
        for aircraft in state.aircraft.values():
            flight = aircraft.flight
            if flight is None:
                continue
            if flight.airborne:
                self._diversions.check(aircraft, flight)
                continue
            findings.require(not flight.replan_due, "slots", "{} has lost its slots, no others",
                             aircraft.name)
            closed = state.closures.flight(flight.origin, flight.destination, flight.take_off,
                                           flight.landing, self._network.movement_ms)
            findings.require(not closed, "G4", "{} stays committed to {} despite advisory {}",
                             aircraft.name, flight.destination, closed[0].number if closed else "")

    # Events without an effect of their own.

    def _apply_takeOffDelayed(self, cause):
        """The aircraft cannot leave for the delay; its slots follow as effects."""
        aircraft, state = self._state.aircraft[cause.aircraft], self._state
        flight = aircraft.flight
        if flight is None or flight.airborne:
            return  # a timer cancelled the commitment at this very moment
        aircraft.not_before = max(flight.take_off, state.now) + cause.fields.ms("delay")
        aircraft.reported_at = state.now
        flight.replan_due = True
        state.closures_changed = True

    def _apply_commitmentCancelled(self, cause):
        flight = self._state.aircraft[cause.aircraft].flight
        if flight is not None and not flight.airborne:
            cause.want("flightCancelled", cause.aircraft)

    def _apply_aircraftFailed(self, cause):
        """Out of service from now on; an aircraft in the air, once it stands."""
        aircraft = self._state.aircraft[cause.aircraft]
        self._apply_commitmentCancelled(cause)
        aircraft.in_service = False
        if aircraft.place == STAND and aircraft.down_since < 0:
            aircraft.down_since = self._state.now
        self._chargers.leave(aircraft, "it is out of service")

    _apply_aircraftGrounded = _apply_aircraftFailed

    def _apply_aircraftReturnedToService(self, cause):
        aircraft = self._state.aircraft[cause.aircraft]
        aircraft.in_service = True
        if aircraft.down_since >= 0:
            self._books.count_down_time(aircraft)
        self._chargers.join(aircraft)

    def _apply_aircraftReported(self, cause):
        self._telemetry.reported(self._state.aircraft[cause.aircraft],
                                 cause.fields.number("chargeWh"), cause)

    def _apply_advisoryIssued(self, cause):
        fields, state = cause.fields.record("advisory"), self._state
        advisory = Advisory(
            fields.number("id"), fields.enum("kind"), fields.name("vertiport"),
            fields.name("corridorEnd"), fields.flag("bothDirections", True),
            fields.number("count"), fields.ms("start"), fields.ms("end"), state.now)
        state.closures.issue(advisory)
        if advisory.kind == PADS and advisory.start <= state.now:
            state.give_up_slots(advisory.vertiport)
        self._closures_moved()

    def _apply_advisoryWithdrawn(self, cause):
        self._state.closures.withdraw(cause.fields.number("advisory"))
        self._closures_moved()

    def _closures_moved(self):
        self._state.dirty.update(self._network.vertiports)
        self._state.closures_changed = True
        self._diversions.follow_closures()

    def _apply_aircraftAdded(self, cause):
        fields = cause.fields
        name = fields.name("name")
        self._state.add_aircraft(name, fields.name("vertiport"), fields.number("chargeWh"),
                                 self._state.now)
        self._chargers.join(self._state.aircraft[name])

    def _apply_aircraftRemoved(self, cause):
        aircraft = self._state.aircraft[cause.aircraft]
        self._findings.require(aircraft.flight is None, "state", "{} is removed in flight",
                               aircraft.name)
        self._chargers.leave(aircraft, "it is removed")
        if aircraft.down_since >= 0:
            self._books.count_down_time(aircraft)
        if not aircraft.charging:
            aircraft.place = GONE

    def _apply_resourceOutOfOrder(self, cause):
        fields, state = cause.fields, self._state
        vertiport, stands = fields.name("vertiport"), fields.enum("resource") == "STANDS"
        out = state.stands_out if stands else state.chargers_out
        out[vertiport] = fields.number("count")
        if stands:
            cause.overfilled = vertiport
            if self._flights.is_overfull(vertiport):
                cause.expect_excursion("G1", None)
        state.dirty.add(vertiport)

    def _apply_forecastPublished(self, cause):
        rates = cause.fields.rates("requestsPerHour")
        self._state.tariffs.publish(self._network.shape_forecast(rates))

    # Effects.

    def _on_flightCommitted(self, aircraft, fields):
        self._flights.committed(aircraft, fields, self._cause)

    def _check_may_hold(self, aircraft):
        faults = self._guard.standing_faults(aircraft)
        faults.pop("G8", None)  # it may not fly, but it may hold
        ok = not faults
        self._findings.require(ok, "hold", "{} holds but is not at a decision point", aircraft.name)

    def _on_aircraftHolds(self, aircraft, fields):
        state = self._state
        self._findings.require(self._cause.is_decision(aircraft.name), "cause",
                               "{} holds without an accepted decision", aircraft.name)
        until, want = fields.optional_ms("until"), state.now + self._network.hold_ms
        self._findings.require(until == want, "hold", "{} holds until {}, now + hold is {}",
                               aircraft.name, until, want)
        aircraft.holds_until = want

    def _on_aircraftWoken(self, aircraft, _):
        """At most once per aircraft and minute, only while holding, only if the scenario has it."""
        findings, now = self._findings, self._state.now
        findings.require(self._network.wake_on_change, "wake", "{} wakes, not in this scenario",
                         aircraft.name)
        findings.require(now <= aircraft.holds_until, "wake", "{} wakes but does not hold",
                         aircraft.name)
        findings.require(aircraft.woken_at < 0 or now - aircraft.woken_at >= 60_000, "wake",
                         "{} wakes at {} and at {}", aircraft.name, aircraft.woken_at, now)
        aircraft.woken_at, aircraft.holds_until = now, -1

    def _on_slotsReplanned(self, aircraft, fields):
        self._flights.replanned(aircraft, fields, self._cause)

    def _on_flightCancelled(self, aircraft, fields):
        self._flights.cancelled(aircraft, fields, self._cause)

    def _on_flightTookOff(self, aircraft, fields):
        self._flights.took_off(aircraft, fields, self._cause)

    def _on_flightLanded(self, aircraft, fields):
        self._flights.landed(aircraft, fields, self._cause)

    def _on_standTaken(self, aircraft, _):
        self._flights.stand_taken(aircraft)

    def _on_alternateReserved(self, aircraft, fields):
        self._diversions.reserved(aircraft, fields)

    def _on_alternateReleased(self, aircraft, _):
        self._diversions.released(aircraft, self._cause)

    def _on_holdingStarted(self, aircraft, _):
        self._diversions.holding(aircraft)

    def _on_diversionStarted(self, aircraft, fields):
        self._diversions.diverted(aircraft, fields, self._cause)

    def _on_emergencyDeclared(self, aircraft, fields):
        self._diversions.emergency(aircraft, fields, self._cause)

    def _on_chargingStarted(self, aircraft, fields):
        self._chargers.started(aircraft, fields)

    def _on_chargingEnded(self, aircraft, fields):
        self._chargers.ended(aircraft, fields)
        if self._cause.is_event("aircraftRemoved", aircraft.name):
            aircraft.place = GONE

    def _on_tripAccepted(self, _, fields):
        self._trips.accepted(fields, self._cause)

    def _on_tripEnded(self, _, fields):
        self._trips.ended(fields, self._cause)

    def _on_excursion(self, aircraft, fields):
        rule, name = fields.enum("rule"), aircraft.name if aircraft is not None else None
        actual, limit = fields.number("actual"), fields.number("limit")
        cause, state = self._cause, self._state
        state.figures.excursions += 1
        self._findings.require(actual < limit if rule == "G3" else actual != limit, "excursion",
                               "{}: {} against {} is none", rule, actual, limit)
        cause.excursions.append((rule, name))
        if rule == "G2" and cause.is_event("tookOff", name) and aircraft.flight is None:
            # A timer cancelled the commitment at this very moment.
            cause.expect_excursion(rule, name)
            cause.answered("flightTookOff", name)

    def _on_daySettled(self, _, fields):
        self._books.settled(fields)
        self._chargers.settled()
