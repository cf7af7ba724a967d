"""The splits of a session, its climbs, and how evenly it was paced."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from strava_mcp.analysis.session_recording import SessionRecording, mean_between
from strava_mcp.sports import ON_FOOT, RUNS, SWIMS
from strava_mcp.training import climbs, pacing
from strava_mcp.training.pacing import Pacing
from strava_mcp.training.series import Series
from strava_mcp.training.splits import Split, splits
from strava_mcp.training.unmeasurable import Unmeasurable
from strava_mcp.units import METRES_PER_KM, METRES_PER_MILE, METRES_PER_YARD

#: The smallest of these sizes is taken with which there are at most MAX_SPLITS; in the unit of the
#: sport: kilometres or miles, of swims 100 metres or yards.
SIZES = (1, 5, 10, 20, 50, 100, 1000, 10_000)
#: Rides are cut in longer pieces.
RIDE_SIZES = SIZES[1:]
MAX_SPLITS = 50


@dataclass(frozen=True)
class SplitFigures:
    """A split (``training.splits``); ``graded_ms``: grade-adjusted speed of a run in m/s."""

    values: Split
    graded_ms: float | None


@dataclass(frozen=True)
class Splits:
    """``every_m``: the length of all but the last. ``pacing``: None, with ``pacing_problem``."""

    every_m: float
    rows: Sequence[SplitFigures]
    pacing: Pacing | None
    pacing_problem: str | None


@dataclass(frozen=True)
class ClimbFigures:
    """A climb. Metres, seconds (elapsed) and metres per hour; heart rate and power are means."""

    begin_m: float
    begin_s: int
    length_m: float
    gain_m: float
    grade_percent: float
    category: climbs.Category | None
    duration_s: int
    vertical_m_per_h: float
    heart_rate: float | None
    watts: float | None


def splits_of(recording: SessionRecording, *, imperial: bool, has_intervals: bool) -> Splits:
    """The splits of a session. Raises Unmeasurable without distance.

    ``has_intervals``: such a session is not paced as a whole.
    """
    streams = recording.streams
    if "distance" not in streams:
        raise Unmeasurable("no distance was recorded")
    every_m = _every_m(recording, imperial)
    rows = splits(
        streams["time"],
        streams["distance"],
        streams.get("moving") or [True] * len(streams["time"]),
        streams.get("altitude"),
        [rate or None for rate in streams.get("heartrate", ())],
        streams.get("watts") if recording.has_power else None,
        every_m=every_m,
    )
    if not rows:
        raise Unmeasurable("the distance is too short")
    ends = list(accumulate(row["elapsed_time"] for row in rows))
    graded = [_graded_ms(recording, row, end) for row, end in zip(rows, ends, strict=True)]
    figures = [SplitFigures(row, speed) for row, speed in zip(rows, graded, strict=True)]
    try:
        return Splits(every_m, figures, _pacing(recording, has_intervals), None)
    except Unmeasurable as exc:
        return Splits(every_m, figures, None, str(exc))


def climbs_of(recording: SessionRecording) -> list[ClimbFigures]:
    """The climbs of a session, in order. Raises Unmeasurable without altitude or distance."""
    heights, streams = recording.seconds.heights_m, recording.streams
    if not heights:
        raise Unmeasurable("no altitude and distance were recorded")
    time, distance = streams["time"], streams["distance"]
    figures = []
    for climb in climbs.climbs_of(distance, heights):
        begin, end = round(time[climb.begin] - time[0]), round(time[climb.end] - time[0])
        if begin >= end:
            continue
        watts: Series = recording.seconds.watts.values if recording.has_power else ()
        figures.append(
            ClimbFigures(
                begin_m=distance[climb.begin] - distance[0],
                begin_s=begin,
                length_m=climb.length_m,
                gain_m=climb.gain_m,
                grade_percent=climb.grade,
                category=climb.category,
                duration_s=end - begin,
                vertical_m_per_h=climbs.vertical_speed_m_per_h(climb.gain_m, end - begin),
                heart_rate=mean_between(recording.seconds.heart_rate.values, begin, end),
                watts=mean_between(watts, begin, end),
            )
        )
    return figures


def _every_m(recording: SessionRecording, imperial: bool) -> float:
    unit_m = METRES_PER_MILE if imperial else METRES_PER_KM
    sizes: Sequence[int] = SIZES if recording.sport in ON_FOOT else RIDE_SIZES
    if recording.sport in SWIMS:
        unit_m, sizes = (100 * METRES_PER_YARD if imperial else 100.0), SIZES
    metres = recording.streams["distance"][-1] - recording.streams["distance"][0]
    fitting = (size * unit_m for size in sizes if metres <= MAX_SPLITS * size * unit_m)
    return next(fitting, metres)


def _graded_ms(recording: SessionRecording, split: Split, end_s: int) -> float | None:
    """The grade-adjusted speed: the split's own, times the metres of each second on the flat."""
    if recording.sport not in RUNS or not recording.seconds.heights_m:
        return None
    inside = slice(end_s - split["elapsed_time"], end_s)
    pairs = zip(recording.seconds.graded[inside], recording.seconds.speed[inside], strict=True)
    seconds = [(graded, speed) for graded, speed in pairs if graded is not None and speed]
    metres = sum(speed for _, speed in seconds)
    if not metres or not split.get("average_speed"):
        return None
    return split["average_speed"] * sum(graded for graded, _ in seconds) / metres


def _pacing(recording: SessionRecording, has_intervals: bool) -> Pacing:
    if has_intervals:
        raise Unmeasurable("a session of intervals is not paced as a whole")
    output = recording.output()
    moving = [value for value, moves in zip(output, recording.moving, strict=False) if moves]
    if recording.has_power:
        return pacing.of_power(moving)
    return pacing.of_speed([value for value in moving if value])
