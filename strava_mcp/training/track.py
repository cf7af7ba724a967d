"""A recorded track: how far, how fast, moving or standing, how steep.

Series are those of ``training.series``: one value a sample, None where nothing was recorded.
"""

from bisect import bisect_left
from collections.abc import Sequence

from strava_mcp.geo import haversine_m
from strava_mcp.training.series import Series

#: Nothing that an athlete does is faster, in m/s: skiers and falling cyclists stay below.
MAX_SPEED_MS = 100.0
#: Samples within this many seconds of one make up its speed.
AROUND_S = 3.0
#: A grade is that of so many metres of way, half of them before the sample and half after.
GRADE_OVER_M = 40.0
#: Over a shorter way the noise of the altitude is all that a grade would show.
MIN_GRADE_DISTANCE_M = 10.0
MAX_GRADE = 100.0


def along_m(points: Sequence[Sequence[float] | None]) -> list[float | None]:
    """Metres along the positions up to each sample; None where there is no position."""
    found: list[float | None] = []
    total, last = 0.0, None
    for point in points:
        if point is None:
            found.append(None)
            continue
        total += haversine_m(last, point) if last else 0.0
        last = point
        found.append(total)
    return found


def odometer_m(
    readings_m: Series, time_s: Sequence[float] | None = None, paused: Sequence[bool] = ()
) -> list[float]:
    """Metres covered up to each sample, never falling, from an odometer that errs.

    A step back, as of a device that began again, and one faster than MAX_SPEED_MS count as none;
    so do steps that are ``paused``. Between readings the speed is taken to be even.
    ``time_s``: seconds from the start, at which the odometer stood at 0; without it no step is
    too fast.
    """
    found: list[float | None] = []
    total, last_m, last_s = 0.0, 0.0, 0.0
    for i, reading in enumerate(readings_m):
        if reading is None:
            found.append(None)
            continue
        step_m = reading - last_m
        most_m = MAX_SPEED_MS * max(1.0, time_s[i] - last_s) if time_s else step_m
        if 0 < step_m <= most_m and not (paused and paused[i]):
            total += step_m
        last_m, last_s = reading, time_s[i] if time_s else 0.0
        found.append(total)
    return filled(found, time_s or range(len(found)))


def filled(series: Series, at: Sequence[float]) -> list[float]:
    """The series with its gaps on the line between their ends; ``at`` rises. Without any value: 0.

    Before the first value it is that one, after the last value the last.
    """
    known = [(at[i], value) for i, value in enumerate(series) if value is not None]
    if len(known) == len(series):
        return [value for _, value in known]
    if not known:
        return [0.0] * len(series)
    found, after = [], 0
    for here in at:
        while after < len(known) and known[after][0] < here:
            after += 1
        (end, upper), (begin, lower) = known[min(after, len(known) - 1)], known[max(0, after - 1)]
        share = (here - begin) / (end - begin) if end > begin else 0.0
        found.append(lower + share * (upper - lower) if after else upper)
    return found


def speed_ms(time_s: Sequence[float], distance_m: Sequence[float]) -> list[float]:
    """Metres a second at each sample: over the samples AROUND_S before and after it.

    Where there are none so near, over the step that ends in it. ``time_s`` rises.
    """
    found, first, last = [], 0, 0
    for i, now in enumerate(time_s):
        while time_s[first] < now - AROUND_S:
            first += 1
        while last + 1 < len(time_s) and time_s[last + 1] <= now + AROUND_S:
            last += 1
        begin = first if last > first else max(0, i - 1)
        seconds = time_s[last] - time_s[begin]
        found.append((distance_m[last] - distance_m[begin]) / seconds if seconds else 0.0)
    return found


def paused(time_s: Sequence[float], pauses: Sequence[tuple[float, float]]) -> list[bool]:
    """Whether most of the step that ends in each sample was a pause.

    ``pauses``: begin and end of each in the same seconds, in order, apart from one another.
    """
    begins = [begin for begin, _ in pauses]
    before = [0.0]
    for begin, end in pauses:
        before.append(before[-1] + end - begin)

    def until(moment: float) -> float:
        """Seconds of pause up to a moment."""
        number = bisect_left(begins, moment)
        if not number:
            return 0.0
        begin, end = pauses[number - 1]
        return before[number - 1] + min(moment, end) - begin

    rested = [until(moment) for moment in time_s]
    steps = zip(time_s, time_s[1:], rested, rested[1:], strict=False)
    found = [(b - a) > (after - now) / 2 for now, after, a, b in steps]
    return [False, *found] if time_s else []


def moving(speed: Series, is_paused: Sequence[bool], least_ms: float) -> list[bool]:
    """Whether the athlete moved in the step that ends in each sample.

    Not in a pause, and not below ``least_ms``; where no speed is known, the timer decides. The
    first sample ends no step and is as the second.
    """
    found = [
        not rests and (value is None or value >= least_ms)
        for value, rests in zip(speed, is_paused, strict=True)
    ]
    return [found[1], *found[1:]] if len(found) > 1 else found


def grade_percent(distance_m: Sequence[float], altitude_m: Series) -> list[float | None]:
    """The slope of the way around each sample in %, None where no altitude was recorded.

    It is that between the ends of GRADE_OVER_M of way. ``distance_m`` does not fall.
    """
    found: list[float | None] = [None] * len(distance_m)
    known = [
        (i, distance_m[i], height) for i, height in enumerate(altitude_m) if height is not None
    ]
    first = last = 0
    for i, here, _ in known:
        while known[first][1] < here - GRADE_OVER_M / 2:
            first += 1
        while last + 1 < len(known) and known[last][1] < here + GRADE_OVER_M / 2:
            last += 1
        way_m = known[last][1] - known[first][1]
        slope = (
            100 * (known[last][2] - known[first][2]) / way_m
            if way_m >= MIN_GRADE_DISTANCE_M
            else 0.0
        )
        found[i] = min(MAX_GRADE, max(-MAX_GRADE, slope))
    return found
