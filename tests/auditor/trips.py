"""Parties: each requested trip ends exactly once (rules of the world, sections 5, 8 and 9)."""

from auditor.ledger import AIRBORNE, ARRIVED, BOARDED, ENDED, LOST, OUTCOMES, WAITING, Trip

CENT = 1


class Trips:
    """Checks requests, fares and ends."""

    def __init__(self, state):
        self._state = state
        self._findings = state.findings

    def accepted(self, effect, cause):
        """TripAccepted: the request's party, numbered in sequence from 1, at the quoted fare."""
        state, findings = self._state, self._findings
        if not findings.require(cause.is_event("tripRequested"), "cause",
                                "a trip is accepted without a request"):
            return
        request, number = cause.fields, effect.number("trip")
        findings.require(number == len(state.trips) + 1, "trips", "trip {} follows trip {}", number,
                         len(state.trips))
        wanted = request.optional_number("trip")
        findings.require(wanted in (None, number), "trips", "trip {} is accepted, requested: {}",
                         number, wanted)
        trip = Trip(number, request.name("origin"), request.name("destination"),
                    request.number("passengers"), effect.number("fareCentsPerPassenger"),
                    request.ms("earliest"), request.ms("latest"))
        for what, got, want in (("origin", effect.name("origin"), trip.origin),
                                ("destination", effect.name("destination"), trip.destination),
                                ("passengers", effect.number("passengers"), trip.passengers)):
            findings.require(got == want, "trips", "trip {}: {} is {}, requested: {}", number, what,
                             got, want)
        self._check_fare(trip, request.optional_number("fareCentsPerPassenger"))
        state.trips[number] = trip
        state.put_back(trip)
        state.watch_expiry(trip)
        state.figures.requests += 1
        state.figures.passengers_requested += trip.passengers

    def _check_fare(self, trip, offered):
        state, findings = self._state, self._findings
        if offered is not None:
            findings.require(trip.fare_cents == offered, "money", "trip {} pays {}, requested: {}",
                             trip.number, trip.fare_cents, offered)
            return
        if (trip.origin, trip.destination) not in state.network.corridors:
            return
        # The hour of the fare rule is that of the flight asked for; the forecast counts those.
        quoted = state.tariffs.fare_cents(trip.origin, trip.destination, trip.earliest)
        findings.require(abs(trip.fare_cents - quoted) <= CENT, "money",
                         "trip {} pays {} cents, the fare rule gives {:.3f}", trip.number,
                         trip.fare_cents, quoted)

    def ended(self, effect, cause):
        """TripEnded: once, from a state in which that outcome is possible, at the right moment."""
        state, findings, now = self._state, self._findings, self._state.now
        number, outcome = effect.number("trip"), effect.enum("outcome")
        trip = state.trips.get(number)
        if not findings.require(trip is not None, "trips", "trip {} ends, never requested", number):
            return
        if not findings.require(trip.state != ENDED, "trips", "trip {} ends twice: {}, then {}",
                                number, trip.outcome, outcome):
            return
        findings.require(outcome in OUTCOMES, "trips", "trip {}: unknown outcome {}", number,
                         outcome)
        if outcome in LOST:
            self._lose(trip, outcome, cause, now)
        elif trip.state == ARRIVED:
            findings.require(outcome == trip.outcome, "trips", "trip {} ends {}, it was {}", number,
                             outcome, trip.outcome)
        else:
            findings.require(trip.state == AIRBORNE and cause.is_event("landed", trip.aircraft),
                             "trips", "trip {} ends {} while it is {}", number, outcome, trip.state)
        trip.state, trip.outcome = ENDED, outcome
        state.take_from_waiting(trip)
        state.figures.end_trip(trip, outcome)

    def _lose(self, trip, outcome, cause, now):
        state, findings = self._state, self._findings
        if outcome == "CANCELLED" and trip.state == BOARDED:
            flight = state.aircraft[trip.aircraft].flight
            flight.boarded.remove(trip.number)
        else:
            findings.require(trip.state == WAITING, "trips", "trip {} is lost ({}) while it is {}",
                             trip.number, outcome, trip.state)
        if outcome == "CANCELLED":
            findings.require(cause.is_event("tripCancelled")
                             and cause.fields.number("trip") == trip.number, "cause",
                             "trip {} is cancelled without an event", trip.number)
        elif outcome == "CLOSING_TIME":
            findings.require(not state.is_open() and trip.latest < state.next_open(), "trips",
                             "trip {} is lost to closing time at {}, latest {}", trip.number, now,
                             trip.latest)
        else:
            findings.require(now >= trip.latest, "trips", "trip {} expires at {}, latest {}",
                             trip.number, now, trip.latest)

    def check_arrived(self):
        """Every party on a flight that has landed has had its end."""
        for trip in self._state.arrived:
            self._findings.require(trip.state == ENDED, "trips", "trip {} landed but has no end",
                                   trip.number)
        self._state.arrived.clear()
