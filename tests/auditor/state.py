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
    take_off: int  # planned; further than the tolerance from the plan: actual
    landing: int   # planned; None while it is not known
    block_ms: int
    boarded: list
    target: str               # where it lands as things stand
    leg_wh: int               # energy of the leg to the target
    overhead_at: int          # when it reaches the target's pads
    leg_from: int             # when the leg began
    airborne: bool = False
    replan_due: bool = False  # committed, and has given up its slots
    alternate: str = ""       # a stand reserved there
    reserved_at: int = 0      # when it was
    latest_divert: int = None  # None: holding costs nothing
    emergency: bool = False
    spent_wh: int = 0         # on earlier legs, holding included
    low_charge_noted: bool = False

    def heads_for(self, vertiport):
        """Whether it may come to need a stand there."""
        return vertiport in (self.target, self.alternate)


@dataclass
class Aircraft:
    """One aircraft; it is in exactly one place, and out of service or not."""

    name: str
    place: str
    vertiport: str
    charge_wh: int            # at the start of the session or of the flight, else now
    initial_wh: int
    in_service: bool = True
    ready_at: int = 0         # turnaround end
    holds_until: int = -1
    woken_at: int = -1
    not_before: int = 0       # a revealed delay outlives its commitment, until the next take-off
    flight: Flight = None
    session_start: int = -1   # of the charging session under way
    session_number: int = 0   # sessions in the order in which they began
    ticket: int = None        # place in the charger queue
    resumes: bool = False     # its session was billed at the settlement and goes on
    reported_at: int = None   # None: never
    down_since: int = -1
    charged_wh: int = 0
    used_wh: int = 0
    corrected_wh: int = 0     # by measurement

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
        self.now = 0  # the first day begins at a local midnight (rules, section 1)
        self.day = 0  # the local day that runs or opens next; the next one from the settlement on
        self.aircraft = {}
        self.trips = {}
        self.waiting = {}          # (origin, destination) → trip numbers
        self.arrived = []          # trips whose flight has landed and whose end is due
        self.stands_out = {name: 0 for name in network.vertiports}
        self.chargers_out = {name: 0 for name in network.vertiports}
        self.due = []              # heap of (time, order, check to run once time passes it)
        self.pads_to_follow = {}  # vertiport → pad advisories that begin now, still to take effect
        self.dirty = set(network.vertiports)   # vertiports whose chargers and pads to look at
        self.closures_changed = False
        self._order = 0
        self.tickets = self.first_ticket = 0  # of the charger queues

    def add_aircraft(self, name, vertiport, charge_wh, reported_at=None):
        """Puts an aircraft on a stand."""
        self.aircraft[name] = Aircraft(name, STAND, vertiport, charge_wh, charge_wh,
                                       ready_at=self.now, reported_at=reported_at)

    def when_passed(self, moment, check):
        """Runs `check` once time has gone beyond `moment`."""
        self._order += 1
        heapq.heappush(self.due, (moment, self._order, check))

    def open_time(self):
        """Opening time of the day that runs or opens next."""
        return self.day * DAY_MS + self.network.open_ms

    def close_time(self):
        """Closing time of the day that runs or opens next."""
        return self.day * DAY_MS + self.network.close_ms

    def is_open(self):
        """Whether the network is between opening and closing time."""
        return self.open_time() <= self.now < self.close_time()

    def next_open(self):
        """When it opens next; a party that can leave after that may wait while it is closed."""
        return self.open_time() + DAY_MS * (self.now >= self.open_time())

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

    def pads(self, vertiport):
        """Pads in use: neither withdrawn now nor blocked by an aircraft without a stand."""
        return (self.network.vertiports[vertiport].pads - len(self.at(vertiport, PAD))
                - self.closures.count_withdrawn(PADS, vertiport, self.now)
                + sum(a.count for a in self.pads_to_follow.get(vertiport, ())))

    def pad_room(self, vertiport, start, without):
        """Pads that nobody holds at any moment of a movement, the aircraft `without` aside."""
        held = self.slots.held(vertiport, without)
        return self.pads(vertiport) - peak(held, start, start + self.network.movement_ms)

    def lane_room(self, origin, destination, start, without):
        """Lanes of the corridor free for a take-off at `start`."""
        lanes = self.network.corridors[origin, destination].lanes
        held = self.slots.held((origin, destination), without)
        return lanes - peak(held, start, start + self.network.headway_ms)

    def slot_conflict(self, origin, destination, take_off, landing, without):
        """Names the part of a slot that is not free, or returns an empty string."""
        if self.pad_room(origin, take_off, without) < 1:
            return f"pads of {origin}"
        if self.lane_room(origin, destination, take_off, without) < 1:
            return f"lanes {origin} to {destination}"
        if self.pad_room(destination, landing - self.network.movement_ms, without) < 1:
            return f"pads of {destination}"
        return ""

    def earliest_take_off(self, origin, destination, start, without):
        """The earliest take-off in [start, start + maxTakeOffWait] with free slots, or None.

        Only the start and moments at which something becomes free need to be looked at.
        """
        block = self.network.block_ms(origin, destination)
        shift = block - self.network.movement_ms  # from take-off to the landing movement
        moments = {start}
        moments.update(i.end for key in (origin, (origin, destination))
                       for i in self.slots.held(key, without))
        moments.update(i.end - shift for i in self.slots.held(destination, without))
        last = start + self.network.max_take_off_wait_ms
        return next((moment for moment in sorted(moments) if start <= moment <= last
                     and not self.slot_conflict(origin, destination, moment, moment + block,
                                                without)), None)

    def earliest_landing_movement(self, vertiport, start, without):
        """The earliest free landing movement in [start, start + maxTakeOffWait], or None."""
        moments = {start, *(i.end for i in self.slots.held(vertiport, without))}
        last = start + self.network.max_take_off_wait_ms
        return next((moment for moment in sorted(moments) if start <= moment <= last
                     and self.pad_room(vertiport, moment, without) >= 1), None)

    def reserve(self, name, flight):
        """Enters a flight's slots: its lane and both movements, as far as they are planned."""
        movement = self.network.movement_ms
        self.slots.reserve(flight.origin, flight.take_off, flight.take_off + movement, name)
        self.slots.reserve((flight.origin, flight.destination), flight.take_off,
                           flight.take_off + self.network.headway_ms, name)
        if flight.landing is not None:
            self.slots.reserve(flight.target, flight.landing - movement, flight.landing, name)

    def give_up_slots(self, vertiport):
        """Commitments that use the vertiport's pads give up their slots; new ones have to follow.

        Only pads that are withdrawn or blocked do that.
        """
        for aircraft in self.aircraft.values():
            flight = aircraft.flight
            if flight is not None and not flight.airborne and vertiport in (
                    flight.origin, flight.destination):
                self.slots.release(aircraft.name)
                flight.replan_due = True

    def withdraw_next_pads(self, vertiport):
        """The next of the advisories that begin now takes its pads."""
        self.pads_to_follow[vertiport].pop(0)
        if not self.pads_to_follow[vertiport]:
            del self.pads_to_follow[vertiport]
        self.give_up_slots(vertiport)

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
