"""A tiny scenario and a day in it, worked out by hand, for the tests of the auditor."""

OPEN = 0  # at midnight, when a day begins; it closes at 01:00

# Block times: A–B 30 km at 50 m/s = 600 s, A–C 400 s, B–C 200 s, each plus 180 s.
# Energy at 1 kWh/km: 30, 20 and 10 kWh. Reserve and alternate reserve: 10 kWh.
SCENARIO = {
    "name": "hand", "timeZone": "UTC",
    "vertiports": [
        {"name": "A", "stands": 5, "contingencyStands": 1, "chargers": 1, "pads": 1},
        {"name": "B", "stands": 5, "contingencyStands": 1, "chargers": 1, "pads": 1},
        {"name": "C", "stands": 2, "contingencyStands": 1, "chargers": 0, "pads": 1}],
    "corridors": [
        {"origin": i, "destination": j, "distanceM": str(metres), "lanes": 1}
        for a, b, metres in (("A", "B", 30000), ("A", "C", 20000), ("B", "C", 10000))
        for i, j in ((a, b), (b, a))],
    "aircraft": [{"name": "P", "vertiport": "A", "initialStateOfCharge": 1.0},
                 {"name": "Q", "vertiport": "A", "initialStateOfCharge": 0.5},
                 {"name": "R", "vertiport": "B", "initialStateOfCharge": 1.0},
                 {"name": "S", "vertiport": "A", "initialStateOfCharge": 0.9}],
    "aircraftType": {"seats": 4, "batteryWh": "100000", "cruiseMPerS": 50.0,
                     "energyWhPerKm": 1000.0, "blockOverheadMs": "180000",
                     "holdPowerW": "200000"},
    "energy": {"reserve": 0.1, "alternateRequired": True, "alternateReserve": 0.1},
    "charging": {"chargeTarget": 1.0,
                 "curve": [{"fromStateOfCharge": 0.0, "powerW": "120000"},
                           {"fromStateOfCharge": 0.8, "powerW": "60000"}]},
    "operations": {"openTimeMs": str(OPEN), "closeTimeMs": str(OPEN + 3_600_000),
                   "turnaroundMs": "480000", "holdMs": "900000", "maxTakeOffWaitMs": "1800000",
                   "movementMs": "90000", "headwayMs": "90000", "movementToleranceMs": "60000",
                   "telemetryMaxAgeMs": "0"},
    "fare": {"baseUsd": 5.0, "perMileUsd": 0.5},
    "cost": {"perPassengerMileUsd": 0.1, "perFlightHourUsd": 100.0, "perLandingUsd": 10.0,
             "energyUsdPerKwh": [0.2] + [0.3] * 22 + [0.1]},
    "demand": {"requestsPerHour": [1.0] * 9},
}


def ms(seconds):
    """A moment, in seconds after opening, as 64-bit JSON."""
    return str(OPEN + seconds * 1000)


def event(seconds, kind, **payload):
    """An event line."""
    return {"event": {"timeMs": ms(seconds), kind: payload}}


def effect(seconds, kind, **payload):
    """An effect line."""
    return {"effect": {"timeMs": ms(seconds), "effect": {kind: payload}}}


def decision(seconds, aircraft, destination=None, **verdict):
    """A decision line; without a destination, a hold."""
    action = {"fly": {"destination": destination}} if destination else {"hold": {}}
    answer = {"accepted": True, "refusal": "REFUSAL_UNSPECIFIED", "takeOffMs": "0",
              "landingMs": "0", "passengers": 0, **verdict}
    return {"decision": {"timeMs": ms(seconds), "verdict": answer,
                         "decision": {"aircraft": aircraft, **action, "boardingTrips": []}}}


def request(seconds, trip, pair, passengers, earliest, latest, fare, offered=True):
    """A request and its acceptance; with `offered`, the request carries the fare."""
    place = {"origin": pair[0], "destination": pair[1], "passengers": passengers}
    offer = {"fareCentsPerPassenger": str(fare)} if offered else {}
    return [event(seconds, "tripRequested", **place, earliestMs=ms(earliest), latestMs=ms(latest),
                  **offer),
            effect(seconds, "tripAccepted", trip=str(trip), **place,
                   fareCentsPerPassenger=str(fare))]


