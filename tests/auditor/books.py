"""Closes the books of a day: settlement, conservation, figures (rules of the world, 8 and 9)."""

from auditor.ledger import AIRBORNE, ENDED, WAITING, Figures, compare_summary, is_rounding


class Books:
    """Checks the settlement of each day, and its report."""

    def __init__(self, state):
        self._state = state
        self._findings = state.findings
        self._gained_wh = 0  # settled on the days before
        self._unreported = []  # figures of settled days whose report has not come
        self.days = 0  # settled

    def settled(self, fields):
        """DaySettled: stored energy at the lowest price; the next day begins."""
        state, findings = self._state, self._findings
        self._check_moment()
        gained = sum(self._stored_wh(a) - a.initial_wh for a in state.aircraft.values())
        got, cost = fields.number("storedEnergyWh"), fields.number("costCents")
        findings.require(got == gained - self._gained_wh, "money",
                         "stored energy settled: {} Wh, recomputed {}", got,
                         gained - self._gained_wh)
        self._gained_wh += got
        exact = state.tariffs.settlement_cents(got)
        findings.require(is_rounding(cost, exact), "money",
                         "settlement costs {} cents, {} Wh at the lowest price make {:.3f}", cost,
                         got, float(exact))
        state.figures.energy_cost_cents += cost
        profit = fields.number("profitCents")
        findings.require(profit == state.figures.profit_cents, "money",
                         "profit {} cents, the bookings make {}", profit,
                         state.figures.profit_cents)
        for aircraft in state.aircraft.values():
            if aircraft.down_since >= 0:
                self.count_down_time(aircraft)
                aircraft.down_since = state.now
        self._check_conservation()
        self._turn_the_page()

    def _check_moment(self):
        """A day is settled once it has closed and nothing flies; at the next opening at the latest.

        A charging session may go on, but what it drew until now is booked.
        """
        state, findings = self._state, self._findings
        findings.require(state.now >= state.close_time(), "order",
                         "settled at {}, before closing time", state.now)
        next_day = state.now >= state.next_open()
        for aircraft in state.aircraft.values():
            findings.require(aircraft.flight is None or next_day, "state",
                             "{} has a flight at settlement", aircraft.name)
            findings.require(aircraft.session_start in (-1, state.now), "charger",
                             "{} still charges at settlement", aircraft.name)

    def _stored_wh(self, aircraft):
        flight = aircraft.flight
        if flight is None or not flight.airborne:
            return aircraft.charge_wh
        return self._state.energy.in_flight_wh(aircraft.charge_wh, flight, self._state.now)

    def _turn_the_page(self):
        """Whoever booked for a later day, or is still in the air, belongs to the next one."""
        state, findings = self._state, self._findings
        figures, state.figures = state.figures, Figures()
        for trip in state.trips.values():
            if trip.state == ENDED:
                continue
            later = trip.state == WAITING and trip.latest >= state.next_open()
            findings.require(later or trip.state == AIRBORNE, "trips",
                             "trip {} has no end at settlement; it is {}", trip.number, trip.state)
            figures.move_request(trip, state.figures)
        total = figures.passengers_served + figures.passengers_lost + figures.passengers_diverted
        findings.require(figures.passengers_requested == total, "trips",
                         "{} passengers requested, served + lost + diverted = {}",
                         figures.passengers_requested, total)
        self._unreported.append(figures)
        self.days += 1
        state.day += 1

    def report(self, summary):
        """The DayReport of the oldest day without one."""
        if self._findings.require(self._unreported, "order",
                                  "a summary comes before the day is settled"):
            compare_summary(self._findings, self._unreported.pop(0), self._state.network, summary)

    def end(self):
        """The end of the file: every settled day has its report; a day may be left unfinished."""
        self._findings.require(self.days > 0 and not self._unreported, "order",
                               "{} day(s) settled, {} without a summary", self.days,
                               len(self._unreported))

    def _check_conservation(self):
        """Per aircraft: initial + charged − used + corrections = present charge."""
        for aircraft in self._state.aircraft.values():
            want = (aircraft.initial_wh + aircraft.charged_wh - aircraft.used_wh
                    + aircraft.corrected_wh)
            self._findings.require(aircraft.charge_wh == want, "charge",
                                   "{} has {} Wh, its charges and flights make {}",
                                   aircraft.name, aircraft.charge_wh, want)

    def count_down_time(self, aircraft):
        """Adds an out-of-service span to the figures, as far as it lies within opening hours."""
        state = self._state
        begin = max(aircraft.down_since, state.open_time())
        end = min(state.now, state.close_time())
        state.figures.aircraft_down_ms += max(end - begin, 0)
        aircraft.down_since = -1
