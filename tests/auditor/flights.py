"""Flights from commitment to stand (rules of the world, sections 4, 5, 7 and 8)."""

from fractions import Fraction

from auditor.ledger import AIRBORNE, ARRIVED, BOARDED, ENDED
from auditor.state import AIR, PAD, STAND

CENT = Fraction(101, 100)  # two roundings: of the passenger and of the flight part


class Flights:
    """Checks every effect of a flight and keeps the picture of it."""

    def __init__(self, state, chargers, guard):
        self._state = state
        self._network = state.network
        self._findings = state.findings
        self._chargers = chargers
        self._guard = guard

    def committed(self, aircraft, effect, cause):
        """FlightCommitted: the whole guard, then slots, party and aircraft are bound."""
        state = self._state
        self._findings.require(cause.is_decision(aircraft.name), "cause",
                               "{} commits without an accepted decision", aircraft.name)
        charge = effect.number("chargeWh")
        self._chargers.check_charge(aircraft, charge, "commits")
        flight = self._guard.check_commit(aircraft, effect, cause.action, cause.boarding)
        if flight is None:
            return
        if cause.verdict is not None:
            self._check_verdict(cause.verdict, flight)
        aircraft.flight = flight
        aircraft.holds_until = -1
        state.reserve(aircraft.name, flight)
        self._watch_slot(aircraft, flight)
        for number in flight.boarded:
            trip = state.trips.get(number)
            if trip is not None:
                trip.state, trip.aircraft = BOARDED, aircraft.name
                state.take_from_waiting(trip)

    def _check_verdict(self, verdict, flight):
        passengers = sum(trip.passengers for trip in self._parties(flight))
        for what, got, want in (("take-off", verdict.ms("takeOff"), flight.take_off),
                                ("landing", verdict.ms("landing"), flight.landing),
                                ("passengers", verdict.number("passengers"), passengers)):
            self._findings.require(got == want, "verdict", "the verdict's {} is {}, committed: {}",
                                   what, got, want)

    def _parties(self, flight):
        trips = (self._state.trips.get(number) for number in flight.boarded)
        return [trip for trip in trips if trip is not None]

    def _flight_of(self, aircraft, airborne, what):
        """The aircraft's flight if it has one in that phase; else records a disagreement."""
        flight = aircraft.flight
        phase = "airborne" if airborne else "committed"
        if self._findings.require(flight is not None and flight.airborne == airborne, "state",
                                  "{}: {} is not {}", what, aircraft.name, phase):
            return flight
        return None

    def _lapses_at(self, flight):
        """When a take-off slot that has not been used is lost."""
        return flight.take_off + max(self._network.movement_ms,
                                     self._network.movement_tolerance_ms)

    def _watch_slot(self, aircraft, flight):
        planned = flight.take_off
        state = self._state
        state.when_passed(self._lapses_at(flight), lambda: self._findings.require(
            aircraft.flight is not flight or flight.airborne or flight.take_off != planned, "slots",
            "{} keeps its slot of {} and has not taken off", aircraft.name, planned))

    def _give_up_slots(self, aircraft, flight, cause):
        """Before a new slot, or a cancellation for the lack of one: why the old one is lost.

        Says whether there is a reason at all: a delay, pads withdrawn or blocked, or a lapsed slot.
        """
        self._state.slots.release(aircraft.name)
        if not flight.replan_due and self._state.now >= self._lapses_at(flight):
            flight.replan_due = True
            cause.expect_excursion("G5", aircraft.name)
        return flight.replan_due

    def replanned(self, aircraft, effect, cause):
        """SlotsReplanned: the slot search again, from planned + delay after a delay."""
        state, findings = self._state, self._findings
        flight = aircraft.flight
        if not findings.require(flight is not None, "state", "{} has no slots to replan",
                                aircraft.name):
            return
        take_off, landing = effect.ms("takeOff"), effect.optional_ms("landing")
        if flight.airborne:
            findings.require(flight.landing is None and not flight.alternate, "slots",
                             "{} gets a landing slot and has one", aircraft.name)
            self.plan_landing(aircraft, flight, landing, max(state.now, flight.overhead_at), cause)
            return
        if not findings.require(landing == take_off + flight.block_ms, "block time",
                                "{}: replanned to {} to {}, block time {}", aircraft.name,
                                take_off, landing, flight.block_ms):
            return
        findings.require(self._give_up_slots(aircraft, flight, cause), "slots",
                         "{} gets new slots without a reason", aircraft.name)
        start = self.replan_start(aircraft, flight)
        self._guard.check_slot_free(aircraft, flight.origin, flight.destination, take_off, landing)
        earliest = state.earliest_take_off(flight.origin, flight.destination, start, aircraft.name)
        findings.require(take_off == earliest, "G5", "{} is replanned to {}, earliest from {}: {}",
                         aircraft.name, take_off, start, earliest)
        findings.require(take_off <= state.close_time(), "G9",
                         "{} is replanned to {}, after closing time", aircraft.name, take_off)
        flight.take_off = flight.leg_from = take_off
        flight.landing, flight.overhead_at = landing, landing - self._network.movement_ms
        flight.replan_due = False
        state.reserve(aircraft.name, flight)
        self._watch_slot(aircraft, flight)

    def replan_start(self, aircraft, flight):
        """From when a new slot is searched: planned + delay after a delay, else planned or now."""
        return max(flight.take_off, self._state.now, aircraft.not_before)

    def plan_landing(self, aircraft, flight, landing, start, cause):
        """A flight in the air gets the first free landing movement at its target.

        If there is none for too long it lands all the same, which is an excursion.
        """
        state, movement = self._state, self._network.movement_ms
        state.slots.release(aircraft.name, flight.target)
        earliest = state.earliest_landing_movement(flight.target, start, aircraft.name)
        if earliest is None:
            cause.expect_excursion("G5", aircraft.name)
            earliest = start
        self._findings.require(landing == earliest + movement, "G5",
                               "{} is to land at {} at {}, the first free movement ends at {}",
                               aircraft.name, flight.target, landing, earliest + movement)
        flight.landing = landing
        if landing is not None:
            state.slots.reserve(flight.target, landing - movement, landing, aircraft.name)

    def cancelled(self, aircraft, effect, cause):
        """FlightCancelled: for a reason that holds; parties return to their place."""
        state = self._state
        flight = self._flight_of(aircraft, False, "cancelled")
        if flight is None:
            return
        reason = effect.enum("reason")
        self._findings.require(self._may_cancel(aircraft, flight, reason, cause), "cancellation",
                               "{} is cancelled for {}, which does not hold", aircraft.name, reason)
        state.slots.release(aircraft.name)
        aircraft.flight = None
        state.figures.cancellations += 1
        state.figures.closures_met += reason == "CLOSED"
        state.dirty.add(flight.destination)
        for trip in self._parties(flight):
            state.put_back(trip)
            state.watch_expiry(trip)
        self._chargers.join(aircraft)

    def _may_cancel(self, aircraft, flight, reason, cause):
        state = self._state
        pair = flight.origin, flight.destination
        if reason == "OPERATOR":
            return cause.is_event("commitmentCancelled", aircraft.name)
        if reason == "OUT_OF_SERVICE":
            return not aircraft.in_service
        if reason == "LOW_CHARGE":
            shortfall = self._guard.energy_shortfall(*pair, aircraft.charge_wh, flight.landing)
            return (cause.is_event("aircraftReported", aircraft.name)
                    and (shortfall is None or shortfall > 0))
        if reason == "NO_STAND":
            return self._is_beyond_stands(aircraft, flight)
        if reason == "CLOSED" and cause.is_event("advisoryIssued") and self._guard.is_closed(
                *pair, flight.take_off):
            return True
        if not self._give_up_slots(aircraft, flight, cause):
            return False
        take_off = state.earliest_take_off(*pair, self.replan_start(aircraft, flight),
                                           aircraft.name)
        if reason == "NO_SLOT" or take_off is None:
            return reason == "NO_SLOT" and take_off is None
        if reason == "CLOSING_TIME":
            return take_off > state.close_time()
        return reason == "CLOSED" and self._guard.is_closed(*pair, take_off)

    def _is_beyond_stands(self, aircraft, flight):
        """Whether there are more than the stands allow, and this one is the last to take off."""
        state = self._state
        rivals = [a for a in state.aircraft.values() if a.flight is not None
                  and not a.flight.airborne and a.flight.destination == flight.destination]
        last = max(a.flight.take_off for a in rivals)
        final = [a for a in rivals if a.flight.take_off == last][-1]
        return final is aircraft and self.is_overfull(flight.destination)

    def is_overfull(self, vertiport):
        """Whether G1 does not hold there: stands were withdrawn, or one landed elsewhere."""
        state = self._state
        return state.on_ground(vertiport) + state.inbound(vertiport) > (
            state.stands_in_order(vertiport)
            - self._network.vertiports[vertiport].contingency_stands)

    def require_cancelled_beyond_stands(self, vertiport):
        """After a withdrawal of stands no commitment stays that G1 has no room for."""
        left = [a.name for a in self._state.aircraft.values() if a.flight is not None
                and not a.flight.airborne and a.flight.destination == vertiport]
        self._findings.require(not left or not self.is_overfull(vertiport), "G1",
                               "{} stay committed to {}, which has no stands for them", left,
                               vertiport)

    def took_off(self, aircraft, effect, cause):
        """FlightTookOff: fares and operating cost are booked, the stand is left.

        Within the tolerance the plan stands, slots and all.
        """
        state, findings, now = self._state, self._findings, self._state.now
        findings.require(cause.is_event("tookOff", aircraft.name), "cause",
                         "{} takes off without a TookOff event", aircraft.name)
        flight = self._flight_of(aircraft, False, "take-off")
        if flight is None:
            return
        landing = effect.optional_ms("landing")
        self._book(flight, effect)
        if abs(now - flight.take_off) > self._network.movement_tolerance_ms:
            cause.expect_excursion("G5", aircraft.name)
            state.slots.release(aircraft.name)
            flight.take_off, flight.leg_from, flight.landing = now, now, None
            flight.overhead_at = now + flight.block_ms - self._network.movement_ms
            state.reserve(aircraft.name, flight)
            self.plan_landing(aircraft, flight, landing, flight.overhead_at, cause)
        else:
            findings.require(landing == flight.landing, "block time",
                             "{} plans to land at {}, reserved: {}", aircraft.name, landing,
                             flight.landing)
        for trip in self._parties(flight):
            trip.state, trip.took_off = AIRBORNE, flight.take_off
        flight.airborne = True
        aircraft.not_before = 0
        aircraft.reported_at = now
        aircraft.place = AIR
        state.dirty.add(aircraft.vertiport)
        state.closures_changed = True

    def _book(self, flight, effect):
        state, figures, findings = self._state, self._state.figures, self._findings
        parties = self._parties(flight)
        passengers = sum(trip.passengers for trip in parties)
        fares = sum(trip.passengers * trip.fare_cents for trip in parties)
        revenue, cost = effect.number("revenueCents"), effect.number("operatingCostCents")
        findings.require(revenue == fares, "money", "revenue {} cents, fares of {} make {}",
                         revenue, flight.boarded, fares)
        exact = state.tariffs.operating_cost_cents(flight.origin, flight.destination, passengers,
                                                   flight.block_ms)
        findings.require(abs(cost - exact) <= CENT, "money",
                         "operating cost {} cents, recomputed {:.3f}", cost, float(exact))
        figures.revenue_cents += revenue
        figures.operating_cost_cents += cost
        figures.flights += 1
        figures.reposition_flights += not parties
        figures.seats_flown += self._network.seats
        figures.passengers_flown += passengers

    def landed(self, aircraft, effect, cause):
        """FlightLanded: energy, stand, refund and the end of its parties' trips."""
        state, findings, now = self._state, self._findings, self._state.now
        findings.require(cause.is_event("landed", aircraft.name), "cause",
                         "{} lands without a Landed event", aircraft.name)
        flight = self._flight_of(aircraft, True, "landing")
        if flight is None:
            return
        vertiport, charge = effect.name("vertiport"), effect.number("chargeWh")
        elsewhere = vertiport != flight.target
        on_time = flight.landing is not None and (
            abs(now - flight.landing) <= self._network.movement_tolerance_ms)
        if not on_time:
            cause.expect_excursion("G5", aircraft.name)
        if elsewhere:
            cause.expect_excursion("G1", aircraft.name)
            cause.overfilled = vertiport
        self._check_charge(aircraft, flight, vertiport, charge, flight.landing if on_time else now,
                           cause)
        self._check_flags(aircraft, flight, effect, on_time and not elsewhere, cause)
        self._end_trips(flight, effect, vertiport)
        state.slots.release(aircraft.name, flight.target)
        state.slots.abandon(aircraft.name)
        state.dirty.update((flight.target, flight.alternate or flight.target, vertiport))
        aircraft.flight = None
        aircraft.vertiport = vertiport
        aircraft.charge_wh = charge
        aircraft.reported_at = now
        state.figures.land(charge)
        if effect.flag("blocksPad"):
            cause.expect_excursion("G1", aircraft.name)
            aircraft.place = PAD
            state.give_up_slots(vertiport)
        else:
            self._arrive_on_stand(aircraft)

    def _arrive_on_stand(self, aircraft):
        """Turnaround begins, or the time out of service."""
        state = self._state
        aircraft.place = STAND
        aircraft.ready_at = state.now + self._network.turnaround_ms
        if not aircraft.in_service and aircraft.down_since < 0:
            aircraft.down_since = state.now
        self._chargers.join(aircraft)

    def _check_charge(self, aircraft, flight, vertiport, charge, landing, cause):
        """The charge is the measured one; else the legs', the holding's, and the way elsewhere."""
        state, energy = self._state, self._state.energy
        expected = cause.fields.optional_number("chargeWh") if cause.fields else None
        if expected is None:
            expected = energy.overhead_wh(aircraft.charge_wh, flight,
                                          landing - self._network.movement_ms)
            if (flight.target, vertiport) in self._network.corridors:
                expected -= energy.flight_wh(flight.target, vertiport)
        self._findings.require(charge == max(expected, 0), "charge",
                               "{} lands at {} with {} Wh, recomputed {}", aircraft.name, vertiport,
                               charge, expected)
        reserve = (energy.reserve_wh if vertiport == flight.destination
                   else energy.alternate_reserve_wh)
        if expected < reserve:
            cause.expect_excursion("G3", aircraft.name)
        aircraft.used_wh += aircraft.charge_wh - charge

    def _check_flags(self, aircraft, flight, effect, as_planned, cause):
        state, findings = self._state, self._findings
        vertiport = effect.name("vertiport")
        findings.require(effect.flag("diverted") == (vertiport != flight.destination), "diversion",
                         "{} for {} lands at {}, diverted: {}", aircraft.name, flight.destination,
                         vertiport, effect.flag("diverted"))
        findings.require(effect.flag("emergency") == flight.emergency, "diversion",
                         "{} lands, emergency: {}, declared: {}", aircraft.name,
                         effect.flag("emergency"), flight.emergency)
        if flight.emergency:
            cause.expect_excursion("G4", aircraft.name)
        if as_planned:  # else it is an excursion in any case
            begin = flight.landing - self._network.movement_ms
            closed = [a for a in state.closures.vertiport(vertiport, begin, flight.landing)
                      if max(a.start, a.known_since) < begin]
            findings.require(not closed or flight.emergency, "diversion",
                             "{} lands at {}, closed by advisory {}, and it is no emergency",
                             aircraft.name, vertiport, closed[0].number if closed else "")
        # A stand that is promised to others is not free for one that was to land elsewhere.
        taken, limit = len(state.at(vertiport, STAND)), state.stands_in_order(vertiport)
        if vertiport != flight.target:
            taken += state.inbound(vertiport) - flight.heads_for(vertiport)
        findings.require(effect.flag("blocksPad") == (taken >= limit), "stands",
                         "{} lands at {} with {} of {} stands taken, blocks a pad: {}",
                         aircraft.name, vertiport, taken, limit, effect.flag("blocksPad"))

    def _end_trips(self, flight, effect, vertiport):
        state, findings = self._state, self._findings
        outcome = "SERVED" if vertiport == flight.destination else "DIVERTED"
        parties = self._parties(flight)
        fares = sum(trip.passengers * trip.fare_cents for trip in parties)
        want = fares if outcome == "DIVERTED" else 0
        refund = effect.number("refundCents")
        findings.require(refund == want, "money", "refund {} cents, fares of those diverted: {}",
                         refund, want)
        figures = state.figures
        figures.revenue_cents -= refund
        figures.emergency_landings += effect.flag("emergency")
        for trip in parties:
            if trip.state == ENDED:
                findings.require(trip.outcome == outcome, "trips", "trip {} ends {}, it was {}",
                                 trip.number, trip.outcome, outcome)
            else:
                trip.state, trip.outcome = ARRIVED, outcome
                state.arrived.append(trip)

    def stand_taken(self, aircraft):
        """StandTaken: an aircraft that blocked a pad moves to a stand that is free."""
        state = self._state
        blocked = [a.name for a in state.at(aircraft.vertiport, PAD)]
        self._findings.require(blocked[:1] == [aircraft.name], "stands",
                               "{} takes a stand, the pads of {} are blocked by {}", aircraft.name,
                               aircraft.vertiport, blocked)
        taken, limit = len(state.at(aircraft.vertiport, STAND)), state.stands_in_order(
            aircraft.vertiport)
        taken += state.inbound(aircraft.vertiport)
        self._findings.require(taken < limit, "stands",
                               "{} takes a stand of {} with {} of {} taken or promised",
                               aircraft.name, aircraft.vertiport, taken, limit)
        self._arrive_on_stand(aircraft)
