"""Pads and corridor lanes (rules of the world, section 5: slots, section 6: G5)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """A half-open span of time, [start, end), in milliseconds, held by one aircraft."""

    start: int
    end: int
    holder: str

    def overlaps(self, start, end):
        """Whether it has a moment in common with [start, end)."""
        return self.start < end and start < self.end


def peak(intervals, start, end):
    """The largest number of `intervals` in force at one moment of [start, end)."""
    changes = []
    for interval in intervals:
        if interval.overlaps(start, end):
            changes.append((max(interval.start, start), 1))
            changes.append((interval.end, -1))
    level = highest = 0
    for _, change in sorted(changes):
        level += change
        highest = max(highest, level)
    return highest


class SlotBook:
    """Every reservation of pads (key: vertiport) and lanes (key: (origin, destination))."""

    def __init__(self):
        self._by_key = {}

    def reserve(self, key, start, end, holder):
        """Enters a reservation; it is checked by whoever enters it, not here."""
        self._by_key.setdefault(key, []).append(Interval(start, end, holder))

    def release(self, holder, key=None):
        """Removes the holder's reservations (of `key` only, if given)."""
        for owned in ([key] if key is not None else list(self._by_key)):
            kept = [i for i in self._by_key.get(owned, ()) if i.holder != holder]
            if kept:
                self._by_key[owned] = kept
            else:
                self._by_key.pop(owned, None)

    def abandon(self, holder):
        """The holder has landed: what its take-off still takes up belongs to nobody."""
        for key, held in self._by_key.items():
            self._by_key[key] = [
                Interval(i.start, i.end, "") if i.holder == holder else i for i in held]

    def forget_before(self, now):
        """Drops reservations that are over."""
        for key in list(self._by_key):
            kept = [i for i in self._by_key[key] if i.end > now]
            if kept:
                self._by_key[key] = kept
            else:
                del self._by_key[key]

    def held(self, key, without=None):
        """The reservations of `key`, less those of the aircraft `without`."""
        return [i for i in self._by_key.get(key, ()) if i.holder != without]
