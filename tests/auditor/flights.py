"""Flights from commitment to stand (rules of the world, sections 4, 5, 7 and 8)."""

from fractions import Fraction

from auditor.energy import ROUNDING_WH
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
        if not aircraft.charging:
            aircraft.settle_initial(charge)
        aircraft.flight = flight
        aircraft.holds_until = -1
        state.reserve(aircraft.name, flight)
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

    def replanned(self, aircraft, effect, cause):
        """SlotsReplanned: the slot search again, from planned + delay after a delay."""
        state, findings = self._state, self._findings
        flight = aircraft.flight
        if not findings.require(flight is not None, "state", "{} has no slots to replan",
                                aircraft.name):
            return
        take_off, landing = effect.ms("takeOff"), effect.optional_ms("landing")
        if flight.airborne:
            self._replan_landing(aircraft, flight, landing)
            return
        if not findings.require(landing == take_off + flight.block_ms, "block time",
                                "{}: replanned to {} to {}, block time {}", aircraft.name,
                                take_off, landing, flight.block_ms):
            return
        start = self.replan_start(aircraft, flight, cause)
        state.slots.release(aircraft.name)
        self._guard.check_slot_free(aircraft, flight.origin, flight.destination, take_off, landing)
        earliest = state.earliest_take_off(flight.origin, flight.destination, start,
                                           flight.block_ms, aircraft.name)
        findings.require(take_off == earliest, "G5", "{} is replanned to {}, earliest from {}: {}",
                         aircraft.name, take_off, start, earliest)
        flight.take_off, flight.landing = take_off, landing
        state.reserve(aircraft.name, flight)

    def replan_start(self, aircraft, flight, cause):
        """From when a new slot is searched: planned + delay after a delay, else planned or now."""
        if cause.is_event("takeOffDelayed", aircraft.name):
            return aircraft.not_before
        return max(flight.take_off, self._state.now, aircraft.not_before)

    def _replan_landing(self, aircraft, flight, landing):
        """A flight in the air gets another landing slot: a free one, at its target; or none yet."""
        state, movement = self._state, self._network.movement_ms
        state.slots.release(aircraft.name, flight.target)
        flight.landing = landing
        if landing is None:
            self._require_closed(aircraft, flight)
            return
        self._findings.require(landing >= state.now, "G5", "{} is to land at {}, in the past",
                               aircraft.name, landing)
        self._findings.require(
            state.pad_room(flight.target, landing - movement, landing, aircraft.name) >= 1, "G5",
            "{} is to land at {} with no pad of {} free", aircraft.name, landing, flight.target)
        state.slots.reserve(flight.target, landing - movement, landing, aircraft.name)

    def _require_closed(self, aircraft, flight):
        """Only a closed destination leaves a flight without a landing time."""
        state = self._state
        self._findings.require(not state.closures.is_open(flight.target, state.now), "diversion",
                               "{} has no landing time though {} is open", aircraft.name,
                               flight.target)

    def cancelled(self, aircraft, effect, cause):
        """FlightCancelled: for a reason that holds; parties return to their place."""
        state, now = self._state, self._state.now
        flight = self._flight_of(aircraft, False, "cancelled")
        if flight is None:
            return
        reason = effect.enum("reason")
        state.slots.release(aircraft.name)
        self._findings.require(self._may_cancel(aircraft, flight, reason, cause), "cancellation",
                               "{} is cancelled for {}, which does not hold", aircraft.name, reason)
        aircraft.flight = None
        state.figures.cancellations += 1
        state.figures.closures_met += reason == "CLOSED"
        for trip in self._parties(flight):
            state.put_back(trip)
            state.watch_expiry(trip)
        if now >= state.close_time() and aircraft.charging:
            return
        self._chargers.join(aircraft)

    def _may_cancel(self, aircraft, flight, reason, cause):
        state = self._state
        if reason == "OPERATOR":
            return cause.is_event("commitmentCancelled", aircraft.name)
        if reason == "OUT_OF_SERVICE":
            return not aircraft.in_service
        if reason == "CLOSED":
            end = max(flight.landing, state.now + 1)
            return bool(state.closures.flight(flight.origin, flight.destination, state.now, end,
                                              end - state.now))
        if reason == "LOW_CHARGE":
            return self._guard.misses_energy(flight.origin, flight.destination,
                                             aircraft.charge_wh, flight.landing)
        if reason == "NO_STAND":
            occupied = state.on_ground(flight.destination) + state.inbound(flight.destination)
            return occupied > (state.stands_in_order(flight.destination)
                               - self._network.vertiports[flight.destination].contingency_stands)
        if reason in ("NO_SLOT", "CLOSING_TIME"):
            start = self.replan_start(aircraft, flight, cause)
            return state.earliest_take_off(flight.origin, flight.destination, start,
                                           flight.block_ms, aircraft.name) is None
        return False

    def took_off(self, aircraft, effect, cause):
        """FlightTookOff: fares and operating cost are booked, the stand is left."""
        state, findings, now = self._state, self._findings, self._state.now
        findings.require(cause.is_event("tookOff", aircraft.name), "cause",
                         "{} takes off without a TookOff event", aircraft.name)
        flight = self._flight_of(aircraft, False, "take-off")
        if flight is None:
            return
        if abs(now - flight.take_off) > self._network.movement_tolerance_ms:
            cause.expect_excursion("G5", aircraft.name)
        landing = effect.optional_ms("landing")
        if now == flight.take_off and landing is not None:
            findings.require(landing == flight.landing, "block time",
                             "{} plans to land at {}, reserved: {}", aircraft.name, landing,
                             flight.landing)
        if landing is None:
            self._require_closed(aircraft, flight)
        else:
            findings.require(landing > now, "block time", "{} lands at {}, takes off at {}",
                             aircraft.name, landing, now)
        self._book(flight, effect)
        if (now, landing) != (flight.take_off, flight.landing):
            state.slots.release(aircraft.name)
            flight.take_off, flight.landing = now, landing
            state.reserve(aircraft.name, flight)
        flight.airborne, flight.leg_start, flight.leg_ms = True, now, flight.block_ms
        aircraft.not_before = 0
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
        for trip in parties:
            trip.state, trip.took_off = AIRBORNE, state.now

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
        planned = now if flight.landing is None else flight.landing
        if elsewhere or abs(now - planned) > self._network.movement_tolerance_ms:
            cause.expect_excursion("G5", aircraft.name)
        self._check_landing_charge(aircraft, flight, charge, elsewhere, cause)
        self._check_landing_flags(aircraft, flight, effect, vertiport)
        self._end_trips(flight, effect, vertiport)
        state.slots.release(aircraft.name)
        if not elsewhere:
            state.slots.reserve(vertiport, planned - self._network.movement_ms, planned,
                                aircraft.name)
        aircraft.flight = None
        aircraft.place = PAD if effect.flag("blocksPad") else STAND
        aircraft.vertiport = vertiport
        aircraft.charge_wh, aircraft.exact = charge, True
        aircraft.ready_at = now + self._network.turnaround_ms
        self._chargers.join(aircraft)
        state.figures.land(charge)

    def _check_landing_charge(self, aircraft, flight, charge, elsewhere, cause):
        state, findings = self._state, self._findings
        if charge < state.energy.reserve_wh - ROUNDING_WH and not flight.diverting:
            cause.expect_excursion("G3", aircraft.name)
        findings.require(charge <= aircraft.charge_wh, "charge", "{} lands with more than it had",
                         aircraft.name)
        measured = cause.fields.optional_number("chargeWh") if cause.fields else None
        used = aircraft.charge_wh - charge
        aircraft.used_wh += used
        if measured is not None:
            findings.require(charge == measured, "charge", "{} lands with {} Wh, measured: {}",
                             aircraft.name, charge, measured)
            return
        if elsewhere:
            return
        held = flight.held_ms + max(0, state.now - flight.leg_start - flight.leg_ms)
        if held > 0 or flight.diverting:
            want = min(flight.energy_wh + state.energy.hold_wh(held), aircraft.charge_wh)
            findings.require(abs(used - want) <= 2 * ROUNDING_WH, "charge",
                             "{} used {} Wh, flying and holding for {} ms take {}", aircraft.name,
                             used, held, want)
            return
        pair = (flight.origin, flight.destination) if not flight.diverting else None
        if findings.require(abs(used - flight.energy_wh) <= ROUNDING_WH, "charge",
                            "{} used {} Wh, the flight takes {}", aircraft.name, used,
                            flight.energy_wh) and pair:
            known = state.flight_wh.setdefault(pair, used)
            findings.require(used == known, "charge", "{} used {} Wh, others the same way {}",
                             aircraft.name, used, known)

    def _check_landing_flags(self, aircraft, flight, effect, vertiport):
        state, findings = self._state, self._findings
        findings.require(effect.flag("diverted") == (vertiport != flight.destination), "diversion",
                         "{} for {} lands at {}, diverted: {}", aircraft.name, flight.destination,
                         vertiport, effect.flag("diverted"))
        movement = self._network.movement_ms
        closed = state.closures.landing(vertiport, flight.landing or state.now, movement)
        findings.require(not closed or effect.flag("emergency"), "diversion",
                         "{} lands at {}, closed by advisory {}, and it is no emergency",
                         aircraft.name, vertiport, closed[0].number if closed else "")
        # An emergency is over if its destination is open again when it lands there.
        over = (vertiport == flight.destination
                and state.closures.is_open(vertiport, state.now))
        allowed = (flight.emergency, flight.emergency and not over)
        findings.require(effect.flag("emergency") in allowed, "diversion",
                         "{} lands, emergency: {}, declared: {}", aircraft.name,
                         effect.flag("emergency"), flight.emergency)
        taken, limit = len(state.at(vertiport, STAND)), state.stands_in_order(vertiport)
        if effect.flag("blocksPad"):
            others = state.inbound(vertiport) - flight.heads_for(vertiport)
            findings.require(taken + others >= limit, "stands",
                             "{} blocks a pad of {} with {} stands taken and {} inbound of {}",
                             aircraft.name, vertiport, taken, others, limit)
        else:
            findings.require(taken < limit or self._state.stands_out[vertiport] > 0, "stands",
                             "{} takes a stand of {} with {} of {} taken", aircraft.name, vertiport,
                             taken, limit)

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
        figures.diversions += outcome == "DIVERTED"
        figures.closures_met += outcome == "DIVERTED" and flight.diverting
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
        self._findings.require(aircraft.place == PAD, "state", "{} takes a stand but is: {}",
                               aircraft.name, aircraft.place)
        taken, limit = len(state.at(aircraft.vertiport, STAND)), state.stands_in_order(
            aircraft.vertiport)
        self._findings.require(taken < limit, "stands",
                               "{} takes a stand of {} with {} of {} taken", aircraft.name,
                               aircraft.vertiport, taken, limit)
        aircraft.place = STAND
        self._chargers.join(aircraft)
