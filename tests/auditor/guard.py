"""G1 to G9 at every commit, boarding, and whether a refusal was right (rules, sections 5 and 6)."""

from auditor.ledger import WAITING
from auditor.state import STAND, Flight

# The rule of each refusal, as far as the auditor can tell from the outside.
REFUSALS = {
    "NO_STAND": "G1", "COMMITTED": "G2", "RESERVE": "G3", "ALTERNATE": "G3",
    "NO_CHARGER_IN_REACH": "G3", "CLOSED": "G4", "NO_CORRIDOR": "G4", "NO_SLOT": "G5",
    "OUT_OF_SERVICE": "G6", "TURNAROUND": "G6", "SEATS": "G7", "NOT_BOARDABLE": "G7",
    "STALE_TELEMETRY": "G8", "CLOSING_TIME": "G9"}


class Guard:
    """Checks decisions against the rules, with the auditor's own figures."""

    def __init__(self, state, chargers):
        self._state = state
        self._chargers = chargers
        self._network = state.network
        self._findings = state.findings

    def standing_faults(self, aircraft):
        """Rules that speak against any flight of the aircraft now: G2, G6, G8, G9."""
        state, now = self._state, self._state.now
        faults = {}
        if aircraft.flight is not None:
            faults["G2"] = f"{aircraft.name} already has a flight"
        elif aircraft.place != STAND:
            faults["G6"] = f"{aircraft.name} is not on a stand but: {aircraft.place}"
        if not aircraft.in_service:
            faults["G6"] = f"{aircraft.name} is out of service"
        elif now < aircraft.ready_at:
            faults["G6"] = f"{aircraft.name} is in turnaround until {aircraft.ready_at}"
        limit, reported_at = self._network.telemetry_max_age_ms, aircraft.reported_at
        if limit > 0 and (reported_at is None or now - reported_at > limit):
            faults["G8"] = f"the last report is of {reported_at}, now {now}, limit {limit}"
        if not state.is_open():
            faults["G9"] = (f"decided at {now}, open from {state.open_time()} to "
                            f"{state.close_time()}")
        return faults

    def check_commit(self, aircraft, effect, action, boarding):
        """Checks a FlightCommitted effect against the state before it; returns the flight."""
        state, findings, network = self._state, self._findings, self._network
        origin, destination = effect.name("origin"), effect.name("destination")
        take_off, landing = effect.ms("takeOff"), effect.ms("landing")
        findings.require(action == ("fly", destination), "commit",
                         "{} commits to {}, decided: {}", aircraft.name, destination, action)
        for rule, why in self.standing_faults(aircraft).items():
            findings.fail(rule, "{} commits although {}", aircraft.name, why)
        findings.require(aircraft.place == STAND and aircraft.vertiport == origin, "commit",
                         "{} departs from {} but is: {} {}", aircraft.name, origin, aircraft.place,
                         aircraft.vertiport)
        if (origin, destination) not in network.corridors:
            findings.fail("G4", "no corridor {} to {}", origin, destination)
            return None
        block = network.block_ms(origin, destination)
        findings.require(landing - take_off == block, "block time",
                         "{} to {} takes {} ms, distance and speed give {}", origin,
                         destination, landing - take_off, block)
        self._check_stands(aircraft, destination)
        self._check_energy(aircraft, origin, destination, effect.number("chargeWh"))
        self._check_slots(aircraft, origin, destination, take_off, landing)
        flight = Flight(origin, destination, take_off, landing, block,
                        effect.numbers("boardedTrips"), target=destination,
                        leg_wh=state.energy.flight_wh(origin, destination),
                        overhead_at=landing - network.movement_ms, leg_from=take_off)
        self._check_boarding(flight, boarding)
        return flight

    def _stand_figures(self, destination):
        """(occupied, limit) of G1 with one more flight to `destination`."""
        state = self._state
        occupied = state.on_ground(destination) + state.inbound(destination) + 1
        limit = (state.stands_in_order(destination)
                 - self._network.vertiports[destination].contingency_stands)
        return occupied, limit

    def _check_stands(self, aircraft, destination):
        occupied, limit = self._stand_figures(destination)
        self._findings.require(occupied <= limit, "G1",
                               "{} to {}: on ground + inbound = {}, stands - contingency = {}",
                               aircraft.name, destination, occupied, limit)

    def energy_shortfall(self, origin, destination, charge_wh, landing):
        """By how many watt-hours G3 is missed by a flight that lands then; None: by any amount.

        Open is where nothing known is closed during the flight on from that landing.
        """
        closures, network = self._state.closures, self._network

        def is_open(start, name):
            return not closures.vertiport(name, landing, landing + network.block_ms(start, name))

        return self._state.energy.shortfall(origin, destination, charge_wh, is_open)

    def _departure(self, aircraft):
        """The earliest departure now, no slot considered."""
        return max(self._state.now, aircraft.not_before)

    def _departure_shortfall(self, aircraft, destination, charge_wh):
        origin = aircraft.vertiport
        landing = self._departure(aircraft) + self._network.block_ms(origin, destination)
        return self.energy_shortfall(origin, destination, charge_wh, landing)

    def _check_energy(self, aircraft, origin, destination, charge_wh):
        shortfall = self._departure_shortfall(aircraft, destination, charge_wh)
        self._findings.require(
            shortfall is not None and shortfall <= 0, "G3",
            "{} from {} to {} with {} Wh misses the energy rules by {} Wh (None: by any amount)",
            aircraft.name, origin, destination, charge_wh, shortfall)

    def _check_slots(self, aircraft, origin, destination, take_off, landing):
        state, findings = self._state, self._findings
        findings.require(take_off <= state.close_time(), "G9",
                         "take-off {} is planned after closing time {}", take_off,
                         state.close_time())
        self.check_slot_free(aircraft, origin, destination, take_off, landing)
        start = self._departure(aircraft)
        earliest = state.earliest_take_off(origin, destination, start, aircraft.name)
        findings.require(earliest == take_off, "G5",
                         "{} from {} to {} takes off at {}, the earliest slot from {} on is {}",
                         aircraft.name, origin, destination, take_off, start, earliest)

    def check_slot_free(self, aircraft, origin, destination, take_off, landing):
        """G4 and G5 for one slot: nothing known is closed, pads and lane have room."""
        state, findings = self._state, self._findings
        for closure in state.closures.flight(origin, destination, take_off, landing,
                                             self._network.movement_ms):
            findings.fail("G4", "{} from {} to {} in [{}, {}) meets advisory {} ({}, [{}, {}))",
                          aircraft.name, origin, destination, take_off, landing, closure.number,
                          closure.kind, closure.start, closure.end)
        conflict = state.slot_conflict(origin, destination, take_off, landing, aircraft.name)
        findings.require(not conflict, "G5", "{} from {} to {} in [{}, {}): no room on {}",
                         aircraft.name, origin, destination, take_off, landing, conflict)

    def boards(self, trip, origin, destination, take_off):
        """Whether a party may board a flight that takes off then."""
        return (trip is not None and trip.state == WAITING and trip.origin == origin
                and trip.destination == destination and trip.earliest <= take_off <= trip.latest)

    def _check_boarding(self, flight, named):
        state, findings, seats = self._state, self._findings, self._network.seats
        parties = [state.trips.get(number) for number in flight.boarded]
        for number, trip in zip(flight.boarded, parties):
            findings.require(
                self.boards(trip, flight.origin, flight.destination, flight.take_off), "boarding",
                "trip {} cannot board {} to {} at {}: {}", number, flight.origin,
                flight.destination, flight.take_off, trip)
        passengers = sum(trip.passengers for trip in parties if trip is not None)
        findings.require(passengers <= seats, "G7", "{} passengers on {} seats", passengers, seats)
        if named:
            findings.require(sorted(flight.boarded) == sorted(named), "boarding",
                             "boards {}, the decision named {}", flight.boarded, named)
            return
        want = self.expected_boarding(flight.origin, flight.destination, flight.take_off)
        findings.require(flight.boarded == want, "boarding", "boards {}, the boarding rule {}",
                         flight.boarded, want)

    def expected_boarding(self, origin, destination, take_off):
        """Parties that board: by earliest departure, then id, skipping those that do not fit."""
        state = self._state
        waiting = [state.trips[number] for number in state.waiting.get((origin, destination), ())]
        left = self._network.seats
        boarded = []
        for trip in sorted(waiting, key=lambda trip: (trip.earliest, trip.number)):
            if self.boards(trip, origin, destination, take_off) and trip.passengers <= left:
                boarded.append(trip.number)
                left -= trip.passengers
        return boarded

    def check_refusal(self, aircraft, action, boarding, verdict):
        """Requires that the stated reason holds by the auditor's own figures."""
        findings = self._findings
        refusal = verdict.enum("refusal")
        rule = REFUSALS.get(refusal)
        findings.require(verdict.enum("rule") == rule, "refusal", "{} is given as a case of {}",
                         refusal, verdict.enum("rule"))
        if not findings.require(rule is not None, "refusal", "unknown reason {}", refusal):
            return
        if action[0] != "fly":
            standing = self.standing_faults(aircraft)
            findings.require(standing, "refusal", "{} may hold, refused: {}", aircraft.name,
                             refusal)
            return
        justified = self._is_justified(aircraft, action[1], boarding, rule, refusal)
        findings.require(justified, "refusal", "{} to {} is refused for {}, which does not hold",
                         aircraft.name, action[1], refusal)

    def _is_justified(self, aircraft, destination, boarding, rule, refusal):
        state = self._state
        standing = self.standing_faults(aircraft)
        if rule in standing or refusal in ("OUT_OF_SERVICE", "TURNAROUND"):
            return rule in standing
        origin = aircraft.vertiport
        if refusal == "NO_CORRIDOR":
            return (origin, destination) not in self._network.corridors
        if (origin, destination) not in self._network.corridors:
            return False
        if rule == "G1":
            occupied, limit = self._stand_figures(destination)
            return occupied > limit
        if rule == "G3":
            shortfall = self._departure_shortfall(aircraft, destination,
                                                  self._chargers.expected_wh(aircraft) // 1)
            return shortfall is None or shortfall > 0
        take_off = state.earliest_take_off(origin, destination, self._departure(aircraft),
                                           aircraft.name)
        if refusal == "NO_SLOT" or take_off is None:
            return refusal == "NO_SLOT" and take_off is None
        if rule == "G4":
            return self.is_closed(origin, destination, take_off)
        if rule == "G7":
            return bool(boarding) and self._named_fault(boarding, origin, destination, take_off)
        return rule == "G9" and take_off > state.close_time()

    def is_closed(self, origin, destination, take_off):
        """Whether a known closure is in the way of a flight that takes off then."""
        landing = take_off + self._network.block_ms(origin, destination)
        return bool(self._state.closures.flight(origin, destination, take_off, landing,
                                                self._network.movement_ms))

    def _named_fault(self, named, origin, destination, take_off):
        state = self._state
        trips = [state.trips.get(number) for number in named]
        if not all(self.boards(trip, origin, destination, take_off) for trip in trips):
            return True
        return (sum(trip.passengers for trip in trips) > self._network.seats
                or len(set(named)) < len(named))
