"""Ways to spoil the hand-made day, each with the check that has to see it.

The name of a function says how it spoils its copy of the day.
"""

import copy

from auditor.hand_made_day import (
    SCENARIO, closure, commit, effect, ended, hand_made_day, ms, take_off)


class Copy:
    """A copy of the hand-made day and its scenario, to be spoilt."""

    def __init__(self):
        self.lines = hand_made_day()
        self.scenario = copy.deepcopy(SCENARIO)

    def index(self, kind, nth=0, **match):
        """Line index of the nth effect or event of this kind with these values."""
        hits = [n for n, line in enumerate(self.lines)
                for payload in (line.get("effect", {}).get("effect", {}).get(kind),
                                line.get("event", {}).get(kind))
                if payload is not None and all(payload.get(k) == v for k, v in match.items())]
        return hits[nth]

    def payload(self, kind, nth=0, **match):
        """The message of that line, to be changed in place."""
        line = self.lines[self.index(kind, nth, **match)]
        return line["effect"]["effect"][kind] if "effect" in line else line["event"][kind]

    def drop(self, kind, nth=0, **match):
        """Removes that line and returns it."""
        return self.lines.pop(self.index(kind, nth, **match))

    def decision(self, aircraft, nth=0):
        """The nth decision line of the aircraft."""
        return [line["decision"] for line in self.lines
                if line.get("decision", {}).get("decision", {}).get("aircraft") == aircraft][nth]

    def commit(self, aircraft, nth=0):
        """(verdict, FlightCommitted) of the aircraft's nth accepted flight."""
        verdicts = [line["decision"]["verdict"] for line in self.lines
                    if line.get("decision", {}).get("decision", {}).get("aircraft") == aircraft
                    and line["decision"]["verdict"]["accepted"]]
        return verdicts[nth], self.payload("flightCommitted", nth, aircraft=aircraft)

    def insert_after(self, index, *lines):
        """Adds lines behind a line."""
        self.lines[index + 1:index + 1] = lines

    @property
    def summary(self):
        """The DayReport."""
        return self.lines[-1]["summary"]

    def book(self, cents, part):
        """Makes every later sum agree with a booking changed by so many cents of profit."""
        settled = self.payload("daySettled")
        settled["profitCents"] = str(int(settled["profitCents"]) + cents)
        self.summary["profitUsd"] = round(self.summary["profitUsd"] + cents / 100, 2)
        sign = 1 if part == "revenueUsd" else -1
        self.summary[part] = round(self.summary[part] + sign * cents / 100, 2)


def vertiport(day, name):
    """A vertiport of the scenario."""
    return next(v for v in day.scenario["vertiports"] if v["name"] == name)


# (check that has to see it, function that spoils a copy of the day).
MUTATIONS = []


def mutation(check):
    """Registers a mutation."""
    def register(function):
        MUTATIONS.append((check, function))
        return function
    return register


@mutation("money")
def session_costs_a_cent_more(day):
    day.payload("chargingEnded", aircraft="P")["costCents"] = "451"
    day.book(-1, "energyCostUsd")


@mutation("money")
def flight_earns_a_cent_less(day):
    day.payload("flightTookOff", aircraft="P")["revenueCents"] = "2999"
    day.book(-1, "revenueUsd")


@mutation("money")
def operating_cost_is_two_cents_high(day):
    day.payload("flightTookOff", aircraft="R")["operatingCostCents"] = "2182"
    day.book(-2, "operatingCostUsd")


@mutation("money")
def refund_is_kept(day):
    day.payload("flightLanded", aircraft="R")["refundCents"] = "0"
    day.book(1800, "revenueUsd")


@mutation("money")
def used_energy_is_credited(day):
    day.payload("daySettled")["costCents"] = "-385"
    day.book(770, "energyCostUsd")


@mutation("money")
def stored_energy_is_understated(day):
    day.payload("daySettled")["storedEnergyWh"] = "-37500"
    day.payload("daySettled")["costCents"] = "375"
    day.book(10, "energyCostUsd")


@mutation("money")
def quoted_fare_is_wrong(day):
    day.payload("tripAccepted", trip="2")["fareCentsPerPassenger"] = "1435"
    day.payload("flightTookOff", aircraft="S")["revenueCents"] = str(3 * 1435)
    day.book(9, "revenueUsd")


