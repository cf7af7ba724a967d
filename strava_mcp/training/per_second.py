"""A recorded series on whole seconds of real time, as power, heart-rate and pace measures need it.

Rules (ours, for all measures): a sample stands for the time to the next one, at most
``MAX_STEP_S``, or twice the usual step of a recording with few samples; a longer step is a pause,
before which the sample stands for one second. A value
that is missing inside the recording is the last one before it if at most ``MAX_STEP_S`` are missing
in a row, and unknown otherwise.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import sub
from typing import NamedTuple

from strava_mcp.training.series import Number, Series

#: Seconds that a sample can stand for, and that a missing value is filled for.
MAX_STEP_S = 10
#: Steps of a recording with few samples are at most this long; longer ones are pauses.
MAX_USUAL_STEP_S = 60
#: A longer recording is measured up to here.
MAX_DURATION_S = 48 * 3600


class PerSecond(NamedTuple):
    """A series with one value per second from the first sample.

    ``values``: None in pauses and where the value is unknown. ``recorded``: False in pauses.
    """

    values: list[Number]
    recorded: list[bool]

    @property
    def recorded_s(self) -> int:
        """Seconds that were recorded, pauses not included."""
        return sum(self.recorded)

    @property
    def coverage(self) -> float:
        """The share of recorded seconds that have a value, from 0 to 1."""
        known_s = sum(value is not None for value in self.values)
        return known_s / self.recorded_s if self.recorded_s else 0.0

    def or_zero(self) -> list[float]:
        """The values with 0 where there is none."""
        return [0.0 if value is None else value for value in self.values]


def per_second(time_s: Sequence[float], series: Series) -> PerSecond:
    """Put ``series`` on whole seconds. ``time_s``: seconds of its samples, never decreasing."""
    result = unfilled(time_s, series)
    _fill(result.values, result.recorded)
    return result


def unfilled(time_s: Sequence[float], series: Series) -> PerSecond:
    """The same, with None in all of its holes."""
    values: list[Number] = []
    recorded: list[bool] = []
    if not time_s or not series:
        return PerSecond(values, recorded)
    start, longest = time_s[0], max_step_s(time_s)
    at = [round(time - start) for time in time_s]
    steps = [*map(sub, at[1:], at), 1]
    size = min(len(series), bisect_left(at, MAX_DURATION_S))
    copied = 0  # samples before this one are in ``values``; most steps are one second
    for i in [i for i, step in enumerate(steps[:size]) if step != 1]:
        held = steps[i] if steps[i] <= longest else 1
        pause = min(steps[i] - held, MAX_DURATION_S)
        values += [*series[copied:i], *[series[i]] * held, *[None] * pause]
        recorded += [True] * (i - copied + held) + [False] * pause
        copied = i + 1
    values += series[copied:size]
    recorded += [True] * (size - copied)
    return PerSecond(values[:MAX_DURATION_S], recorded[:MAX_DURATION_S])


def max_step_s(time_s: Sequence[float]) -> float:
    """The longest step between samples that is no pause."""
    steps = sorted(map(sub, time_s[1:], time_s))
    usual = steps[len(steps) // 2] if steps else 1.0
    return max(MAX_STEP_S, 2 * min(usual, MAX_USUAL_STEP_S))


def _fill(values: list[Number], recorded: Sequence[bool]) -> None:
    """Give short holes inside the recording the value before them."""
    if None not in values:
        return
    hole = 0
    for second in range(len(values) + 1):  # one more, for a hole at the end
        if second < len(values) and values[second] is None and recorded[second]:
            hole += 1
            continue
        before = second - hole - 1
        if 0 < hole <= MAX_STEP_S and before >= 0 and recorded[before]:
            values[before + 1 : second] = [values[before]] * hole
        hole = 0


def runs(values: Series) -> Iterator[tuple[int, list[float]]]:
    """The unbroken stretches of known values, each with the second at which it begins."""
    begin, stretch = 0, list[float]()
    for second, value in enumerate(values):
        if value is None:
            if stretch:
                yield begin, stretch
                stretch = []
            begin = second + 1
        else:
            stretch.append(value)
    if stretch:
        yield begin, stretch
