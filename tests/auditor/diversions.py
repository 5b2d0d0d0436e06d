"""Flights whose destination closed (rules of the world, section 7)."""

from fractions import Fraction

from auditor.energy import ROUNDING_WH


class Diversions:
    """Checks alternates, holding, diversions and emergencies."""

    def __init__(self, state):
        self._state = state
        self._findings = state.findings

    def _airborne(self, aircraft, what):
        flight = aircraft.flight
        if self._findings.require(flight is not None and flight.airborne, "state",
                                  "{}: {} is not airborne", what, aircraft.name):
            return flight
        return None

    def _spare_wh(self, aircraft, flight, alternate):
        """Energy left over the alternate's reserve if it flew on without holding."""
        energy = self._state.energy
        return (aircraft.charge_wh - energy.flight_wh(flight.origin, flight.destination)
                - energy.flight_wh(flight.destination, alternate) - energy.alternate_reserve_wh)

    def _has_stand(self, vertiport, aircraft):
        """Whether a stand, contingency stands included, can be promised to the aircraft."""
        state = self._state
        own = aircraft.flight.heads_for(vertiport)
        return state.on_ground(vertiport) + state.inbound(vertiport) - own < state.stands_in_order(
            vertiport)

    def _candidates(self, aircraft, flight):
        """Where it could divert to, nearest first: open, within reach, with a stand."""
        state = self._state
        held = state.energy.hold_wh(self._held_ms(flight))
        return [name for name in state.energy.nearest(flight.destination)
                if state.closures.is_open(name, state.now) and self._has_stand(name, aircraft)
                and self._spare_wh(aircraft, flight, name) - held >= -ROUNDING_WH]

    def _held_ms(self, flight):
        since = flight.holding_since
        return flight.held_ms + (self._state.now - since if since >= 0 else 0)

    def reserved(self, aircraft, effect):
        """AlternateReserved: the nearest candidate, until the latest moment to leave for it."""
        state, findings = self._state, self._findings
        flight = self._airborne(aircraft, "alternate")
        if flight is None:
            return
        alternate = effect.name("alternate")
        findings.require(not self._is_usable(flight), "diversion",
                         "{} reserves an alternate though {} is open", aircraft.name,
                         flight.destination)
        if not findings.require((flight.destination, alternate) in state.network.corridors,
                                "diversion", "no corridor {} to {}", flight.destination, alternate):
            return
        flight.alternate, flight.emergency = "", False
        best = next(iter(self._candidates(aircraft, flight)), None)
        findings.require(alternate == best, "diversion", "{} reserves {}, nearest in reach: {}",
                         aircraft.name, alternate, best)
        flight.alternate = alternate
        # Its landing slot is free for others until it gets a new one.
        state.slots.release(aircraft.name, flight.destination)
        flight.landing = None
        self._check_latest(aircraft, flight, effect.ms("latestDivert"))

    def _is_open_at_landing(self, flight):
        """Whether no known closure of the destination meets the planned landing movement."""
        state = self._state
        return flight.landing is not None and flight.holding_since < 0 and (
            not state.closures.vertiport(flight.destination,
                                         flight.landing - state.network.movement_ms,
                                         flight.landing))

    def _is_usable(self, flight):
        """Whether the destination is open now and for the planned landing."""
        state = self._state
        when = max(flight.landing or 0, state.now)
        return (state.closures.is_open(flight.destination, state.now)
                and not state.closures.vertiport(flight.destination,
                                                 when - state.network.movement_ms, when + 1))

    def _check_latest(self, aircraft, flight, latest):
        power = self._state.network.hold_power_w
        if power <= 0:
            return
        begin = flight.holding_since if flight.holding_since >= 0 else (
            flight.take_off + flight.block_ms)
        spare = Fraction(self._spare_wh(aircraft, flight, flight.alternate) * 3_600_000, power)
        want = begin + max(spare - flight.held_ms, 0)
        margin = self._state.network.movement_ms + Fraction(2 * ROUNDING_WH * 3_600_000, power)
        self._findings.require(abs(latest - want) <= margin, "diversion",
                               "{} leaves for {} at {} at the latest, its energy says {:.0f}",
                               aircraft.name, flight.alternate, latest, float(want))

    def released(self, aircraft):
        """AlternateReleased: only a reserved one, and only for a destination that is open."""
        flight = self._airborne(aircraft, "alternate released")
        if flight is None:
            return
        self._findings.require(flight.alternate, "diversion", "{} has no alternate to release",
                               aircraft.name)
        flight.alternate = ""

    def holding(self, aircraft):
        """HoldingStarted: at a closed destination, not twice."""
        flight = self._airborne(aircraft, "holding")
        if flight is None:
            return
        self._findings.require(flight.holding_since < 0, "diversion", "{} already holds",
                               aircraft.name)
        flight.holding_since = self._state.now
        self._state.slots.release(aircraft.name, flight.destination)

    def _turn_to(self, aircraft, flight, vertiport, landing):
        state = self._state
        state.slots.release(aircraft.name, flight.target)
        if vertiport not in (flight.destination, flight.target):
            # The second leg begins where the first one ends, the landing movement left out.
            arrival = flight.leg_start + flight.leg_ms - state.network.movement_ms
            flight.held_ms = self._held_ms(flight)
            flight.holding_since = -1
            flight.energy_wh += state.energy.flight_wh(flight.destination, vertiport)
            flight.leg_start = max(state.now, arrival)
            flight.leg_ms = round(state.network.block_ms(flight.destination, vertiport))
        flight.target, flight.alternate, flight.landing = vertiport, "", landing
        flight.diverting = True

    def diverted(self, aircraft, effect):
        """DiversionStarted: to the reserved alternate, with a free pad on arrival."""
        state, findings = self._state, self._findings
        flight = self._airborne(aircraft, "diversion")
        if flight is None:
            return
        alternate, landing = effect.name("alternate"), effect.ms("landing")
        if not findings.require(alternate == flight.alternate, "diversion",
                                "{} diverts to {}, reserved: {}", aircraft.name, alternate,
                                flight.alternate or "none"):
            return
        movement = state.network.movement_ms
        block = state.network.block_ms(flight.destination, alternate)
        begin = max(state.now, flight.take_off)
        findings.require(landing >= begin + block - state.network.block_overhead_ms - 1,
                         "block time", "{} lands at {} after leaving at {}", aircraft.name, landing,
                         state.now)
        self._turn_to(aircraft, flight, alternate, landing)
        findings.require(state.pad_room(alternate, landing - movement, landing, aircraft.name) >= 1,
                         "G5", "{} lands at {} with no pad of {} free", aircraft.name, landing,
                         alternate)
        state.slots.reserve(alternate, landing - movement, landing, aircraft.name)

    def emergency(self, aircraft, effect):
        """EmergencyDeclared: if no stand is in reach; to the nearest vertiport, open or not."""
        state, findings = self._state, self._findings
        flight = self._airborne(aircraft, "emergency")
        if flight is None:
            return
        flight.alternate = ""
        findings.require(not self._is_open_at_landing(flight), "diversion",
                         "{} declares an emergency, {} is open when it lands at {}", aircraft.name,
                         flight.destination, flight.landing)
        candidates = self._candidates(aircraft, flight)
        findings.require(not candidates, "diversion", "{} declares an emergency with {} in reach",
                         aircraft.name, candidates[:1])
        vertiport = effect.name("vertiport")
        known = [flight.destination, *state.energy.nearest(flight.destination)[:1]]
        findings.require(vertiport in known, "diversion", "{} makes for {}, nearest: {}",
                         aircraft.name, vertiport, known)
        if vertiport == flight.destination or (flight.destination, vertiport) in (
                state.network.corridors):
            landing = effect.ms("landing")
            self._turn_to(aircraft, flight, vertiport, landing)
            # It takes a pad whether or not one is free.
            state.slots.reserve(vertiport, landing - state.network.movement_ms, landing,
                                aircraft.name)
        flight.emergency = True