@mutation("money")
def settled_profit_is_not_the_sum(day):
    day.payload("daySettled")["profitCents"] = "-4970"


@mutation("summary")
def reported_profit_is_not_the_sum(day):
    day.summary["profitUsd"] = -49.70


@mutation("summary")
def lost_passenger_is_not_reported(day):
    day.summary["passengersLost"] = 3


@mutation("summary")
def wait_is_embellished(day):
    day.summary["meanWaitS"] = 134.0


@mutation("summary")
def percentile_is_embellished(day):
    day.summary["p95WaitS"] = 90.0


@mutation("summary")
def down_time_is_hidden(day):
    day.summary["aircraftDownHours"] = 0.0


@mutation("G1")
def stand_is_stolen(day):
    vertiport(day, "B")["stands"] = 3


@mutation("G1")
def contingency_stand_is_used(day):
    vertiport(day, "B")["contingencyStands"] = 3


@mutation("stands")
def landing_finds_no_stand(day):
    vertiport(day, "B")["stands"] = 2


@mutation("G5")
def pad_is_doubled(day):
    for message in day.commit("S"):
        message.update(takeOffMs=ms(60), landingMs=ms(840))


@mutation("G5")
def headway_is_broken(day):
    day.scenario["operations"]["headwayMs"] = "120000"


@mutation("G5")
def earlier_slot_is_passed_over(day):
    vertiport(day, "A")["pads"] = 2
    for corridor in day.scenario["corridors"]:
        corridor["lanes"] = 2
    vertiport(day, "B")["pads"] = 2


@mutation("G5")
def replanned_slot_ignores_the_delay(day):
    day.payload("takeOffDelayed")["delayMs"] = "300000"


@mutation("block time")
def flight_is_faster_than_its_cruise(day):
    for message in day.commit("S"):
        message["landingMs"] = ms(929)


@mutation("G3")
def reserve_is_broken(day):
    day.scenario["energy"]["reserve"] = 0.75


@mutation("G3")
def alternate_is_out_of_reach(day):
    day.scenario["energy"]["alternateReserve"] = 0.65


@mutation("G3")
def vertistop_cannot_be_left(day):
    day.scenario["corridors"] = [c for c in day.scenario["corridors"]
                                 if c["origin"] != "C" or c["destination"] == "A"]
    vertiport(day, "A")["chargers"] = 0


@mutation("G4")
def commitment_outlives_a_closure(day):
    day.drop("flightCancelled")
    index = day.index("flightCommitted", 1, aircraft="R")
    del day.lines[index - 1:index + 1]


@mutation("G4")
def flight_commits_into_a_closure(day):
    day.lines.insert(2, closure(0, 9, "VERTIPORT_CLOSED", "B", 850))


@mutation("G6")
def flight_commits_during_turnaround(day):
    answer = day.decision("S", 1)["verdict"]
    answer.update(accepted=True, refusal="REFUSAL_UNSPECIFIED")
    index = next(n for n, line in enumerate(day.lines)
                 if line.get("decision", {}).get("verdict") is answer)
    day.insert_after(index, commit(935, "S", "BC", (935, 1315), 60000)[1])


@mutation("G7")
def seats_are_exceeded(day):
    answer, committed = day.commit("P")
    committed["boardedTrips"] = ["1", "2"]
    answer["passengers"] = 5


@mutation("G8")
def telemetry_is_stale(day):
    day.scenario["operations"]["telemetryMaxAgeMs"] = "30000"


@mutation("G9")
def take_off_is_planned_after_closing(day):
    day.scenario["operations"]["closeTimeMs"] = ms(100)


@mutation("G2")
def aircraft_commits_twice(day):
    index = day.index("flightCommitted", aircraft="P")
    day.insert_after(index, *commit(60, "P", "AC", (150, 730), 100000))


@mutation("boarding")
def first_in_line_is_left_behind(day):
    answer, committed = day.commit("P")
    committed["boardedTrips"] = ["3"]
    answer["passengers"] = 1


@mutation("boarding")
def party_boards_too_early(day):
    day.payload("tripRequested", origin="A")["earliestMs"] = ms(90)


