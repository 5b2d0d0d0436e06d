"""Flights whose destination closed (rules of the world, section 7)."""


class Diversions:
    """Checks alternates, holding, diversions and emergencies."""

    def __init__(self, state, flights):
        self._state = state
        self._flights = flights
        self._findings = state.findings

    def _airborne(self, aircraft, what):
        flight = aircraft.flight
        if self._findings.require(flight is not None and flight.airborne, "state",
                                  "{}: {} is not airborne", what, aircraft.name):
            return flight
        return None

    def _has_stand(self, vertiport):
        """Whether a stand, contingency stands included, can be promised."""
        state = self._state
        return (state.on_ground(vertiport) + state.inbound(vertiport)
                < state.stands_in_order(vertiport))

    def _spare_wh(self, aircraft, flight, alternate, when):
        """Energy left over the alternate's reserve if it leaves for it at `when`."""
        energy = self._state.energy
        return (energy.overhead_wh(aircraft.charge_wh, flight, when)
                - energy.flight_wh(flight.target, alternate) - energy.alternate_reserve_wh)

    def _candidates(self, aircraft, flight):
        """Where it could divert to, nearest first: open, within reach, with a stand."""
        state = self._state
        return [name for name in state.energy.nearest(flight.target)
                if state.closures.is_open(name, state.now) and self._has_stand(name)
                and self._spare_wh(aircraft, flight, name, state.now) >= 0]

    def reserved(self, aircraft, effect):
        """AlternateReserved: the nearest candidate, until the latest moment to leave for it."""
        state, findings = self._state, self._findings
        flight = self._airborne(aircraft, "alternate")
        if flight is None:
            return
        alternate = effect.name("alternate")
        findings.require(not state.closures.is_open(flight.target, state.now), "diversion",
                         "{} reserves an alternate though {} is open", aircraft.name, flight.target)
        if not findings.require((flight.target, alternate) in state.network.corridors,
                                "diversion", "no corridor {} to {}", flight.target, alternate):
            return
        findings.require(not flight.alternate, "diversion", "{} reserves {} and has {}",
                         aircraft.name, alternate, flight.alternate)
        best = next(iter(self._candidates(aircraft, flight)), None)
        findings.require(alternate == best, "diversion", "{} reserves {}, nearest in reach: {}",
                         aircraft.name, alternate, best)
        # Its landing slot is free for others until it gets a new one.
        state.slots.release(aircraft.name, flight.target)
        flight.alternate, flight.landing, flight.reserved_at = alternate, None, state.now
        self._check_latest(aircraft, flight, effect.optional_ms("latestDivert"))

    def _check_latest(self, aircraft, flight, latest):
        state = self._state
        spare = self._spare_wh(aircraft, flight, flight.alternate, flight.overhead_at)
        length = state.energy.hold_ms(max(spare, 0))
        want = None if length is None else flight.overhead_at + length
        self._findings.require(latest == want, "diversion",
                               "{} leaves for {} at {} at the latest, its energy says {}",
                               aircraft.name, flight.alternate, latest, want)
        flight.latest_divert = want
        if want is None:
            return
        alternate, reserved_at = flight.alternate, flight.reserved_at
        state.when_passed(max(want, reserved_at), lambda: self._findings.require(
            aircraft.flight is not flight
            or (flight.alternate, flight.reserved_at) != (alternate, reserved_at), "diversion",
            "{} should have left for {} at {}", aircraft.name, alternate, want))

    def released(self, aircraft, cause):
        """AlternateReleased: only a reserved one; it has closed, or the destination has opened.

        A flight whose charge was measured anew chooses anew, too.
        """
        flight = self._airborne(aircraft, "alternate released")
        if flight is None:
            return
        self._findings.require(flight.alternate, "diversion", "{} has no alternate to release",
                               aircraft.name)
        closures, now = self._state.closures, self._state.now
        self._findings.require(
            not closures.is_open(flight.alternate, now) or closures.is_open(flight.target, now)
            or closures.ends_at(flight.target, now)
            or cause.is_event("aircraftReported", aircraft.name), "diversion",
            "{} releases {}, which is open, while {} is closed", aircraft.name, flight.alternate,
            flight.target)
        self._state.dirty.add(flight.alternate)
        flight.alternate = ""

    def holding(self, aircraft):
        """HoldingStarted: overhead a closed vertiport, with somewhere to go."""
        flight = self._airborne(aircraft, "holding")
        if flight is None:
            return
        self._findings.require(flight.alternate and self._state.now >= flight.overhead_at,
                               "diversion", "{} holds, its alternate is: {}, overhead at {}",
                               aircraft.name, flight.alternate, flight.overhead_at)

    def diverted(self, aircraft, effect, cause):
        """DiversionStarted: to the reserved alternate, at the latest moment."""
        state, findings, now = self._state, self._findings, self._state.now
        flight = self._airborne(aircraft, "diversion")
        if flight is None:
            return
        alternate = effect.name("alternate")
        if not findings.require(alternate == flight.alternate, "diversion",
                                "{} diverts to {}, reserved: {}", aircraft.name, alternate,
                                flight.alternate or "none"):
            return
        when = None if flight.latest_divert is None else max(flight.latest_divert,
                                                             flight.reserved_at)
        findings.require(now == when, "diversion", "{} diverts at {}, its latest time is {}",
                         aircraft.name, now, when)
        state.figures.diversions += 1
        state.figures.closures_met += 1
        state.slots.release(aircraft.name, flight.target)
        state.dirty.add(flight.target)
        flight.spent_wh = aircraft.charge_wh - state.energy.overhead_wh(aircraft.charge_wh, flight,
                                                                        now)
        flight.leg_wh = state.energy.flight_wh(flight.target, alternate)
        flight.leg_from = now
        flight.overhead_at = (now + state.network.block_ms(flight.target, alternate)
                              - state.network.movement_ms)
        flight.target, flight.alternate = alternate, ""
        self._flights.plan_landing(aircraft, flight, effect.ms("landing"), flight.overhead_at,
                                   cause)

    def emergency(self, aircraft, effect, cause):
        """EmergencyDeclared: if no stand is in reach, it lands although its target is closed."""
        state, findings = self._state, self._findings
        flight = self._airborne(aircraft, "emergency")
        if flight is None:
            return
        findings.require(not state.closures.is_open(flight.target, state.now), "diversion",
                         "{} declares an emergency though {} is open", aircraft.name, flight.target)
        candidates = self._candidates(aircraft, flight)
        findings.require(not candidates and not flight.alternate, "diversion",
                         "{} declares an emergency with {} in reach", aircraft.name, candidates[:1])
        findings.require(effect.name("vertiport") == flight.target, "diversion",
                         "{} makes for {}, its target is {}", aircraft.name,
                         effect.name("vertiport"), flight.target)
        landing = effect.ms("landing")
        if flight.landing is None:
            self._flights.plan_landing(aircraft, flight, landing,
                                       max(state.now, flight.overhead_at), cause)
        findings.require(landing == flight.landing, "diversion",
                         "{} is to land at {} in an emergency, planned: {}", aircraft.name, landing,
                         flight.landing)
        flight.emergency = True

    def follow_closures(self):
        """What is open again is no emergency."""
        state = self._state
        for aircraft in state.aircraft.values():
            flight = aircraft.flight
            if flight is not None and flight.emergency and state.closures.is_open(flight.target,
                                                                                  state.now):
                flight.emergency = False

    def check(self, aircraft, flight):
        """A flight to a closed vertiport has a way out; one to an open one has a landing."""
        state = self._state
        self._findings.require(flight.alternate or flight.landing is not None, "diversion",
                               "{} has neither a landing nor an alternate", aircraft.name)
        if flight.alternate or flight.emergency or flight.landing is None:
            return
        # A closure announced to end before the landing does not stand in its way, nor does one that
        # comes after the landing movement has begun.
        start = flight.landing - state.network.movement_ms
        clear = start <= state.now or not state.closures.vertiport(flight.target, start,
                                                                  flight.landing)
        self._findings.require(clear or state.closures.is_open(flight.target, state.now),
                               "diversion", "{} flies to closed {} without an alternate",
                               aircraft.name, flight.target)
