"""The auditor's own picture of one day: aircraft, flights, parties, reservations, closures."""

import heapq
from dataclasses import dataclass

from auditor.charging import ChargeCurve
from auditor.closures import PADS, Closures
from auditor.energy import EnergyModel
from auditor.ledger import Figures, Tariffs
from auditor.slots import SlotBook, peak

DAY_MS = 24 * 3_600_000
STAND, PAD, AIR, GONE = "stand", "pad", "air", "gone"


@dataclass
class Flight:
    """A commitment, and the flight it becomes at take-off."""

    origin: str
    destination: str
    take_off: int  # planned, then actual
    landing: int   # planned; None while it is not known
    block_ms: int
    boarded: list
    airborne: bool = False
    target: str = ""          # where it lands as things stand
    alternate: str = ""       # a stand reserved there
    holding_since: int = -1
    held_ms: int = 0          # before the present leg; on it, what it takes longer than planned
    leg_start: int = 0
    leg_ms: int = 0           # block time of the present leg
    diverting: bool = False
    emergency: bool = False
    energy_wh: int = 0        # of the legs flown or under way, holding excluded

    def heads_for(self, vertiport):
        """Whether it may come to need a stand there."""
        return vertiport in (self.target, self.alternate)


@dataclass
class Aircraft:
    """One aircraft; it is in exactly one place, and out of service or not."""

    name: str
    place: str
    vertiport: str
    charge_wh: int
    initial_wh: int
    exact: bool = False       # charge_wh is the file's figure, no longer the scenario's fraction
    in_service: bool = True
    ready_at: int = 0         # turnaround end
    holds_until: int = -1
    woken_at: int = -1
    not_before: int = 0       # a revealed delay outlives its commitment, until the next take-off
    flight: Flight = None
    session_start: int = -1   # of the charging session under way
    ticket: int = -1          # place in the charger queue
    displaced: bool = False   # lost its charger to a withdrawal
    reported_at: int = 0
    down_since: int = -1
    charged_wh: int = 0
    used_wh: int = 0
    corrected_wh: int = 0     # by measurement

    def settle_initial(self, charge_wh):
        """Takes over the initial charge as the file rounds it, at its first figure."""
        if not self.exact:
            self.initial_wh = self.charge_wh = charge_wh
            self.exact = True

    @property
    def charging(self):
        """Whether a session is under way."""
        return self.session_start >= 0


