"""Charging in closed form (rules of the world, section 4: chargers).

Charge is kept in watt-milliseconds, so that power × milliseconds is exact. Stored charge is rounded
down to whole watt-hours, once, when the session ends. The steps of the curve and the target are
energies of the scenario: whole watt-hours, rounded when it is loaded (section 1).
"""

from fractions import Fraction

from auditor.network import round_half_up

WMS_PER_WH = 3_600_000
HOUR_MS = 3_600_000


def ceil_div(numerator, denominator):
    """⌈numerator ÷ denominator⌉ of rationals, as an integer."""
    return -((-Fraction(numerator)) // Fraction(denominator))


class ChargeCurve:
    """Piecewise constant power by state of charge, up to the charge target."""

    def __init__(self, steps, battery_wh, target):
        """`steps`: [(from state of charge, power in W)], rising from 0; `target`: a fraction."""
        def charge_at(state):
            return round_half_up(Fraction(state) * battery_wh) * WMS_PER_WH

        self.target = charge_at(target)
        rows = [(charge_at(start), power) for start, power in steps]
        ends = [start for start, _ in rows[1:]] + [charge_at(1)]
        self._rows = [(start, min(end, self.target), power)
                      for (start, power), end in zip(rows, ends) if start < self.target]

    def wants_charge(self, charge_wh):
        """An aircraft below the target joins the charger queue."""
        return charge_wh * WMS_PER_WH < self.target

    def pieces(self, start_wh):
        """(milliseconds, power, charge before, charge after) of each piece of a full session.

        A boundary is passed after ⌈(boundary − charge) ÷ power⌉ ms.
        """
        charge = Fraction(start_wh) * WMS_PER_WH
        for _, end, power in self._rows:
            if charge < end:
                yield ceil_div(end - charge, power), power, charge, end
                charge = end

    def duration_ms(self, start_wh):
        """Time from `start_wh` to the target."""
        return sum(piece[0] for piece in self.pieces(start_wh))

    def charge_wh(self, start_wh, elapsed_ms):
        """Charge after `elapsed_ms`, a rational number of watt-hours."""
        charge = Fraction(start_wh) * WMS_PER_WH
        for length, power, before, after in self.pieces(start_wh):
            if elapsed_ms < length:
                return min(before + power * elapsed_ms, after) / WMS_PER_WH
            elapsed_ms -= length
            charge = after
        return charge / WMS_PER_WH

    def cost_cents(self, start_wh, start_ms, elapsed_ms, price_cents_per_kwh):
        """Cost of a session, split at the hours of the local day; a rational number of cents.

        `price_cents_per_kwh`: 24 rationals by local hour. Rounding happens once per session.
        """
        cost = Fraction(0)
        now = 0
        while now < elapsed_ms:
            clock = start_ms + now
            step = min(elapsed_ms - now, HOUR_MS - clock % HOUR_MS)
            energy = (self.charge_wh(start_wh, now + step) - self.charge_wh(start_wh, now))
            cost += energy / 1000 * price_cents_per_kwh[clock // HOUR_MS % 24]
            now += step
        return cost
