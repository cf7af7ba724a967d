"""Which sessions a date has: sport and kind (easy, interval, long …), by season and weekday."""

from collections.abc import Iterator
from datetime import date
from random import Random

from strava_mcp.sandbox import seasons


def sessions_on(day: date, rng: Random) -> Iterator[tuple[str, str]]:
    """Sport and kind of each session on a date, in order."""
    if seasons.race_on(day):
        yield "Run", "race"
    elif seasons.is_off(day):
        if rng.random() < 0.2:
            yield "Walk", "easy"
    elif seasons.is_away(day):
        yield from _drawn(rng, ("Run", "easy", 0.42), ("Hike", "long", 0.12), ("Walk", "easy", 0.1))
    else:
        is_easy_week = seasons.is_tapering(day) or seasons.is_recovering(day)
        for sport, kind in _drawn(rng, *_weekly(day, rng)):
            if not is_easy_week:
                yield sport, kind
            elif sport == "Run":
                yield sport, "easy"
            elif rng.random() < 0.4:  # around a race there is less of other sports
                yield sport, kind


def _weekly(day: date, rng: Random) -> list[tuple[str, str, float]]:
    """Sport, kind and probability of a weekday's usual sessions."""
    is_summer = 4 <= day.month <= 10
    ride = "Ride" if is_summer else "VirtualRide"
    if day.weekday() == 5:
        if rng.random() < (0.14 if is_summer else 0.05):
            return [("Hike", "long", 1.0)]
        is_gravel = rng.random() < 0.28
        return [("GravelRide" if is_gravel else ride, "long", 0.75)]
    return [
        [("WeightTraining", "easy", 0.35)],
        [("Ride", "commute", 0.13 if is_summer else 0.0), ("Run", "interval", 0.72)],
        [(ride, "tempo", 0.58)],
        [("Walk", "commute", 0.1), ("Run", "easy", 0.5)],
        [("Swim", "easy", 0.4), ("Walk", "easy", 0.06)],
        [],
        [("TrailRun" if rng.random() < 0.38 else "Run", "long", 0.62)],
    ][day.weekday()]


def _drawn(rng: Random, *choices: tuple[str, str, float]) -> Iterator[tuple[str, str]]:
    """Draw from sessions that each have a probability."""
    for sport, kind, probability in choices:
        if rng.random() < probability:
            yield sport, kind
