"""Building a recording from a raw session, the same way for every format.

Recorded values are kept. Distance, speed and grade are computed if the device did not record them;
``moving`` always is.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from strava_mcp.recordings import bounds
from strava_mcp.recordings.altimeters import source_by_name
from strava_mcp.recordings.chronology import sort_by_time
from strava_mcp.recordings.clock_jumps import without_jumps
from strava_mcp.recordings.distance import distance_m
from strava_mcp.recordings.left_out import LeftOut
from strava_mcp.recordings.limits import shortened
from strava_mcp.recordings.recording import Recording, Streams
from strava_mcp.recordings.samples import (
    DAY_S,
    Pause,
    Sample,
    Session,
    is_time,
)
from strava_mcp.recordings.virtual_worlds import VIRTUAL_SPORTS, is_virtual_world
from strava_mcp.sports import ON_FOOT, RUNS, SWIMS, VIRTUAL
from strava_mcp.training import track
from strava_mcp.training.climbing import AltitudeSource
from strava_mcp.training.plausible import READINGS, is_within
from strava_mcp.units import METRES_PER_MILE

#: Decimals of each stream type; other types are whole numbers.
DIGITS = {
    **{"distance": 1, "altitude": 1, "velocity_smooth": 3, "grade_smooth": 1, "latlng": 6},
    "cadence": 1,
}
#: Stream types that are taken from the samples as they are.
MEASURED = ("latlng", "altitude", "velocity_smooth", "heartrate", "cadence", "watts", "temp")
#: Strava counts a run as resting below a pace of 30 minutes per mile, unless the runner used the
#: pause button (support.strava.com, Strava Training Glossary for Running).
MIN_RUN_SPEED_MS = METRES_PER_MILE / 1800
#: Strava does not document other sports. This is slower than any walk, and faster than the jitter
#: of a GPS receiver at rest.
MIN_SPEED_MS = 0.3
#: A timer that ran throughout differs this much from the samples, which begin later and end sooner.
TIMER_WITHIN_S = 10


def build_recording(session: Session) -> Recording:
    """Build the recording of a session; without samples it has no streams."""
    session = without_jumps(session)
    left_out: Counter[str] = Counter()
    samples, problems = sort_by_time(session.samples, left_out)
    first = samples[0].get("time") if samples else None
    start = _start(session, first)
    streams, computed = _streams(session, samples, start if first is not None else None)
    if not is_within(READINGS["distance"], streams.get("distance", [0.0])[-1]):
        problems.append(_without_distance(streams, computed))
    is_virtual = is_virtual_world(session.device, session.maker)
    sport = VIRTUAL_SPORTS.get(session.sport or "", session.sport) if is_virtual else session.sport
    checked = bounds.check(session, start, streams, computed)
    return Recording(
        start=(
            datetime.fromtimestamp(start, UTC) if start is not None and session.has_start else None
        ),
        streams=streams,
        offset_s=session.offset_s,
        sport=sport,
        name=session.name,
        device=session.device,
        is_indoor=session.is_indoor or is_virtual or sport in VIRTUAL,
        altitude_source=_altitude_source(session, is_virtual or sport in VIRTUAL),
        totals=checked.totals,
        laps=checked.laps,
        computed=frozenset(computed),
        is_course=session.is_course,
        left_out=left_out,
        problems=shortened([*session.problems, *problems, *checked.problems]),
    )


def _without_distance(streams: Streams, computed: set[str]) -> str:
    """Remove a distance that is longer than any, and what was computed from it; return a problem.

    Positions that jump add up to it where no time shows how fast that would be.
    """
    metres = streams.pop("distance")[-1]
    for key in {"velocity_smooth", "grade_smooth"} & computed:
        del streams[key]
    computed -= {"distance", "velocity_smooth", "grade_smooth"}
    left_out = LeftOut()
    left_out.total("distance", metres, "it is impossible")
    return left_out.lines()[0]


def _altitude_source(session: Session, is_virtual: bool) -> AltitudeSource:
    """Return what measured altitude; in a virtual world it is exact, like that of a barometer."""
    if is_virtual:
        return "barometer"
    return session.altitude_source or source_by_name(session.device)


def _start(session: Session, first: int | None) -> int | None:
    """Return the session's own start, unless its samples contradict it."""
    own = session.start
    start = int(own) if own is not None and is_time(own) else None
    if first is None or (start is not None and 0 <= first - start <= DAY_S):
        return start
    return first


