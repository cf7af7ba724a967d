"""Training zones from thresholds, and thresholds where none is known.

Sources: Coggan's power and heart-rate zones (Training and Racing with a Power Meter); Friel's
heart-rate and pace zones; Karvonen 1957 for the heart-rate reserve; Tanaka 2001 (J Am Coll Cardiol
37:153) for the maximal heart rate of an age.
"""

from itertools import pairwise

#: Lower ends of zones 2 and up, as shares of the threshold.
COGGAN_POWER = (0.55, 0.75, 0.90, 1.05, 1.20, 1.50)
COGGAN_HEART_RATE = (0.68, 0.83, 0.94, 1.05)
FRIEL_RIDE_HEART_RATE = (0.81, 0.90, 0.94, 1.00, 1.03, 1.06)
FRIEL_RUN_HEART_RATE = (0.85, 0.90, 0.95, 1.00, 1.03, 1.06)
#: Upper ends of zones 1 and up, as shares of the threshold time per distance.
FRIEL_PACE = (1.29, 1.14, 1.06, 0.99, 0.97, 0.90)
#: Standard deviation of Tanaka's estimate, in bpm.
TANAKA_DEVIATION_BPM = 10

Zone = tuple[float, float | None]


def zones(threshold: float, shares: tuple[float, ...]) -> list[Zone]:
    """Half-open zones [low, high) from the threshold; the last one has no upper end (None)."""
    edges = [0.0, *(share * threshold for share in shares)]
    return [*pairwise(edges), (edges[-1], None)]


def zone_of(value: float, zones_: list[Zone]) -> int:
    """The number of the zone, from 1, that ``value`` lies in."""
    return sum(value >= low for low, _ in zones_)


def karvonen_bpm(share: float, max_bpm: float, rest_bpm: float) -> float:
    """The heart rate at a share of the reserve."""
    return rest_bpm + share * (max_bpm - rest_bpm)


def max_heart_rate_of_age(age: float) -> float:
    """208 − 0.7 · age, in bpm, with a standard deviation of about 10 between people."""
    return 208 - 0.7 * age
