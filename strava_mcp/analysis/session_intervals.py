"""The intervals of a session, with what each repetition was like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from strava_mcp.analysis.session_recording import SessionRecording, mean_between
from strava_mcp.sports import SWIMS
from strava_mcp.training.interval_sets import structure
from strava_mcp.training.intervals import Repetition, are_automatic
from strava_mcp.training.per_second import MAX_DURATION_S
from strava_mcp.training.repetition_sets import is_regular

#: More laps than anybody presses.
MAX_LAPS = 1000


@dataclass(frozen=True)
class RepetitionFigures:
    """One repetition.

    ``begin_s``: from the start of the recording; ``duration_s``: elapsed; ``distance_m``: None if
    it was not recorded. ``heart_rate``, ``watts``: means, ``max_heart_rate``: in bpm and W; None
    if they were not recorded. ``rest_s``: until the next repetition, None after the last.
    """

    begin_s: int
    duration_s: int
    distance_m: float | None
    heart_rate: float | None
    max_heart_rate: float | None
    watts: float | None
    rest_s: int | None


@dataclass(frozen=True)
class SetFigures:
    """Like repetitions. ``fade_percent``: how much less the output of the last was than of the
    first; None if the repetitions are not alike, as in a fartlek, or if there is only one.
    ``is_regular``: False if nothing shows a plan: neither the repetitions are alike nor the rests.
    """

    repetitions: Sequence[RepetitionFigures]
    fade_percent: float | None
    is_regular: bool = True


@dataclass(frozen=True)
class Intervals:
    """``origin``: laps pressed by hand, or the output; ``output``: what that is."""

    origin: Literal["laps", "output"]
    output: Literal["power", "pace"]
    sets: Sequence[SetFigures]


def intervals_of(recording: SessionRecording, laps: Sequence[Mapping[str, Any]]) -> Intervals:
    """The intervals of a session. ``laps``: Strava's Lap. Raises Unmeasurable if it has none."""
    output = recording.output()
    result = structure(
        output,
        recording.moving,
        _pressed(recording, laps),
        step_s=recording.step_s,
        is_swim=recording.sport in SWIMS,
    )
    if result.sets:
        sets = [
            SetFigures(_figures(recording, one.repetitions), one.fade_percent)
            for one in result.sets
        ]
    else:
        has_plan = len(result.repetitions) < 3 or is_regular(result.repetitions)
        sets = [SetFigures(_figures(recording, result.repetitions), None, has_plan)]
    return Intervals(result.origin, "power" if recording.has_power else "pace", sets)


def _figures(
    recording: SessionRecording, repetitions: Sequence[Repetition]
) -> list[RepetitionFigures]:
    rests: list[int | None] = [after.begin_s - one.end_s for one, after in pairwise(repetitions)]
    return [
        _of(recording, one, rest) for one, rest in zip(repetitions, [*rests, None], strict=True)
    ]


def _of(recording: SessionRecording, one: Repetition, rest_s: int | None) -> RepetitionFigures:
    rates = recording.seconds.heart_rate.values
    inside = [rate for rate in rates[one.begin_s : one.end_s] if rate is not None]
    mean = mean_between(rates, one.begin_s, one.end_s)
    return RepetitionFigures(
        begin_s=one.begin_s,
        duration_s=one.duration_s,
        distance_m=recording.metres_between(one.begin_s, one.end_s),
        heart_rate=mean,
        max_heart_rate=max(inside) if mean is not None else None,
        watts=one.output if recording.has_power else None,
        rest_s=rest_s,
    )


def _pressed(
    recording: SessionRecording, laps: Sequence[Mapping[str, Any]]
) -> list[tuple[int, int]]:
    """Begin and end of the laps in seconds; none if the device began them by itself."""
    lengths = [lap.get("distance") for lap in laps[:MAX_LAPS]]
    metres = [float(length) if isinstance(length, (int, float)) else 0.0 for length in lengths]
    return [] if are_automatic(metres) else lap_bounds(recording, laps)


def lap_bounds(
    recording: SessionRecording, laps: Sequence[Mapping[str, Any]]
) -> list[tuple[int, int]]:
    """Begin and end of each lap (Strava's Lap) in seconds from the start; none if one is malformed.

    A lap that begins within a sample of the end of the one before begins there.
    """
    time = recording.streams["time"]
    bounds: list[tuple[int, int]] = []
    for lap in laps[:MAX_LAPS]:
        first, seconds = _count(lap, "start_index"), _count(lap, "elapsed_time")
        if first is None or seconds is None or first >= len(time):
            return []
        begin, last = round(time[first] - time[0]), bounds[-1][1] if bounds else 0
        if abs(begin - last) <= recording.step_s + 1:
            begin = last
        if begin < last:
            return []
        bounds.append((begin, begin + seconds))
    return bounds


def _count(lap: Mapping[str, Any], key: str) -> int | None:
    value = lap.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return round(value) if 0 <= value <= MAX_DURATION_S else None