def _streams(
    session: Session, samples: Sequence[Sample], start: int | None
) -> tuple[Streams, set[str]]:
    """Return the streams, and which were computed. ``start``: None if the samples have no time."""
    streams: Streams = {}
    computed: set[str] = set()
    time = None if start is None else [sample["time"] - start for sample in samples]
    pauses = [] if start is None else _pauses(session, start)
    is_paused = track.paused(time, pauses) if time else []
    if time:
        streams["time"] = time
    for key in MEASURED:
        values = [sample.get(key) for sample in samples]
        if any(value is not None for value in values):
            streams[key] = values
    readings = [sample.get("distance") for sample in samples]
    distance, is_computed = distance_m(
        readings, streams.get("latlng"), time, is_paused, session.totals, session.sport
    )
    if distance:
        streams["distance"] = distance
    if is_computed:
        computed.add("distance")
    if time:
        if distance and "velocity_smooth" not in streams:
            streams["velocity_smooth"] = track.speed_ms(time, distance)
            computed.add("velocity_smooth")
        speed = track.step_speeds(time, distance, streams.get("velocity_smooth"))
        streams["moving"] = _moving(session, time, speed, is_paused)
        computed.add("moving")
    if distance and distance[-1] and "altitude" in streams:
        streams["grade_smooth"] = track.grade_percent(distance, streams["altitude"])
        computed.add("grade_smooth")
    return {key: _rounded(key, values) for key, values in streams.items()}, computed


def _pauses(session: Session, start: int) -> list[Pause]:
    """Return the pauses in seconds since the start, in order, with overlapping ones merged."""
    merged: list[Pause] = []
    for begin, end in sorted(session.pauses):
        if merged and begin - start <= merged[-1].end:
            merged[-1] = Pause(merged[-1].start, max(merged[-1].end, end - start))
        elif end > begin:
            merged.append(Pause(begin - start, end - start))
    return merged


def _moving(
    session: Session,
    time: Sequence[float],
    speed: Sequence[float | None],
    is_paused: Sequence[bool],
) -> list[bool]:
    """Return the moving flags.

    They add up to the time of the device's timer on foot, and in other sports if the timer was
    stopped; otherwise the athlete may have stood while it ran. The lengths of a swim are exact.
    """
    has_pauses = any(is_paused)
    min_speed = MIN_RUN_SPEED_MS if session.sport in RUNS and not has_pauses else MIN_SPEED_MS
    moving = track.moving(speed, is_paused, min_speed)
    timer_s = session.totals.get("moving_time")
    recorded_s = time[-1] - time[0]
    was_stopped = timer_s and timer_s < recorded_s - TIMER_WITHIN_S
    if (
        not timer_s
        or timer_s > recorded_s + TIMER_WITHIN_S
        or session.sport in SWIMS
        or not (was_stopped or session.sport in ON_FOOT)
    ):
        return moving
    timed = [None if rests else value for value, rests in zip(speed, is_paused, strict=True)]
    return track.with_moving_time(moving, time, timed, timer_s)


def _rounded(key: str, values: list[Any]) -> list[Any]:
    if key in ("time", "moving"):
        return values
    digits = DIGITS.get(key)
    if key == "latlng":
        return [point and [round(degrees, digits) for degrees in point] for point in values]
    return [None if value is None else round(value, digits) for value in values]