@mutation("trips")
def trip_ends_twice(day):
    day.insert_after(day.index("tripEnded", trip="2"), ended(930, 2, "SERVED"))


@mutation("trips")
def trip_never_ends(day):
    day.drop("tripEnded", trip="6")


@mutation("trips")
def trip_is_served_without_a_flight(day):
    day.payload("tripEnded", trip="4")["outcome"] = "TRIP_OUTCOME_SERVED"


@mutation("trips")
def trip_expires_early(day):
    day.payload("tripRequested", passengers=1, origin="B")["latestMs"] = ms(700)


@mutation("trips")
def diverted_trip_counts_as_served(day):
    day.payload("tripEnded", trip="7")["outcome"] = "TRIP_OUTCOME_SERVED"


@mutation("charge")
def landing_has_too_much_charge(day):
    day.payload("flightLanded", aircraft="P")["chargeWh"] = "70002"


@mutation("charge")
def holding_is_free(day):
    day.payload("flightLanded", aircraft="R")["chargeWh"] = "80000"


@mutation("charge")
def session_stores_too_much(day):
    ended_session = day.payload("chargingEnded", aircraft="P")
    ended_session.update(chargeWh="91502", energyWh="21502")


@mutation("charge")
def commit_has_more_charge_than_there_is(day):
    day.commit("S")[1]["chargeWh"] = "95000"


@mutation("charger")
def session_ends_late(day):
    line = day.drop("chargingEnded", aircraft="Q")
    line["effect"]["timeMs"] = ms(2110)
    day.insert_after(day.index("landed", aircraft="R"), line)


@mutation("charger")
def session_ends_for_no_cause(day):
    line = day.lines[day.index("chargingEnded", aircraft="Q")]
    line["effect"]["timeMs"] = ms(2050)


@mutation("charger")
def free_charger_is_left_idle(day):
    day.drop("chargingStarted", aircraft="P")


@mutation("charger")
def second_charger_is_left_idle(day):
    vertiport(day, "B")["chargers"] = 2


@mutation("charger")
def queue_is_jumped(day):
    day.payload("chargingStarted", aircraft="Q")["aircraft"] = "S"


@mutation("charger")
def charger_is_shared(day):
    day.insert_after(day.index("aircraftReturnedToService"),
                     effect(2000, "chargingStarted", aircraft="P", vertiport="B"))


@mutation("diversion")
def nearer_alternate_is_passed_over(day):
    day.payload("alternateReserved")["alternate"] = "A"


@mutation("diversion")
def latest_divert_is_too_late(day):
    day.payload("alternateReserved")["latestDivertMs"] = ms(3170)


@mutation("diversion")
def closed_destination_has_no_alternate(day):
    day.drop("alternateReserved")


@mutation("cancellation")
def cancelled_without_a_reason(day):
    day.payload("flightCancelled")["reason"] = "CANCEL_REASON_NO_STAND"


@mutation("refusal")
def refusal_is_untrue(day):
    day.decision("S", 1)["verdict"].update(refusal="REFUSAL_NO_STAND", rule="GUARD_RULE_G1")


@mutation("hold")
def hold_is_too_short(day):
    day.payload("aircraftHolds")["untilMs"] = ms(900)


@mutation("cause")
def hold_is_doubled(day):
    index = day.index("aircraftHolds")
    day.insert_after(index, day.lines[index])


@mutation("cause")
def take_off_has_no_cause(day):
    day.drop("tookOff", aircraft="S")


@mutation("missing")
def landing_has_no_effect(day):
    day.drop("flightLanded", aircraft="S")


@mutation("missing")
def late_landing_is_no_excursion(day):
    for kind in ("landed", "flightLanded"):
        line = day.lines[day.index(kind, aircraft="P")]
        next(iter(line.values()))["timeMs"] = ms(1090)


@mutation("state")
def aircraft_takes_off_in_the_air(day):
    index = day.index("flightTookOff", aircraft="S")
    day.insert_after(index, *take_off(151, "S", 931, 0, 3726))


@mutation("order")
def time_goes_back(day):
    day.lines[day.index("tookOff", aircraft="P")]["event"]["timeMs"] = ms(100)


@mutation("order")
def summary_is_missing(day):
    day.lines.pop()
