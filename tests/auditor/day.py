"""Audits one day, line by line: order, causes, and what must not be missing."""

import heapq

from auditor.chargers import Chargers
from auditor.closures import Advisory
from auditor.diversions import Diversions
from auditor.flights import Flights
from auditor.guard import Guard
from auditor.ledger import compare_summary, is_rounding
from auditor.state import AIR, GONE, PAD, STAND, State
from auditor.trips import Trips


class Cause:
    """What a run of effects answers: an event, a decision, or a timer (before the event is due)."""

    def __init__(self, kind, fields=None):
        self.kind = kind
        self.fields = fields
        self.action = None
        self.boarding = []
        self.verdict = None
        self.aircraft = fields.optional_name("aircraft") if fields is not None else None
        self.wanted = []      # (effect kind, aircraft) that must follow
        self.excursions = []  # (rule, aircraft) that must follow

    def is_event(self, kind, aircraft=None):
        """Whether it is that event (of that aircraft)."""
        return self.kind == kind and (aircraft is None or self.aircraft == aircraft)

    def is_decision(self, aircraft):
        """Whether it is an accepted decision of that aircraft."""
        return self.kind == "decision" and self.aircraft == aircraft

    def expect_excursion(self, rule, aircraft):
        """The effects have to record an excursion."""
        self.excursions.append((rule, aircraft))


TIMER = Cause("timer")
# Events that must be answered, and by which effect.
ANSWERS = {"tookOff": "flightTookOff", "landed": "flightLanded", "tripRequested": "tripAccepted"}


