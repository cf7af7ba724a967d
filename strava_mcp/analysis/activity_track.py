"""The track of an activity, thin enough for a small map, with gaps where positions are hidden."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from strava_mcp.analysis.period import Activity
from strava_mcp.geo import Point
from strava_mcp.sports import VIRTUAL
from strava_mcp.training.even_steps import EvenSteps

#: More points than a small map has pixels for.
MAX_TRACK_POINTS = 400


@dataclass(frozen=True)
class TrackPoint:
    """``at``: its place on the axis; ``position`` in degrees, None where it is not known."""

    at: float
    position: Point | None


def track_of(
    even: EvenSteps, positions: Sequence[Point | None], activity: Activity
) -> list[TrackPoint]:
    """Points at even places of the axis, with a gap wherever a position is missing in between.

    None indoors: the positions of virtual worlds are no places.
    """
    if not has_place(activity) or sum(point is not None for point in positions) < 2:
        return []
    recorded = [i for i, point in enumerate(positions) if point is not None]
    missing = list(accumulate(point is None for point in positions))
    size = min(len(recorded), MAX_TRACK_POINTS)
    chosen = _spread([even.places[i] for i in recorded], size)
    track: list[TrackPoint] = []
    for before, index in pairwise([-1, *(recorded[i] for i in chosen)]):
        at = even.places[index]
        if before >= 0 and missing[index] > missing[before]:
            track.append(TrackPoint(at, None))
        point = positions[index]
        track.append(TrackPoint(at, point and (point[0], point[1])))
    return track


def has_place(activity: Activity) -> bool:
    """Whether its positions are places. Where home is hidden an activity may lack its start, which
    does not make it one indoors.
    """
    return activity.facts.sport_type not in VIRTUAL and activity.summary.get("trainer") is not True


def _spread(places: Sequence[float], size: int) -> list[int]:
    """Indices of at most ``size`` rising places, with both ends, spread over their range."""
    begin, length = places[0], places[-1] - places[0]
    chosen = [0]
    for index, place in enumerate(places):
        if place - begin >= len(chosen) * length / (size - 1) and index > chosen[-1]:
            chosen.append(index)
    return chosen if chosen[-1] == len(places) - 1 else [*chosen, len(places) - 1]
