"""Charge that aircraft report (rules of the world, telemetry)."""

from auditor.state import AIR


class Telemetry:
    """Follows what reports change."""

    def __init__(self, state, chargers, guard):
        self._state = state
        self._chargers = chargers
        self._guard = guard

    def reported(self, aircraft, charge_wh, cause):
        """A report further than a hundredth of the battery from the reckoning replaces it."""
        state, flight = self._state, aircraft.flight
        aircraft.reported_at = state.now
        airborne = aircraft.place == AIR
        reckoned = (state.energy.in_flight_wh(aircraft.charge_wh, flight, state.now) if airborne
                    else self._chargers.expected_wh(aircraft) // 1)
        if abs(charge_wh - reckoned) <= state.network.battery_wh // 100:
            return
        if airborne:
            aircraft.charge_wh += charge_wh - reckoned
            aircraft.corrected_wh += charge_wh - reckoned
            self._foresee_landing(aircraft, flight, cause)
            if flight.alternate:
                cause.want("alternateReleased", aircraft.name)
            return
        self._chargers.correct(aircraft, charge_wh)
        if flight is not None:
            shortfall = self._guard.energy_shortfall(flight.origin, flight.destination, charge_wh,
                                                     flight.landing)
            if shortfall is None or shortfall > 0:
                cause.expect_excursion("G3", aircraft.name)
                cause.want("flightCancelled", aircraft.name)

    def _foresee_landing(self, aircraft, flight, cause):
        """Too little for the reserve is an excursion, once per flight."""
        state = self._state
        landing = max(flight.landing or 0, state.now)
        foreseen = state.energy.overhead_wh(aircraft.charge_wh, flight,
                                            landing - state.network.movement_ms)
        if foreseen < state.energy.reserve_wh and not flight.low_charge_noted:
            flight.low_charge_noted = True
            cause.expect_excursion("G3", aircraft.name)
