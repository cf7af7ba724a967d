"""Laps and splits: a recording cut at equal distances, or where the lap button was pressed.

``strava_mcp.training`` cuts recordings as well. This code stays independent of it on purpose: tests
compare the two.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from strava_mcp.json_types import JSON
from strava_mcp.sandbox import recording
from strava_mcp.sandbox.efforts import moving_time_s, start_dates
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sandbox.profiles import total_ascent
from strava_mcp.sandbox.recording import Streams
from strava_mcp.sports import ON_FOOT
from strava_mcp.units import METRES_PER_KM

#: Where a watch starts a new lap by itself. In other sports the whole activity is one.
LAP_M = dict.fromkeys(ON_FOOT, METRES_PER_KM) | {"Ride": 5000.0, "GravelRide": 5000.0}
#: A last piece that is shorter belongs to the one before it.
MIN_PIECE_M = 1.0
AVERAGED = ("heartrate", "cadence", "watts")


@dataclass(frozen=True)
class _Piece:
    """A piece of a recording, from the sample ``start`` to the sample ``end``.

    ``start`` is also the last sample of the piece before. ``averages``: of the streams AVERAGED
    that were recorded.
    """

    start: int
    end: int
    start_s: int
    elapsed_s: int
    moving_s: int
    distance_m: float
    max_speed: float
    ascent_m: float
    altitude_difference_m: float
    averages: dict[str, float]
    max_heart_rate: float | None

    @property
    def average_speed(self) -> float:
        """Metres per second while moving."""
        return round(self.distance_m / self.moving_s, 3) if self.moving_s else 0.0


def laps(plan: Plan) -> list[JSON]:
    """Laps (Lap), which add up to the activity; empty for a manual entry.

    In a workout the athlete presses the lap button at each block; otherwise the watch counts.
    """
    if plan.has_hand_laps:
        pieces = _blocks(plan)
    else:
        pieces = _pieces(plan, LAP_M.get(plan.sport, max(plan.distance_m, 1.0)))
    return [_lap(plan, piece, number) for number, piece in enumerate(pieces, 1)]


def splits(plan: Plan, size_m: float) -> list[JSON]:
    """Splits (Split) of a kilometre or a mile; empty for sports that are not on foot."""
    if plan.sport not in ON_FOOT:
        return []
    return [_split(piece, number) for number, piece in enumerate(_pieces(plan, size_m), 1)]


def _lap(plan: Plan, piece: _Piece, number: int) -> JSON:
    maximum = {} if piece.max_heart_rate is None else {"max_heartrate": piece.max_heart_rate}
    return {
        "id": plan.id * 100 + number,
        "resource_state": 2,
        "name": f"Lap {number}",
        "activity": {"id": plan.id, "resource_state": 1},
        "athlete": {"id": plan.athlete.id, "resource_state": 1},
        **start_dates(plan, piece.start_s),
        "start_index": piece.start,
        "end_index": piece.end,
        "distance": piece.distance_m,
        "moving_time": piece.moving_s,
        "elapsed_time": piece.elapsed_s,
        "average_speed": piece.average_speed,
        "max_speed": piece.max_speed,
        "total_elevation_gain": piece.ascent_m,
        **{f"average_{key}": value for key, value in piece.averages.items()},
        **maximum,
        "lap_index": number,
        "split": number,
        "pace_zone": 0,
    }


def _split(piece: _Piece, number: int) -> JSON:
    heart_rate = piece.averages.get("heartrate")
    return {
        "distance": piece.distance_m,
        "moving_time": piece.moving_s,
        "elapsed_time": piece.elapsed_s,
        "elevation_difference": piece.altitude_difference_m,
        "average_speed": piece.average_speed,
        **({} if heart_rate is None else {"average_heartrate": heart_rate}),
        "average_grade_adjusted_speed": None,
        "pace_zone": 0,
        "split": number,
    }


def _blocks(plan: Plan) -> Iterator[_Piece]:
    """Cut the recording at the ends of the plan's blocks; a rest belongs to the block before it."""
    streams = recording.streams(plan)
    if not streams:
        return
    distance = streams.get("distance", [0.0] * len(streams["time"]))
    seconds = list(accumulate(streams["moving"]))
    first, ends = 1, list(accumulate(stretch.seconds for stretch in plan.stretches))
    for end_s in ends:
        last = bisect_right(seconds, end_s, first) - 1
        yield _piece(streams, distance, first, last)
        first = last + 1


def _pieces(plan: Plan, size_m: float) -> Iterator[_Piece]:
    """Cut the recording every ``size_m`` metres."""
    streams = recording.streams(plan)
    if not streams:
        return
    distance = streams.get("distance", [0.0] * len(streams["time"]))
    first, end = 1, len(distance) - 1
    while first <= end:
        cut_m = size_m * (distance[first - 1] // size_m + 1)
        last = min(end, max(first, bisect_left(distance, cut_m, first)))
        if distance[end] - distance[last] < MIN_PIECE_M:
            last = end
        yield _piece(streams, distance, first, last)
        first = last + 1


def _piece(streams: Streams, distance: Sequence[float], first: int, last: int) -> _Piece:
    """The piece with the samples from ``first`` to ``last``, both included."""
    start_s = streams["time"][first - 1]
    altitudes = streams.get("altitude", [0.0] * (last + 1))[first - 1 : last + 1]
    inside = slice(first, last + 1)
    averages = {
        key: round(sum(streams[key][inside]) / (last + 1 - first), 1)
        for key in AVERAGED
        if key in streams
    }
    heart_rates = streams["heartrate"][inside] if "heartrate" in streams else None
    return _Piece(
        start=first - 1,
        end=last,
        start_s=start_s,
        elapsed_s=streams["time"][last] - start_s,
        moving_s=moving_time_s(streams, first, last),
        distance_m=round(distance[last] - distance[first - 1], 1),
        max_speed=max(streams.get("velocity_smooth", [0.0] * (last + 1))[inside]),
        ascent_m=round(total_ascent(altitudes), 1),
        altitude_difference_m=round(altitudes[-1] - altitudes[0], 1),
        averages=averages,
        max_heart_rate=float(max(heart_rates)) if heart_rates else None,
    )
