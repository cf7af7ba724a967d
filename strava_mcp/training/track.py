"""A recorded track: distance, speed, moving or standing, and grade.

Series are those of ``training.series``: one value per sample, None where nothing was recorded.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import compress
from operator import sub

from strava_mcp.geo import haversine_m
from strava_mcp.training.readings import consistent
from strava_mcp.training.series import Series

#: Metres per second that no athlete exceeds; skiers and falling cyclists are slower.
MAX_SPEED_MS = 100.0
#: Metres per second squared that no athlete exceeds; braking hard is half of it.
MAX_ACCELERATION_MS2 = 18.0
#: A position far off: without it the way is shorter than this share of the way there and back.
MAX_DIRECT_SHARE = 0.25
#: The speed at a sample is that over the samples within this many seconds of it.
SPEED_WINDOW_S = 3.0
#: Running devices write samples more often. For a longer step, its average speed shows whether the
#: athlete moved, not the speed at its end.
LONG_STEP_S = 10
#: The grade at a sample is that over this distance, half of it before the sample and half after.
GRADE_WINDOW_M = 40.0
#: Over a shorter distance a grade would show only the noise of the altitude.
MIN_GRADE_DISTANCE_M = 10.0
#: Per cent.
MAX_GRADE = 100.0


def cumulative_m(
    points: Sequence[Sequence[float] | None], time_s: Sequence[float] | None = None
) -> list[float | None]:
    """Metres along the positions up to each sample; None where there is no position.

    ``points``: latitude and longitude in degrees. ``time_s``: increasing; with it, a position that
    is there and back faster than MAX_ACCELERATION_MS2 allows is left out, like a missing one.
    """
    recorded = [(i, point) for i, point in enumerate(points) if point is not None]
    distances: list[float | None] = [None] * len(points)
    total, step_m, last = 0.0, 0.0, None
    for (i, point), following in zip(recorded, [*recorded[1:], None], strict=True):
        ahead_m = haversine_m(point, following[1]) if following else 0.0
        if time_s and last and following:
            max_detour_m = MAX_ACCELERATION_MS2 * (time_s[i] - time_s[last[0]])
            max_detour_m *= time_s[following[0]] - time_s[i]
            way_m = step_m + ahead_m
            if way_m > max_detour_m:
                direct_m = haversine_m(last[1], following[1])
                if max_detour_m < way_m - direct_m and direct_m < MAX_DIRECT_SHARE * way_m:
                    step_m = direct_m
                    continue
        total += step_m
        distances[i] = total
        last, step_m = (i, point), ahead_m
    return distances


def odometer_m(
    readings_m: Series,
    time_s: Sequence[float] | None = None,
    paused: Sequence[bool] = (),
    max_speed_ms: float = MAX_SPEED_MS,
) -> list[float]:
    """Metres covered up to each sample, never decreasing, from an unreliable odometer.

    Readings that contradict most of the others are left out, and gaps interpolated. A restarted
    odometer continues from where it was. Steps faster than ``max_speed_ms`` and ``paused`` steps
    count as 0. An odometer that stood still may catch up: a step counts if the whole standstill is
    long enough for it, and is spread over it if it is too fast for an athlete who stood.

    ``time_s``: increasing seconds from the start, when the odometer read 0; without it no step is
    too fast.
    """
    recorded = [i for i, reading in enumerate(readings_m) if reading is not None]
    readings = [reading for reading in readings_m if reading is not None]
    distances: list[float | None] = [None] * len(readings_m)
    total, last_m, last_s, since_s = 0.0, 0.0, 0.0, 0.0
    standing: list[int] = []  # the samples since ``since_s``, all of the same reading
    for number in consistent(readings):
        i, step_m = recorded[number], readings[number] - last_m
        now_s = time_s[i] if time_s else 0.0
        if step_m > 0 and not (paused and paused[i]):
            max_step_m = max(max_speed_ms * (now_s - since_s), MAX_ACCELERATION_MS2 / 2)
            if not time_s or step_m <= max_step_m:
                total += step_m
                if time_s and step_m > MAX_ACCELERATION_MS2 / 2 * (now_s - last_s) ** 2:
                    for k in standing:
                        distances[k] = None
        if step_m:
            last_m, since_s, standing = readings[number], now_s, []
        else:
            standing.append(i)
        distances[i] = total
        last_s = now_s
    if distances:
        distances[0] = distances[0] or 0.0
    return interpolated(distances, time_s or range(len(distances)))


def interpolated(series: Series, at: Sequence[float]) -> list[float]:
    """The series with its gaps filled: linear within, constant before the first and after the last.

    ``at``: the increasing position of each value. Without any value the result is all 0.
    """
    if None not in series:
        return [value for value in series if value is not None]
    recorded = [(at[i], value) for i, value in enumerate(series) if value is not None]
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


def step_speeds(
    time_s: Sequence[float], distance_m: Sequence[float] | None, velocity_ms: Series | None
) -> list[float | None]:
    """The speed (m/s) that shows whether the athlete moved in the interval ending at each sample.

    The recorded speed; that of the distance in a long interval, and where none or 0 was recorded,
    as by a sensor that fell off. None without any distance.
    """
    if not distance_m or not distance_m[-1]:
        return [None] * len(time_s)
    speeds = list(velocity_ms or [None] * len(time_s))
    for i in range(1, len(time_s)):
        seconds = time_s[i] - time_s[i - 1]
        if not speeds[i] or seconds > LONG_STEP_S:
            speeds[i] = (distance_m[i] - distance_m[i - 1]) / seconds
    return speeds


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


def with_moving_time(
    moving: Sequence[bool], time_s: Sequence[float], speed: Series, moving_s: float
) -> list[bool]:
    """Change as few moving flags as possible so that their intervals add up to ``moving_s``.

    Strava and the device say how long an athlete moved, but not when. If it was less than the flags
    say, the slowest moving intervals become standing; if it was more, the fastest standing ones
    become moving. Where ``speed`` is None the flag is kept. Otherwise the sum is off by at most
    half an interval.
    """
    seconds = [0.0, *map(sub, time_s[1:], time_s)]
    flags = list(moving)
    for _ in range(2):  # the second time to make up for a long interval
        missing_s = moving_s - sum(compress(seconds, flags))
        if abs(missing_s) < 1:
            break
        _change(flags, seconds, speed, missing_s)
    return [flags[1], *flags[1:]] if len(flags) > 1 else flags


def _change(flags: list[bool], seconds: Sequence[float], speed: Series, missing_s: float) -> None:
    """Change flags whose intervals last for ``missing_s``, or as near to it as possible."""
    becomes, left_s = missing_s > 0, abs(missing_s)
    changeable = [
        (value, i)
        for i, value in enumerate(speed)
        if i and value is not None and flags[i] != becomes
    ]
    ranked = [i for _, i in sorted(changeable, reverse=becomes)]
    # Those that fit in first; then one that is nearer to the rest than nothing.
    for part in (1, 2):
        for i in ranked:
            if flags[i] != becomes and seconds[i] <= part * left_s:
                flags[i] = becomes
                left_s -= seconds[i]


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