def commit(seconds, aircraft, pair, times, charge, boarded=(), passengers=0):
    """An accepted decision to fly and its commitment."""
    slots = {"takeOffMs": ms(times[0]), "landingMs": ms(times[1])}
    return [decision(seconds, aircraft, pair[1], **slots, passengers=passengers),
            effect(seconds, "flightCommitted", aircraft=aircraft, origin=pair[0],
                   destination=pair[1], **slots, chargeWh=str(charge),
                   boardedTrips=[str(trip) for trip in boarded])]


def take_off(seconds, aircraft, landing, revenue, cost):
    """A take-off and its bookings."""
    return [event(seconds, "tookOff", aircraft=aircraft),
            effect(seconds, "flightTookOff", aircraft=aircraft, landingMs=ms(landing),
                   revenueCents=str(revenue), operatingCostCents=str(cost))]


def land(seconds, aircraft, vertiport, charge, trips, outcome, refund=0):
    """A landing and the ends of its trips."""
    diverted = outcome == "DIVERTED"
    return [event(seconds, "landed", aircraft=aircraft, vertiport=vertiport),
            effect(seconds, "flightLanded", aircraft=aircraft, vertiport=vertiport,
                   chargeWh=str(charge), diverted=diverted, emergency=False, blocksPad=False,
                   refundCents=str(refund)),
            *(ended(seconds, trip, outcome) for trip in trips)]


def ended(seconds, trip, outcome):
    """The end of a trip."""
    return effect(seconds, "tripEnded", trip=str(trip), outcome="TRIP_OUTCOME_" + outcome)


def closure(seconds, number, kind, vertiport, end, corridor_end=""):
    """An advisory in force from now on."""
    return event(seconds, "advisoryIssued", advisory={
        "id": str(number), "kind": "ADVISORY_KIND_" + kind, "vertiport": vertiport,
        "corridorEnd": corridor_end, "bothDirections": True, "count": 0, "startMs": ms(seconds),
        "endMs": ms(end)})


def charged(seconds, aircraft, charge, energy, cost):
    """The end of a charging session."""
    return effect(seconds, "chargingEnded", aircraft=aircraft, chargeWh=str(charge),
                  energyWh=str(energy), costCents=str(cost))


