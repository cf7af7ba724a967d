"""Units of length and weight, and named race distances in metres."""

METRES_PER_KM = 1000.0
#: The international yard of 1959; a mile is 1760 yards, a foot a third of a yard.
METRES_PER_YARD = 0.9144
METRES_PER_FOOT = 0.3048
METRES_PER_MILE = 1609.344
METRES_PER_NAUTICAL_MILE = 1852.0
#: The international pound of 1959.
KG_PER_POUND = 0.45359237

HALF_MARATHON_M = 21_097.5
MARATHON_M = 42_195.0

#: Distances for which Strava keeps best efforts of runs: its name → metres.
BEST_EFFORTS_M = {
    "400m": 400.0,
    "1/2 mile": METRES_PER_MILE / 2,
    "1K": 1000.0,
    "1 mile": METRES_PER_MILE,
    "2 mile": 2 * METRES_PER_MILE,
    "5K": 5000.0,
    "10K": 10_000.0,
    "15K": 15_000.0,
    "10 mile": 10 * METRES_PER_MILE,
    "20K": 20_000.0,
    "Half-Marathon": HALF_MARATHON_M,
    "30K": 30_000.0,
    "Marathon": MARATHON_M,
    "50K": 50_000.0,
}
