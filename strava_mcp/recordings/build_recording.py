"""A recording from a raw session, the same way for every format.

What the device recorded is kept; distance, speed and grade are worked out where it did not, and
whether the athlete moved always is.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from strava_mcp.recordings.recording import Lap, Recording, Streams
from strava_mcp.recordings.samples import (
    DAY_S,
    MAX_DURATION_S,
    Sample,
    Session,
    in_order,
    is_time,
    plausible_totals,
)
from strava_mcp.sports import RUNS
from strava_mcp.training import track
from strava_mcp.units import METRES_PER_MILE

#: Decimals to which each type was measured; of the others, whole numbers.
DIGITS = {
    **{"distance": 1, "altitude": 1, "velocity_smooth": 3, "grade_smooth": 1, "latlng": 6},
    "cadence": 1,
}
#: What only sensors tell.
MEASURED = ("latlng", "altitude", "velocity_smooth", "heartrate", "cadence", "watts", "temp")
#: Strava takes a run for resting below a pace of 30 minutes a mile, unless the runner used the
#: pause button (support.strava.com, Strava Training Glossary for Running).
MIN_RUN_SPEED_MS = METRES_PER_MILE / 1800
#: Of other sports Strava does not say; this is slower than any walk, and more than the jitter of
#: a receiver that stands.
MIN_SPEED_MS = 0.3
#: Devices write a sample at least as often while they run. A longer step tells by its length
#: whether somebody moved, not by the speed at its end.
LONG_STEP_S = 10
#: Totals above these are those of a device that went wrong; units are Strava's.
MAX_VALUES = {
    "average_heartrate": 254,
    "max_heartrate": 254,
    "average_speed": 100,
    "max_speed": 100,
}
MAX_VALUE = 10_000_000
BELOW_ZERO = ("average_temp", "elev_low", "elev_high")


def build_recording(session: Session) -> Recording:
    """The recording of a session; without samples it has no streams."""
    samples, problems = in_order(session.samples)
    first = samples[0].get("time") if samples else None
    start = _start(session, first)
    streams, computed = _streams(session, samples, start if first is not None else None)
    return Recording(
        start=None if start is None else datetime.fromtimestamp(start, UTC),
        streams=streams,
        offset_s=session.offset_s,
        sport=session.sport,
        name=session.name,
        device=session.device,
        totals=plausible_totals(session.totals),
        laps=_laps(session, start),
        computed=frozenset(computed),
        problems=(*session.problems, *problems),
    )


def _start(session: Session, first: int | None) -> int | None:
    """When it began: as the session says, unless its samples disprove that."""
    said = int(session.start) if session.start is not None and is_time(session.start) else None
    if first is None or (said is not None and 0 <= first - said <= DAY_S):
        return said
    return first


def _laps(session: Session, start: int | None) -> tuple[Lap, ...]:
    """Those that began within the recording, in order."""
    if start is None:
        return ()
    laps = sorted(session.laps, key=lambda lap: lap[0])
    return tuple(
        Lap(max(0.0, begin - start), plausible_totals(facts))
        for begin, facts in laps
        if is_time(begin) and abs(begin - start) <= MAX_DURATION_S
    )


def _streams(
    session: Session, samples: Sequence[Sample], start: int | None
) -> tuple[Streams, set[str]]:
    """The columns, and which of them were computed. ``start``: None where no time is told."""
    found: Streams = {}
    computed: set[str] = set()
    time = None if start is None else [sample["time"] - start for sample in samples]
    pauses = [] if start is None else _pauses(session, start)
    is_paused = track.paused(time, pauses) if time else []
    if time:
        found["time"] = time
    for key in MEASURED:
        values = [sample.get(key) for sample in samples]
        if any(value is not None for value in values):
            found[key] = values
    distance = _distance(samples, found.get("latlng"), time, is_paused, computed)
    if distance:
        found["distance"] = distance
    if time:
        if distance and "velocity_smooth" not in found:
            found["velocity_smooth"] = track.speed_ms(time, distance)
            computed.add("velocity_smooth")
        least = MIN_RUN_SPEED_MS if session.sport in RUNS and not pauses else MIN_SPEED_MS
        speed = _step_speeds(time, distance, found.get("velocity_smooth"))
        found["moving"] = track.moving(speed, is_paused, least)
        computed.add("moving")
    if distance and distance[-1] and "altitude" in found:
        found["grade_smooth"] = track.grade_percent(distance, found["altitude"])
        computed.add("grade_smooth")
    return {key: _rounded(key, values) for key, values in found.items()}, computed


def _pauses(session: Session, start: int) -> list[tuple[float, float]]:
    """In order, in seconds from the start; those that overlap are one."""
    found: list[tuple[float, float]] = []
    for begin, end in sorted(session.pauses):
        if found and begin - start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end - start))
        elif end > begin:
            found.append((begin - start, end - start))
    return found


def _distance(
    samples: Sequence[Sample],
    latlng: Sequence[Any] | None,
    time: Sequence[float] | None,
    is_paused: Sequence[bool],
    computed: set[str],
) -> list[float] | None:
    """The device's distance; where it has none, or one that never grew, that along the track."""
    readings = [sample.get("distance") for sample in samples]
    known = {reading for reading in readings if reading is not None}
    if latlng and len(known) < 2:
        computed.add("distance")
        return track.odometer_m(track.cumulative_m(latlng), time, is_paused)
    return track.odometer_m(readings, time) if known else None


def _step_speeds(
    time: Sequence[float], distance: Sequence[float] | None, velocity: Sequence[Any] | None
) -> list[float | None]:
    """The speed to judge each step by; None where nothing tells how far it went."""
    if not distance or not distance[-1]:
        return [None] * len(time)
    speeds: list[float | None] = list(velocity or [None] * len(time))
    for i in range(1, len(time)):
        seconds = time[i] - time[i - 1]
        if speeds[i] is None or seconds > LONG_STEP_S:
            speeds[i] = (distance[i] - distance[i - 1]) / seconds
    return speeds


def _rounded(key: str, values: list[Any]) -> list[Any]:
    if key in ("time", "moving"):
        return values
    digits = DIGITS.get(key)
    if key == "latlng":
        return [point and [round(degrees, digits) for degrees in point] for point in values]
    return [None if value is None else round(value, digits) for value in values]
