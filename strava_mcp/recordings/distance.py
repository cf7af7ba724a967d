"""The distance stream of a recording, in agreement with the device's own total.

An odometer may count on while the timer is paused, or jump when the position returns; positions cut
corners. Where the device wrote a total of this recording, it decides what counts.
"""

from collections.abc import Iterator, Sequence

from strava_mcp.json_types import JSON
from strava_mcp.recordings.extent import MAX_AVERAGE_MS
from strava_mcp.recordings.recording import Point
from strava_mcp.training import track
from strava_mcp.training.series import Series

#: Rounding and the last second make this much difference between the stream and the total; of a
#: recording that is shorter than MIN_TOTAL_M more.
AGREEMENT, MIN_TOTAL_M = 0.005, 100.0
#: A total is of this recording if its time differs by less than a tenth and ten seconds…
TIME_SHARE, TIME_S = 0.1, 10.0
#: … and its distance by less than this factor. A phone that counts steps measures up to a third
#: more on a hike than the straight lines between its positions.
MAX_FACTOR = 1.5
#: Faster than anything: no step is an error.
ANY_SPEED_MS = 1e6


def distance_m(
    readings_m: Series,
    points: Sequence[Point | None] | None,
    time_s: Sequence[float] | None,
    is_paused: Sequence[bool],
    totals: JSON,
    sport: str | None,
) -> tuple[list[float] | None, bool]:
    """The metres up to each sample, and whether they were computed from other values.

    ``readings_m``: the odometer; ``points``: latitude and longitude; ``totals``: those of the
    device. Without an odometer that ever grew, the distance is along the positions; without either
    it is None. Where it differs from the total by more than AGREEMENT, it is scaled to it.
    """
    distinct = {reading for reading in readings_m if reading is not None}
    is_along_track = bool(points) and len(distinct) < 2
    if not is_along_track and not distinct:
        return None, False
    estimates = (
        _along_track(points or (), time_s, is_paused)
        if is_along_track
        else _from_odometer(readings_m, time_s, is_paused)
    )
    metres = next(estimates)
    total_m = _total_of_recording(totals, time_s, is_paused, sport) if time_s else None
    if not total_m or total_m < MIN_TOTAL_M or _differ(metres, total_m) <= AGREEMENT:
        return metres, is_along_track
    metres = min([metres, *estimates], key=lambda estimate: _differ(estimate, total_m))
    factor = total_m / metres[-1] if metres[-1] else 0.0
    if _differ(metres, total_m) <= AGREEMENT or not 1 / MAX_FACTOR < factor < MAX_FACTOR:
        return metres, is_along_track
    return [factor * covered_m for covered_m in metres], True


def _from_odometer(
    readings_m: Series, time_s: Sequence[float] | None, is_paused: Sequence[bool]
) -> Iterator[list[float]]:
    """The distance by the odometer; without what it counted in pauses; with steps of any size."""
    yield track.odometer_m(readings_m, time_s)
    if any(is_paused):
        yield track.odometer_m(readings_m, time_s, is_paused)
    yield track.odometer_m(readings_m, time_s, max_speed_ms=ANY_SPEED_MS)


def _along_track(
    points: Sequence[Point | None], time_s: Sequence[float] | None, is_paused: Sequence[bool]
) -> Iterator[list[float]]:
    """The distance along the positions without pauses; including them."""
    along_m = track.cumulative_m(points, time_s)
    yield track.odometer_m(along_m, time_s, is_paused)
    if any(is_paused):
        yield track.odometer_m(along_m, time_s)


def _differ(metres: Sequence[float], total_m: float) -> float:
    """The difference to the total, relative to it."""
    return abs(metres[-1] - total_m) / total_m


def _total_of_recording(
    totals: JSON, time_s: Sequence[float], is_paused: Sequence[bool], sport: str | None
) -> float | None:
    """The device's distance; None if it is of more or less time than the samples, or impossible.

    The elapsed time is that of the samples; the time of the timer lies between that and the time
    in which samples were recorded.
    """
    total_m, elapsed_s = totals.get("distance"), totals.get("elapsed_time")
    timer_s = totals.get("moving_time")
    least_s = most_s = time_s[-1] - time_s[0]
    if elapsed_s is None:
        steps = zip(time_s, time_s[1:], is_paused[1:], strict=False)
        active = (after - now for now, after, rests in steps if not rests)
        least_s = sum(step for step in active if step <= track.LONG_STEP_S)
    duration_s = timer_s if elapsed_s is None else elapsed_s
    if duration_s is not None and not (
        least_s * (1 - TIME_SHARE) - TIME_S <= duration_s <= most_s * (1 + TIME_SHARE) + TIME_S
    ):
        return None
    max_m = MAX_AVERAGE_MS.get(sport or "", track.MAX_SPEED_MS) * max(most_s, 1.0)
    return total_m if total_m is not None and total_m <= max_m else None
