"""A recorded track: distance, speed, moving or standing, and grade.

Series are those of ``training.series``: one value per sample, None where nothing was recorded.
"""

from bisect import bisect_left
from collections.abc import Sequence

from strava_mcp.geo import haversine_m
from strava_mcp.training.series import Series

#: Metres per second that no athlete exceeds; skiers and falling cyclists are slower.
MAX_SPEED_MS = 100.0
#: The speed at a sample is that over the samples within this many seconds of it.
SPEED_WINDOW_S = 3.0
#: The grade at a sample is that over this distance, half of it before the sample and half after.
GRADE_WINDOW_M = 40.0
#: Over a shorter distance a grade would show only the noise of the altitude.
MIN_GRADE_DISTANCE_M = 10.0
#: Per cent.
MAX_GRADE = 100.0


def cumulative_m(points: Sequence[Sequence[float] | None]) -> list[float | None]:
    """Metres along the positions up to each sample; None where there is no position.

    ``points``: latitude and longitude in degrees.
    """
    distances: list[float | None] = []
    total, last = 0.0, None
    for point in points:
        if point is None:
            distances.append(None)
            continue
        total += haversine_m(last, point) if last else 0.0
        last = point
        distances.append(total)
    return distances


def odometer_m(
    readings_m: Series, time_s: Sequence[float] | None = None, paused: Sequence[bool] = ()
) -> list[float]:
    """Metres covered up to each sample, never decreasing, from an unreliable odometer.

    Steps backwards (a device that was restarted), steps faster than MAX_SPEED_MS and ``paused``
    steps count as 0. Gaps are interpolated. ``time_s``: seconds from the start, when the odometer
    read 0; without it no step is too fast.
    """
    distances: list[float | None] = []
    total, last_m, last_s = 0.0, 0.0, 0.0
    for i, reading in enumerate(readings_m):
        if reading is None:
            distances.append(None)
            continue
        step_m = reading - last_m
        max_step_m = MAX_SPEED_MS * max(1.0, time_s[i] - last_s) if time_s else step_m
        if 0 < step_m <= max_step_m and not (paused and paused[i]):
            total += step_m
        last_m, last_s = reading, time_s[i] if time_s else 0.0
        distances.append(total)
    return interpolated(distances, time_s or range(len(distances)))


def interpolated(series: Series, at: Sequence[float]) -> list[float]:
    """The series with its gaps filled: linear within, constant before the first and after the last.

    ``at``: the increasing position of each value. Without any value the result is all 0.
    """
    recorded = [(at[i], value) for i, value in enumerate(series) if value is not None]
    if len(recorded) == len(series):
        return [value for _, value in recorded]
    if not recorded:
        return [0.0] * len(series)
    values, after = [], 0
    for here in at:
        while after < len(recorded) and recorded[after][0] < here:
            after += 1
        end, upper = recorded[min(after, len(recorded) - 1)]
        begin, lower = recorded[max(0, after - 1)]
        share = (here - begin) / (end - begin) if end > begin else 0.0
        values.append(lower + share * (upper - lower) if after else upper)
    return values


def speed_ms(time_s: Sequence[float], distance_m: Sequence[float]) -> list[float]:
    """Metres per second at each sample, over the samples within SPEED_WINDOW_S of it.

    If there are none that close, over the interval ending at it. ``time_s`` increases.
    """
    speeds, first, last = [], 0, 0
    for i, now in enumerate(time_s):
        while time_s[first] < now - SPEED_WINDOW_S:
            first += 1
        while last + 1 < len(time_s) and time_s[last + 1] <= now + SPEED_WINDOW_S:
            last += 1
        begin = first if last > first else max(0, i - 1)
        seconds = time_s[last] - time_s[begin]
        speeds.append((distance_m[last] - distance_m[begin]) / seconds if seconds else 0.0)
    return speeds


def paused(time_s: Sequence[float], pauses: Sequence[tuple[float, float]]) -> list[bool]:
    """Whether the timer was paused for most of the interval ending at each sample.

    ``pauses``: begin and end of each in the same seconds, in order and disjoint.
    """
    begins = [begin for begin, _ in pauses]
    cumulative_s = [0.0]
    for begin, end in pauses:
        cumulative_s.append(cumulative_s[-1] + end - begin)

    def paused_until(moment: float) -> float:
        """Seconds paused up to a moment."""
        number = bisect_left(begins, moment)
        if not number:
            return 0.0
        begin, end = pauses[number - 1]
        return cumulative_s[number - 1] + min(moment, end) - begin

    totals = [paused_until(moment) for moment in time_s]
    intervals = zip(time_s, time_s[1:], totals, totals[1:], strict=False)
    flags = [(b - a) > (after - now) / 2 for now, after, a, b in intervals]
    return [False, *flags] if time_s else []


def moving(speed: Series, is_paused: Sequence[bool], min_speed_ms: float) -> list[bool]:
    """Moving flag for the interval ending at each sample.

    False in a pause and below ``min_speed_ms``; where the speed is unknown, the timer decides. The
    first sample ends no interval and gets the flag of the second.
    """
    flags = [
        not is_resting and (value is None or value >= min_speed_ms)
        for value, is_resting in zip(speed, is_paused, strict=True)
    ]
    return [flags[1], *flags[1:]] if len(flags) > 1 else flags


def grade_percent(distance_m: Sequence[float], altitude_m: Series) -> list[float | None]:
    """The grade at each sample in per cent, over GRADE_WINDOW_M; None where altitude is missing.

    ``distance_m`` never decreases.
    """
    grades: list[float | None] = [None] * len(distance_m)
    recorded = [
        (i, distance_m[i], height) for i, height in enumerate(altitude_m) if height is not None
    ]
    first = last = 0
    for i, here, _ in recorded:
        while recorded[first][1] < here - GRADE_WINDOW_M / 2:
            first += 1
        while last + 1 < len(recorded) and recorded[last][1] < here + GRADE_WINDOW_M / 2:
            last += 1
        span_m = recorded[last][1] - recorded[first][1]
        grade = (
            100 * (recorded[last][2] - recorded[first][2]) / span_m
            if span_m >= MIN_GRADE_DISTANCE_M
            else 0.0
        )
        grades[i] = min(MAX_GRADE, max(-MAX_GRADE, grade))
    return grades
