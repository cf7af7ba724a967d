"""Right answers from raw samples, computed in the simplest way there is."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta


def fastest_s(time_s: Sequence[float], distance_m: Sequence[float], metres: float) -> float | None:
    """The least time over ``metres`` from or to a sample, linear between samples.

    Two pointers: both ends only move forward.
    """
    best: float | None = None
    for forwards in (True, False):
        times = time_s if forwards else [-t for t in reversed(time_s)]
        places = distance_m if forwards else [-d for d in reversed(distance_m)]
        end = 0
        for begin in range(len(times)):
            target = places[begin] + metres
            while end < len(places) and places[end] < target:
                end += 1
            if end == len(places):
                break
            before, after = places[end - 1], places[end]
            share = (target - before) / (after - before)
            seconds = times[end - 1] + share * (times[end] - times[end - 1]) - times[begin]
            best = seconds if best is None else min(best, seconds)
    return best


def per_second(time_s: Sequence[int], values: Sequence[float | None]) -> list[float]:
    """The value of each second: that of the last sample, as long as the recording went on.

    A step of more than 20 s is a pause, whose seconds count 0.
    """
    seconds: list[float] = []
    for now, following, value in zip(time_s, time_s[1:], values, strict=False):
        step = round(following - now)
        seconds += [value or 0.0] * (step if step <= 20 else 1) + [0.0] * (
            step - 1 if step > 20 else 0
        )
    return [*seconds, values[-1] or 0.0]


def best_mean(seconds: Sequence[float], duration_s: int) -> float | None:
    """The greatest mean over ``duration_s``."""
    if len(seconds) < duration_s:
        return None
    total = best = sum(seconds[:duration_s])
    for left, right in zip(seconds, seconds[duration_s:], strict=False):
        total += right - left
        best = max(best, total)
    return best / duration_s


def eddington(kilometres_by_day: Iterable[float]) -> int:
    """The greatest n with n days of at least n km."""
    days = sorted(kilometres_by_day, reverse=True)
    return sum(1 for n, km in enumerate(days, 1) if km >= n)


def longest_streak(days: Iterable[date]) -> int:
    """The most days in a row."""
    trained = set(days)
    return max(
        (_run(day, trained) for day in trained if day - timedelta(1) not in trained), default=0
    )


def _run(day: date, trained: set[date]) -> int:
    length = 0
    while day in trained:
        day, length = day + timedelta(1), length + 1
    return length


def seconds_of(text: str) -> int:
    """``1:02:03``, ``4:05``, ``30 s`` or ``20 min`` in seconds."""
    number, _, unit = text.partition(" ")
    if unit in ("s", "min"):
        return int(number) * (60 if unit == "min" else 1)
    total = 0
    for part in text.split(":"):
        total = 60 * total + int(part)
    return total
