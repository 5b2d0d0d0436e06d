"""Advisories: what is closed or withdrawn, when, and since when that is known."""

from dataclasses import dataclass

CORRIDOR, VERTIPORT = "CORRIDOR_CLOSED", "VERTIPORT_CLOSED"
PADS, CHARGERS = "PADS_CLOSED", "CHARGERS_CLOSED"


@dataclass(frozen=True)
class Advisory:
    """A closure or restriction in force during [start, end)."""

    number: int
    kind: str
    vertiport: str
    corridor_end: str
    both_directions: bool
    count: int
    start: int
    end: int
    known_since: int

    def closes_corridor(self, origin, destination):
        """Whether it is about this directed corridor."""
        if self.kind != CORRIDOR:
            return False
        pair = (self.vertiport, self.corridor_end)
        return pair == (origin, destination) or (
            self.both_directions and pair == (destination, origin))

    def overlaps(self, start, end):
        """Whether it is in force at some moment of [start, end)."""
        return self.start < end and start < self.end


class Closures:
    """The advisories known now."""

    def __init__(self):
        self._known = {}

    def issue(self, advisory):
        """Makes an advisory known."""
        self._known[advisory.number] = advisory

    def withdraw(self, number):
        """Forgets an advisory; returns it, or None if it was not known."""
        return self._known.pop(number, None)

    def ends_at(self, name, when):
        """Whether a closure of the vertiport ends at `when`."""
        return any(a.kind == VERTIPORT and a.vertiport == name and a.end == when
                   for a in self._known.values())

    def forget_before(self, now):
        """Drops advisories that are over."""
        self._known = {number: a for number, a in self._known.items() if a.end >= now}

    def known(self):
        """Every advisory known now."""
        return self._known.values()

    def edges(self, after, until):
        """Moments in (after, until) at which some advisory starts or ends, in order."""
        moments = {moment for a in self._known.values() for moment in (a.start, a.end)}
        return sorted(moment for moment in moments if after < moment < until)

    def vertiport(self, name, start, end):
        """Advisories that close the vertiport at some moment of [start, end)."""
        return [a for a in self._known.values()
                if a.kind == VERTIPORT and a.vertiport == name and a.overlaps(start, end)]

    def corridor(self, origin, destination, start, end):
        """Advisories that close the corridor at some moment of [start, end)."""
        return [a for a in self._known.values()
                if a.closes_corridor(origin, destination) and a.overlaps(start, end)]

    def flight(self, origin, destination, take_off, landing, movement):
        """G4: advisories in the way of a flight over its predicted interval.

        The origin matters during its take-off movement, the corridor from take-off to landing, the
        destination during its landing movement.
        """
        return (self.vertiport(origin, take_off, take_off + movement)
                + self.corridor(origin, destination, take_off, landing)
                + self.vertiport(destination, landing - movement, landing))

    def is_open(self, name, when):
        """Whether the vertiport is open at `when`, as far as is known."""
        return not self.vertiport(name, when, when + 1)

    def withdrawn(self, kind, name):
        """Advisories of `kind` (pads or chargers) at the vertiport."""
        return [a for a in self._known.values() if a.kind == kind and a.vertiport == name]

    def count_withdrawn(self, kind, name, when):
        """How many pads or chargers of the vertiport are withdrawn at `when`."""
        return sum(a.count for a in self.withdrawn(kind, name) if a.overlaps(when, when + 1))