class Day:
    """One audited day, from its header to its summary."""

    def __init__(self, network, findings):
        self._findings = findings
        self._network = network
        self._state = State(network, findings)
        self._chargers = Chargers(self._state)
        self._guard = Guard(self._state, self._chargers)
        self._flights = Flights(self._state, self._chargers, self._guard)
        self._diversions = Diversions(self._state)
        self._trips = Trips(self._state)
        self._event = None      # read, not yet applied: timers due before it come first
        self._event_time = 0
        self._cause = TIMER
        self._summarised = False
        for name, vertiport, charge in network.fleet:
            self._state.add_aircraft(name, vertiport, charge, False)
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

    # Lines.

    def event(self, time, kind, fields):
        """An event line; it takes force once the timers due before it have been seen."""
        self._close_group()
        self._findings.require(time >= self._event_time, "order", "event at {} after {}", time,
                               self._event_time)
        self._event = Cause(kind, fields)
        self._event_time = time
        self._cause = TIMER

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
            cause.wanted.append(("aircraftHolds", aircraft.name))
            self._check_may_hold(aircraft)
        else:
            cause.wanted.append(("flightCommitted", aircraft.name))
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
        if (kind, name) in self._cause.wanted:
            self._cause.wanted.remove((kind, name))
        elif kind == "aircraftHolds":
            findings.fail("cause", "{} holds without a decision of its own", name)
        handler(aircraft, fields)

    def summary(self, summary):
        """The final DayReport."""
        self._close_group()
        self._summarised = True
        findings, state = self._findings, self._state
        findings.require(state.settled, "order", "the summary comes before the day is settled")
        self._trips.check_all_ended()
        self._check_conservation()
        self._close_down_times()
        compare_summary(findings, state.figures, self._network, summary)

    def end(self):
        """End of the day's lines."""
        self._findings.require(self._summarised, "order", "the day has no summary")

    # Time.

    def _close_group(self):
        """Ends the effects of the last event or decision: nothing that must follow is missing."""
        if self._event is not None:
            self._apply_event()
        findings, cause = self._findings, self._cause
        for kind, aircraft in cause.wanted:
            findings.fail("missing", "{} of {} has no effect {}", cause.kind, aircraft or "", kind)
        for rule, aircraft in cause.excursions:
            findings.fail("missing", "no excursion of {} is recorded for {}", rule, aircraft)
        cause.wanted, cause.excursions = [], []
        self._chargers.end_of_event()
        self._trips.check_arrived()

    def _apply_event(self):
        cause, self._event = self._event, None
        self._advance(self._event_time)
        self._cause = cause
        if cause.kind in ANSWERS:
            cause.wanted.append((ANSWERS[cause.kind], cause.aircraft))
        handler = getattr(self, "_apply_" + cause.kind, None)
        if handler is not None:
            handler(cause)

    def _advance(self, time):
        """Moves time on, looking at every moment in between at which something was due."""
        state = self._state
        if time <= state.now:
            return
        self._trips.check_arrived()
        for moment in [*state.closures.edges(state.now, time), time]:
            self._check_settled()
            while state.due and state.due[0][0] < moment:
                heapq.heappop(state.due)[2]()
            if moment < time:
                state.dirty.update(self._network.vertiports)
                state.closures_changed = True
            state.now = moment
        if any(time in (a.start, a.end) for a in state.closures.known()):
            state.dirty.update(self._network.vertiports)
            state.closures_changed = True
        state.slots.forget_before(time)

    def _check_settled(self):
        """What must hold before time moves on."""
        state = self._state
        if state.settled:
            return
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
            if not flight.airborne:
                closed = state.closures.flight(flight.origin, flight.destination, flight.take_off,
                                               flight.landing, self._network.movement_ms)
                findings.require(not closed, "G4", "{} stays committed to {} despite advisory {}",
                                 aircraft.name, flight.destination,
                                 closed[0].number if closed else "")
            elif not flight.diverting and not flight.emergency:
                # A closure announced to end before the landing does not stand in its way, nor does
                # one that comes after the landing movement has begun.
                start = None if flight.landing is None else (
                    flight.landing - self._network.movement_ms)
                clear = start is not None and (start < state.now or not state.closures.vertiport(
                    flight.destination, start, flight.landing))
                findings.require(
                    flight.alternate or clear
                    or state.closures.is_open(flight.destination, state.now), "diversion",
                    "{} flies to closed {} without an alternate", aircraft.name,
                    flight.destination)

    # Events without an effect of their own.

    def _apply_takeOffDelayed(self, cause):
        """From the plan on the aircraft cannot leave for the delay; the slots follow as effects."""
        aircraft = self._state.aircraft[cause.aircraft]
        ok = aircraft.flight is not None and not aircraft.flight.airborne
        if self._findings.require(ok, "state", "{} is delayed, not committed", aircraft.name):
            aircraft.not_before = aircraft.flight.take_off + cause.fields.ms("delay")

    def _apply_aircraftFailed(self, cause):
        self._out_of_service(self._state.aircraft[cause.aircraft])

    _apply_aircraftGrounded = _apply_aircraftFailed

    def _out_of_service(self, aircraft):
        if aircraft.in_service:
            aircraft.in_service = False
            aircraft.down_since = self._state.now
        self._chargers.leave(aircraft, "it is out of service")

    def _apply_aircraftReturnedToService(self, cause):
        aircraft = self._state.aircraft[cause.aircraft]
        if not aircraft.in_service:
            self._count_down_time(aircraft)
            aircraft.in_service = True
            self._chargers.join(aircraft)

    def _apply_aircraftReported(self, cause):
        aircraft = self._state.aircraft[cause.aircraft]
        aircraft.reported_at = self._state.now
        if aircraft.place != AIR:
            self._chargers.reported(aircraft, cause.fields.number("chargeWh"))

    def _apply_advisoryIssued(self, cause):
        fields = cause.fields.record("advisory")
        self._state.closures.issue(Advisory(
            fields.number("id"), fields.enum("kind"), fields.name("vertiport"),
            fields.name("corridorEnd"), fields.flag("bothDirections", True),
            fields.number("count"), fields.ms("start"), fields.ms("end")))
        self._closures_moved()

    def _apply_advisoryWithdrawn(self, cause):
        self._state.closures.withdraw(cause.fields.number("advisory"))
        self._closures_moved()

    def _closures_moved(self):
        self._state.dirty.update(self._network.vertiports)
        self._state.closures_changed = True

    def _apply_aircraftAdded(self, cause):
        fields = cause.fields
        name = fields.name("name")
        self._state.add_aircraft(name, fields.name("vertiport"), fields.number("chargeWh"), True)
        self._chargers.join(self._state.aircraft[name])

    def _apply_aircraftRemoved(self, cause):
        aircraft = self._state.aircraft[cause.aircraft]
        self._findings.require(aircraft.flight is None, "state", "{} is removed in flight",
                               aircraft.name)
        self._chargers.leave(aircraft, "it is removed")
        if not aircraft.charging:
            aircraft.place = GONE

    def _apply_resourceOutOfOrder(self, cause):
        fields, state = cause.fields, self._state
        out = state.stands_out if fields.enum("resource") == "STANDS" else state.chargers_out
        out[fields.name("vertiport")] = fields.number("count")
        state.dirty.add(fields.name("vertiport"))

    def _apply_forecastPublished(self, cause):
        rates = cause.fields.rates("requestsPerHour")
        self._state.tariffs.publish(self._network.shape_forecast(rates))

    # Effects.

    def _on_flightCommitted(self, aircraft, fields):
        self._flights.committed(aircraft, fields, self._cause)

    def _check_may_hold(self, aircraft):
        ok = (aircraft.place == STAND and aircraft.flight is None and aircraft.in_service
              and self._state.now >= aircraft.ready_at)
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
        self._diversions.released(aircraft)

    def _on_holdingStarted(self, aircraft, _):
        self._diversions.holding(aircraft)

    def _on_diversionStarted(self, aircraft, fields):
        self._diversions.diverted(aircraft, fields)

    def _on_emergencyDeclared(self, aircraft, fields):
        self._diversions.emergency(aircraft, fields)

    def _on_chargingStarted(self, aircraft, fields):
        self._chargers.started(aircraft, fields)

    def _on_chargingEnded(self, aircraft, fields):
        closing = self._state.now >= self._state.close_time()
        self._chargers.ended(aircraft, fields, closing)
        if self._cause.is_event("aircraftRemoved", aircraft.name):
            aircraft.place = GONE

    def _on_tripAccepted(self, _, fields):
        self._trips.accepted(fields, self._cause)
        if ("tripAccepted", None) in self._cause.wanted:
            self._cause.wanted.remove(("tripAccepted", None))

    def _on_tripEnded(self, _, fields):
        self._trips.ended(fields, self._cause)

    def _on_excursion(self, aircraft, fields):
        rule, name = fields.enum("rule"), aircraft.name if aircraft is not None else None
        actual, limit = fields.number("actual"), fields.number("limit")
        self._state.figures.excursions += 1
        worse = actual < limit if rule == "G3" else actual > limit
        self._findings.require(worse, "excursion", "{}: {} against {} is none", rule, actual, limit)
        if (rule, name) in self._cause.excursions:
            self._cause.excursions.remove((rule, name))

    def _on_daySettled(self, _, fields):
        """Stored energy is settled at the lowest price; nothing is in the air or committed."""
        state, findings = self._state, self._findings
        findings.require(not state.settled, "money", "the day is settled twice")
        findings.require(state.now >= state.close_time(), "order",
                         "settled at {}, before closing time", state.now)
        for aircraft in state.aircraft.values():
            findings.require(aircraft.flight is None, "state", "{} has a flight at settlement",
                             aircraft.name)
            # A session may go on into the next day, but what it drew until now is booked.
            findings.require(aircraft.session_start in (-1, state.now), "charger",
                             "{} still charges at settlement", aircraft.name)
        stored = sum(a.charge_wh - a.initial_wh for a in state.aircraft.values())
        slack = sum(not a.exact for a in state.aircraft.values())
        got, cost = fields.number("storedEnergyWh"), fields.number("costCents")
        findings.require(abs(got - stored) <= slack, "money",
                         "stored energy settled: {} Wh, recomputed {:.1f}", got, float(stored))
        exact = state.tariffs.settlement_cents(got)
        findings.require(is_rounding(cost, exact), "money",
                         "settlement costs {} cents, {} Wh at the lowest price make {:.3f}", cost,
                         got, float(exact))
        state.figures.energy_cost_cents += cost
        profit = fields.number("profitCents")
        findings.require(profit == state.figures.profit_cents, "money",
                         "profit {} cents, the bookings make {}", profit,
                         state.figures.profit_cents)
        state.settled = True

    # The end of the day.

    def _check_conservation(self):
        """Per aircraft: initial + charged − used + corrections = final, within rounding."""
        for aircraft in self._state.aircraft.values():
            want = (aircraft.initial_wh + aircraft.charged_wh - aircraft.used_wh
                    + aircraft.corrected_wh)
            self._findings.require(aircraft.charge_wh == want, "charge",
                                   "{} ends with {} Wh, its charges and flights make {:.1f}",
                                   aircraft.name, aircraft.charge_wh, float(want))

    def _count_down_time(self, aircraft):
        """Adds an out-of-service span to the figures, as far as it lies within opening hours."""
        network, state = self._network, self._state
        begin = max(aircraft.down_since, state.close_time() - network.close_ms + network.open_ms)
        end = min(state.now, state.close_time())
        state.figures.aircraft_down_ms += max(end - begin, 0)
        aircraft.down_since = -1

    def _close_down_times(self):
        for aircraft in self._state.aircraft.values():
            if aircraft.down_since >= 0:
                self._count_down_time(aircraft)