def hand_made_day():
    """A day of four aircraft, worked out by hand; times in seconds after opening."""
    sixth = request(900, 6, "BA", 1, 900, 9000, 800)
    return [
        {"header": {"scenario": "hand", "seed": "1", "policy": "hand", "rulesVersion": 1}},
        event(0, "timeAdvanced"),
        effect(0, "chargingStarted", aircraft="Q", vertiport="A"),
        *request(0, 1, "AB", 2, 60, 2460, 1000),
        # 30 km are 18.6411 miles: 5 $ + 0.5 $ × 18.6411 = 14.32 $.
        *request(0, 2, "AB", 3, 60, 2460, 1432, offered=False),
        *request(0, 3, "AB", 1, 60, 2460, 1000),
        event(60, "timeAdvanced"),
        # Trip 2 does not fit beside trip 1, trip 3 does.
        *commit(60, "P", "AB", (60, 840), 100000, [1, 3], 3),
        decision(60, "Q"),
        effect(60, "aircraftHolds", aircraft="Q", untilMs=ms(960)),
        # Pad and lane are busy until 150.
        *commit(60, "S", "AB", (150, 930), 90000, [2], 3),
        # From 90 on: the pad is taken in [150, 240) and the movement lasts 90, hence 240.
        event(60, "takeOffDelayed", aircraft="P", delayMs="30000"),
        effect(60, "slotsReplanned", aircraft="P", takeOffMs=ms(240), landingMs=ms(1020)),
        # 0.1 $ × 18.6411 × 3 = 5.59 $; 100 $ × 780 s = 21.67 $; 10 $: 37.26 $.
        *take_off(150, "S", 930, 3 * 1432, 3726),
        *take_off(240, "P", 1020, 3000, 3726),
        *request(300, 4, "BC", 1, 300, 480, 800),
        *request(300, 5, "BA", 2, 300, 2700, 800),
        event(400, "tripCancelled", trip="5"),
        ended(400, 5, "CANCELLED"),
        # The events file has the event first, then the timers that were due before it.
        sixth[0],
        ended(480, 4, "EXPIRED"),
        sixth[1],
        *land(930, "S", "B", 60000, [2], "SERVED"),
        effect(930, "chargingStarted", aircraft="S", vertiport="B"),
        event(935, "timeAdvanced"),
        decision(935, "S", "A", accepted=False, refusal="REFUSAL_TURNAROUND", rule="GUARD_RULE_G6"),
        # The pad of B is taken in [930, 1020) by the landing of P.
        *commit(935, "R", "BA", (1020, 1800), 100000, [6], 1),
        closure(936, 1, "CORRIDOR_CLOSED", "A", 5000, corridor_end="B"),
        effect(936, "flightCancelled", aircraft="R", reason="CANCEL_REASON_CLOSED"),
        *request(936, 7, "BC", 2, 936, 3336, 900),
        *commit(936, "R", "BC", (1020, 1400), 100000, [7], 2),
        *land(1020, "P", "B", 70000, [1, 3], "SERVED"),
        event(1020, "aircraftFailed", aircraft="P"),
        # 0.1 $ × 6.2137 × 2 = 1.24 $; 100 $ × 380 s = 10.56 $; 10 $: 21.80 $.
        *take_off(1020, "R", 1400, 1800, 2180),
        # Spare: 100 − 10 (B–C) − 10 (C–B) − 10 (reserve) = 70 kWh, at 200 kW 1260 s of holding.
        closure(1100, 2, "VERTIPORT_CLOSED", "C", 9000),
        effect(1100, "alternateReserved", aircraft="R", alternate="B", latestDivertMs=ms(2570)),
        event(2000, "aircraftReturnedToService", aircraft="P"),
        effect(1310, "holdingStarted", aircraft="R"),
        event(2950, "landed", aircraft="R", vertiport="B"),
        # 30 kWh at 120 kW: 900 s; 20 kWh at 60 kW: 1200 s; 50 kWh × 0.2 $.
        charged(2100, "Q", 100000, 50000, 1000),
        effect(2570, "diversionStarted", aircraft="R", alternate="B", landingMs=ms(2950)),
        # From 930 on 20 kWh at 120 kW: 600 s; 20 kWh at 60 kW: 1200 s.
        charged(2730, "S", 100000, 40000, 800),
        effect(2730, "chargingStarted", aircraft="P", vertiport="B"),
        # 100 − 10 − 70 (held) − 10 = 10 kWh.
        *land(2950, "R", "B", 10000, [7], "DIVERTED", refund=1800)[1:],
        event(3720, "timeAdvanced"),
        ended(3600, 6, "CLOSING_TIME"),
        # 70 → 80 kWh in 300 s, then 690 s at 60 kW: 11.5 kWh. 19.5 kWh at 0.2 $ and 2 at 0.3 $.
        charged(3720, "P", 91500, 21500, 450),
        # P −8.5, Q +50, R −90, S +10 kWh, at 0.1 $.
        effect(3720, "daySettled", storedEnergyWh="-38500", costCents="385",
               profitCents="-4971"),
        {"summary": {
            "profitUsd": -49.71, "revenueUsd": 72.96, "operatingCostUsd": 96.32,
            "energyCostUsd": 26.35, "flights": 3, "repositionFlights": 0,
            "passengersRequested": 12, "passengersServed": 6, "passengersLost": 4,
            "passengersDiverted": 2, "diversions": 1, "emergencyLandings": 0, "excursions": 0,
            "cancellations": 1, "decisions": 5, "holds": 1, "meanWaitS": 135.0, "p95WaitS": 180.0,
            "loadFactor": 8 / 12, "energyKwh": 111.5, "closuresMet": 2,
            "aircraftDownHours": 980 / 3600, "minStateOfChargeAtLanding": 0.1,
            "guardViolations": 0, "digest": "00", "wallS": 0, "requests": 7,
            "requestsUnserved": 3, "refusals": 1}},
    ]