class State:
    """Everything that the checks share."""

    def __init__(self, network, findings):
        self.network = network
        self.findings = findings
        self.energy = EnergyModel(network)
        self.tariffs = Tariffs(network)
        self.curve = ChargeCurve(network.charge_steps, network.battery_wh, network.charge_target)
        self.slots = SlotBook()
        self.closures = Closures()
        self.figures = Figures()
        self.now = 0  # the day begins at a local midnight (rules, section 1)
        self.aircraft = {}
        self.trips = {}
        self.waiting = {}          # (origin, destination) → trip numbers
        self.arrived = []          # trips whose flight has landed and whose end is due
        self.stands_out = {name: 0 for name in network.vertiports}
        self.chargers_out = {name: 0 for name in network.vertiports}
        self.due = []              # heap of (time, order, check to run once time passes it)
        self.dirty = set(network.vertiports)   # vertiports whose chargers and pads to look at
        self.closures_changed = False
        self._order = 0
        self.tickets = 0
        self.settled = False
        self.flight_wh = {}        # corridor → energy as the file has it

    def add_aircraft(self, name, vertiport, charge_wh, exact):
        """Puts an aircraft on a stand."""
        self.aircraft[name] = Aircraft(name, STAND, vertiport, charge_wh, charge_wh, exact,
                                       ready_at=self.now, reported_at=self.now)

    def when_passed(self, moment, check):
        """Runs `check` once time has gone beyond `moment`."""
        self._order += 1
        heapq.heappush(self.due, (moment, self._order, check))

    def close_time(self, when=None):
        """Closing time of the local day of `when` (now, if absent)."""
        when = self.now if when is None else when
        return when // DAY_MS * DAY_MS + self.network.close_ms

    def on_ground(self, vertiport):
        """Aircraft on the vertiport, committed ones included."""
        return sum(1 for a in self.aircraft.values()
                   if a.place in (STAND, PAD) and a.vertiport == vertiport)

    def at(self, vertiport, place):
        """Aircraft on the vertiport's stands or blocking its pads."""
        return [a for a in self.aircraft.values()
                if a.place == place and a.vertiport == vertiport]

    def inbound(self, vertiport):
        """Aircraft committed or flying to the vertiport, or holding a stand there in reserve."""
        return sum(1 for a in self.aircraft.values()
                   if a.flight is not None and a.flight.heads_for(vertiport))

    def stands_in_order(self, vertiport):
        """Stands less those out of order."""
        return self.network.vertiports[vertiport].stands - self.stands_out[vertiport]

    def pad_room(self, vertiport, start, end, without):
        """Pads that nobody holds at any moment of [start, end), the aircraft `without` aside."""
        held = self.slots.held(vertiport, without)
        for advisory in self.closures.withdrawn(PADS, vertiport):
            held.extend([advisory] * advisory.count)
        return (self.network.vertiports[vertiport].pads - len(self.at(vertiport, PAD))
                - peak(held, start, end))

    def lane_room(self, origin, destination, start, without):
        """Lanes of the corridor free for a take-off at `start`."""
        lanes = self.network.corridors[origin, destination].lanes
        held = self.slots.held((origin, destination), without)
        return lanes - peak(held, start, start + self.network.headway_ms)

    def slot_conflict(self, origin, destination, take_off, landing, without):
        """Names the part of a slot that is not free, or returns an empty string."""
        movement = self.network.movement_ms
        if self.pad_room(origin, take_off, take_off + movement, without) < 1:
            return f"pads of {origin}"
        if self.lane_room(origin, destination, take_off, without) < 1:
            return f"lanes {origin} to {destination}"
        if self.pad_room(destination, landing - movement, landing, without) < 1:
            return f"pads of {destination}"
        return ""

    def is_feasible(self, origin, destination, take_off, block_ms, without):
        """Whether pads and lane are free and nothing known is closed for this take-off."""
        landing = take_off + block_ms
        return (not self.slot_conflict(origin, destination, take_off, landing, without)
                and not self.closures.flight(origin, destination, take_off, landing,
                                             self.network.movement_ms))

    def earliest_take_off(self, origin, destination, start, block_ms, without):
        """The earliest feasible take-off in [start, start + maxTakeOffWait], or None.

        Only the start and moments at which something becomes free need to be looked at.
        """
        network = self.network
        shift = block_ms - network.movement_ms  # from take-off to the start of the landing movement
        pads_at = {name: [i.end for i in self.slots.held(name, without)]
                   + [a.end for a in self.closures.withdrawn(PADS, name)]
                   for name in (origin, destination)}
        origin_ends, corridor_ends, destination_ends = self.closures.ends(origin, destination)
        moments = {start, *pads_at[origin], *origin_ends, *corridor_ends}
        moments.update(i.end for i in self.slots.held((origin, destination), without))
        moments.update(end - shift for end in pads_at[destination] + destination_ends)
        last = min(start + network.max_take_off_wait_ms, self.close_time(start))
        for moment in sorted(moments):
            if start <= moment <= last and self.is_feasible(origin, destination, moment, block_ms,
                                                            without):
                return moment
        return None

    def reserve(self, name, flight):
        """Enters a commitment's slots: both movements and the lane."""
        movement = self.network.movement_ms
        self.slots.reserve(flight.origin, flight.take_off, flight.take_off + movement, name)
        self.slots.reserve((flight.origin, flight.destination), flight.take_off,
                           flight.take_off + self.network.headway_ms, name)
        if flight.landing is not None:
            self.slots.reserve(flight.destination, flight.landing - movement, flight.landing, name)

    def put_back(self, trip):
        """A party waits again in its place."""
        trip.state = "waiting"
        trip.aircraft = ""
        self.waiting.setdefault((trip.origin, trip.destination), set()).add(trip.number)

    def watch_expiry(self, trip):
        """Once its latest departure is past, a party must not wait any longer."""
        self.when_passed(trip.latest + 1, lambda: self.findings.require(
            trip.state != "waiting", "trips", "trip {} still waits after its latest departure {}",
            trip.number, trip.latest))

    def take_from_waiting(self, trip):
        """A party no longer waits."""
        self.waiting.get((trip.origin, trip.destination), set()).discard(trip.number)
