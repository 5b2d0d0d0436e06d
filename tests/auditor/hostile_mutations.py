"""More mutations of the hand-made day: what a hostile outside world brings about, left out or wrong.
"""

from auditor.hand_made_day import closure, effect, event, ms
from auditor.mutations import MUTATIONS, mutation

__all__ = ["MUTATIONS"]


@mutation("excursion")
def excursion_has_no_grounds(day):
    day.insert_after(day.index("flightLanded", aircraft="P"),
                     effect(1020, "excursion", rule="GUARD_RULE_G5", aircraft="P", vertiport="B",
                            actual="1", limit="0"))
    day.summary["excursions"] = 1


@mutation("charge")
def late_landing_burns_nothing(day):
    for kind in ("landed", "flightLanded"):
        line = day.lines[day.index(kind, aircraft="P")]
        next(iter(line.values()))["timeMs"] = ms(1090)
    day.insert_after(day.index("landed", aircraft="P"),
                     effect(1090, "excursion", rule="GUARD_RULE_G5", aircraft="P", vertiport="B",
                            actual=ms(1090), limit=ms(1020)))


@mutation("charge")
def landing_elsewhere_burns_nothing(day):
    for kind in ("landed", "flightLanded"):
        day.payload(kind, aircraft="P")["vertiport"] = "C"


@mutation("charger")
def measured_charge_is_ignored(day):
    day.insert_after(day.index("advisoryIssued", 1),
                     event(1100, "aircraftReported", aircraft="Q", chargeWh="10000"))


@mutation("charge")
def measured_charge_in_the_air_is_ignored(day):
    day.insert_after(day.index("tripCancelled"),
                     event(400, "aircraftReported", aircraft="P", chargeWh="50000"))


@mutation("missing")
def measured_charge_below_the_reserve_is_no_excursion(day):
    day.insert_after(day.index("tripCancelled"),
                     event(400, "aircraftReported", aircraft="P", chargeWh="1000"))


@mutation("G1")
def commitment_outlives_its_stand(day):
    day.insert_after(day.index("flightCommitted", aircraft="S"),
                     event(60, "resourceOutOfOrder", vertiport="B", resource="RESOURCE_STANDS",
                           count=3))


@mutation("slots")
def commitment_outlives_its_pad(day):
    withdrawn = closure(60, 9, "PADS_CLOSED", "A", 100)
    withdrawn["event"]["advisoryIssued"]["advisory"]["count"] = 1
    day.insert_after(day.index("flightCommitted", aircraft="S"), withdrawn)


@mutation("slots")
def unused_slot_does_not_lapse(day):
    day.drop("tookOff", aircraft="S")
    day.drop("flightTookOff", aircraft="S")


@mutation("slots")
def slot_is_changed_without_a_reason(day):
    day.insert_after(day.index("flightCommitted", aircraft="S"),
                     effect(60, "slotsReplanned", aircraft="S", takeOffMs=ms(150),
                            landingMs=ms(930)))


@mutation("missing")
def failed_aircraft_stays_committed(day):
    day.insert_after(day.index("flightCommitted", aircraft="R"),
                     event(935, "aircraftFailed", aircraft="R"))


@mutation("stands")
def pad_is_blocked_with_a_stand_free(day):
    day.payload("flightLanded", aircraft="P")["blocksPad"] = True


@mutation("diversion")
def diversion_starts_early(day):
    day.lines[day.index("diversionStarted")]["effect"]["timeMs"] = ms(2500)


@mutation("G9")
def flight_commits_before_opening(day):
    day.scenario["operations"]["openTimeMs"] = ms(120)


@mutation("trips")
def party_for_tomorrow_is_lost_tonight(day):
    day.payload("tripRequested", passengers=1, origin="B", destination="A")["latestMs"] = ms(90_000)


@mutation("order")
def second_day_has_no_summary(day):
    day.insert_after(len(day.lines) - 1, event(90_300, "timeAdvanced"),
                     effect(90_300, "daySettled", storedEnergyWh="0", costCents="0",
                            profitCents="0"))


@mutation("money")
def second_day_pays_for_the_first(day):
    day.insert_after(len(day.lines) - 1, event(90_300, "timeAdvanced"),
                     effect(90_300, "daySettled", storedEnergyWh="-38500", costCents="385",
                            profitCents="-385"))
