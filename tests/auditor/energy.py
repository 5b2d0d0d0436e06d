"""Energy of flights and the reach rules of G3 (rules of the world, section 6)."""

from fractions import Fraction

from auditor.charging import ceil_div

# Where the rules leave the direction of rounding open, one watt-hour either way is accepted.
ROUNDING_WH = 1


class EnergyModel:
    """What a flight costs, and whether a charge suffices for it."""

    def __init__(self, network):
        self._network = network
        self._flight_wh = {
            pair: ceil_div(Fraction(corridor.distance_m, 1000) * network.energy_wh_per_km, 1)
            for pair, corridor in network.corridors.items()}
        battery = Fraction(network.battery_wh)
        self.reserve_wh = ceil_div(network.reserve * battery, 1)
        self.alternate_reserve_wh = ceil_div(network.alternate_reserve * battery, 1)
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
        """Energy of holding in the air, rounded up."""
        return ceil_div(Fraction(self._network.hold_power_w * duration_ms, 3_600_000), 1)

    def nearest(self, origin):
        """Where a corridor leads from `origin`, by rising energy."""
        return self._nearest[origin]

    def nearest_open(self, origin, is_open):
        """The open vertiport that costs least from `origin`, or None."""
        return next((name for name in self._nearest[origin] if is_open(name)), None)

    def shortfall_at(self, destination, landed_wh, is_open):
        """By how many watt-hours G3 is missed at `destination`; None if no alternate is open.

        Reserve at landing and, if the scenario requires one, an alternate after the planned hold;
        zero or less means that both hold.
        """
        shortfall = self.reserve_wh - landed_wh
        if self._network.alternate_required:
            alternate = self.nearest_open(destination, is_open)
            if alternate is None:
                return None
            left = landed_wh - self.planned_hold_wh - self.flight_wh(destination, alternate)
            shortfall = max(shortfall, self.alternate_reserve_wh - left)
        return shortfall

    def shortfall(self, origin, destination, charge_wh, is_open):
        """By how many watt-hours a flight misses G3, vertistop rule included; None: by any amount.

        Vertistop rule: after landing where there is no charger, some vertiport with chargers stays
        reachable under the same two conditions.
        """
        landed = charge_wh - self.flight_wh(origin, destination)
        shortfall = self.shortfall_at(destination, landed, is_open)
        if shortfall is None or self._network.vertiports[destination].chargers > 0:
            return shortfall
        onward = [
            self.shortfall_at(name, landed - self.flight_wh(destination, name), is_open)
            for name in self._nearest[destination] if self._network.vertiports[name].chargers > 0]
        onward = [value for value in onward if value is not None]
        return max(shortfall, min(onward)) if onward else None
