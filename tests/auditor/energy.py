"""Energy of flights and the reach rules of G3 (rules of the world, section 6)."""

from fractions import Fraction

from auditor.network import round_up

HOUR_MS = 3_600_000


class EnergyModel:
    """What a flight costs, and whether a charge suffices for it. All energies in watt-hours."""

    def __init__(self, network):
        self._network = network
        self._flight_wh = {
            pair: round_up(Fraction(corridor.distance_m, 1000) * network.energy_wh_per_km)
            for pair, corridor in network.corridors.items()}
        self.reserve_wh = round_up(network.reserve * network.battery_wh)
        self.alternate_reserve_wh = round_up(network.alternate_reserve * network.battery_wh)
        self.planned_hold_wh = self.hold_wh(network.alternate_hold_ms)
        # From each vertiport, the others by rising flight energy, then in the scenario's order.
        order = {name: index for index, name in enumerate(network.vertiports)}
        self._nearest = {name: [] for name in network.vertiports}
        for origin, destination in self._flight_wh:
            self._nearest[origin].append(destination)
        for origin, others in self._nearest.items():
            others.sort(key=lambda name: (self._flight_wh[origin, name], order[name]))

    def flight_wh(self, origin, destination):
        """Energy of the flight, rounded up: ⌈distance × energy per kilometre⌉."""
        return self._flight_wh[origin, destination]

    def hold_wh(self, duration_ms):
        """Energy of holding in the air, rounded up; none for a negative duration."""
        return -(-self._network.hold_power_w * max(duration_ms, 0) // HOUR_MS)

    def hold_ms(self, energy_wh):
        """How long that energy lasts for holding, rounded down; None if holding takes none."""
        power = self._network.hold_power_w
        return energy_wh * HOUR_MS // power if power > 0 else None

    def overhead_wh(self, charge_wh, flight, when):
        """What a flight that took off with `charge_wh` has left over its target at `when`."""
        return (charge_wh - flight.spent_wh - flight.leg_wh
                - self.hold_wh(when - flight.overhead_at))

    def in_flight_wh(self, charge_wh, flight, now):
        """The reckoned charge of a flight now: linear along the leg, then holding; rounded so."""
        span = max(flight.overhead_at - flight.leg_from, 1)
        flown = min(max(now - flight.leg_from, 0), span)
        end = now if flight.landing is None else min(now, flight.landing - self._network.movement_ms)
        held = max(end - flight.overhead_at, 0)
        return max(charge_wh - flight.spent_wh - flight.leg_wh * flown // span
                   - self._network.hold_power_w * held // HOUR_MS, 0)

    def nearest(self, origin):
        """Where a corridor leads from `origin`, by rising energy."""
        return self._nearest[origin]

    def _needed_at(self, vertiport, is_open):
        """What has to be left on landing there; None if no alternate is open.

        The reserve and, if the scenario requires one, an alternate after the planned hold.
        """
        needed = self.reserve_wh
        if self._network.alternate_required:
            alternate = next((n for n in self._nearest[vertiport] if is_open(vertiport, n)), None)
            if alternate is None:
                return None
            needed = max(needed, self.planned_hold_wh + self.flight_wh(vertiport, alternate)
                         + self.alternate_reserve_wh)
        return needed

    def shortfall(self, origin, destination, charge_wh, is_open):
        """By how many watt-hours a flight misses G3, vertistop rule included; None: by any amount.

        Vertistop rule: after landing where there is no charger, some vertiport with chargers stays
        reachable under the same conditions. `is_open(from, to)` tells where a flight could go on to
        from where it lands.
        """
        left = charge_wh - self.flight_wh(origin, destination)
        needed = self._needed_at(destination, is_open)
        if needed is None or self._network.vertiports[destination].chargers > 0:
            return None if needed is None else needed - left
        onward = []
        for name in self._nearest[destination]:
            if self._network.vertiports[name].chargers > 0 and is_open(destination, name):
                needed_there = self._needed_at(name, is_open)
                if needed_there is not None:
                    onward.append(self.flight_wh(destination, name) + needed_there)
        return max(needed, min(onward)) - left if onward else None
