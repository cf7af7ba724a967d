"""Climbs of a recording, with Strava's categories, and vertical speed.

Categories: a climb's score is its length in metres times its grade in percent (Strava, support
article on climb categorisation). Where a climb begins and ends is our rule.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

#: Scores above which a climb has a category.
CATEGORIES: tuple[tuple[float, "Category"], ...] = (
    (80_000.0, "HC"),
    (64_000.0, "1"),
    (32_000.0, "2"),
    (16_000.0, "3"),
    (8_000.0, "4"),
)
Category = Literal["HC", "1", "2", "3", "4"]
#: The least that counts.
MIN_LENGTH_M, MIN_GRADE = 300.0, 3.0
#: A climb opens where it rises by ``MIN_GRADE`` over this many metres.
OPENING_M = 100.0
#: It goes on over a descent of this many metres, or this share of what was gained, and over flats.
MAX_DESCENT_M, MAX_DESCENT_SHARE, MAX_FLAT_M = 10.0, 0.10, 500.0
#: Samples that are closer to the one before count as one place: a device at rest records thousands.
MIN_STEP_M = 1.0


class Climb(NamedTuple):
    """A climb between two samples; lengths and heights in metres, grade in percent."""

    begin: int
    end: int
    length_m: float
    gain_m: float

    @property
    def grade(self) -> float:
        """Mean grade in percent."""
        return self.gain_m / self.length_m * 100

    @property
    def category(self) -> Category | None:
        """Strava's category, None below the fourth."""
        score = self.length_m * self.grade
        return next((name for bound, name in CATEGORIES if score > bound), None)


def climbs_of(distance_m: Sequence[float], altitude_m: Sequence[float]) -> list[Climb]:
    """The climbs of a recording, in order.

    ``altitude_m``: smoothed (see ``climbing``). ``distance_m``: never decreasing.
    """
    climbs: list[Climb] = []
    places = _places(distance_m)
    along = [distance_m[i] for i in places]
    heights = [altitude_m[i] for i in places]
    i = 0
    while (foot := _foot(along, heights, i)) is not None:
        top = _top(along, heights, foot)
        length = along[top] - along[foot]
        climb = Climb(places[foot], places[top], length, heights[top] - heights[foot])
        if length >= MIN_LENGTH_M and climb.grade >= MIN_GRADE:
            climbs.append(climb)
        i = max(top, foot + 1)
    return climbs


def vertical_speed_m_per_h(gain_m: float, duration_s: float) -> float:
    """VAM: metres climbed per hour."""
    return gain_m / duration_s * 3600


def _places(distance_m: Sequence[float]) -> list[int]:
    """The samples that are at least ``MIN_STEP_M`` from each other; the first at each place."""
    places: list[int] = []
    for i, metres in enumerate(distance_m):
        if not places or metres - distance_m[places[-1]] >= MIN_STEP_M:
            places.append(i)
    return places


def _foot(distance_m: Sequence[float], altitude_m: Sequence[float], start: int) -> int | None:
    """The first sample from ``start`` after which it rises by 3 % over the next 100 m."""
    end = start
    for begin in range(start, len(distance_m)):
        while end < len(distance_m) and distance_m[end] - distance_m[begin] < OPENING_M:
            end += 1
        if end == len(distance_m):
            return None
        rise = altitude_m[end] - altitude_m[begin]
        if rise >= MIN_GRADE / 100 * (distance_m[end] - distance_m[begin]):
            return begin
    return None


def _top(distance_m: Sequence[float], altitude_m: Sequence[float], foot: int) -> int:
    """The highest sample before the climb that begins at ``foot`` is over."""
    top = foot
    for i in range(foot, len(distance_m)):
        if altitude_m[i] > altitude_m[top]:
            top = i
        gained = altitude_m[top] - altitude_m[foot]
        descended = altitude_m[top] - altitude_m[i]
        if descended > max(MAX_DESCENT_M, MAX_DESCENT_SHARE * gained):
            break
        if distance_m[i] - distance_m[top] > MAX_FLAT_M:
            break
    return top
