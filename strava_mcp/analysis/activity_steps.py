"""One activity along its way, as a chart draws it: steps, laps, zones, track, what is missing.

Of the whole activity or of a range of its axis, with finer steps then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from strava_mcp.analysis.activity_track import TrackPoint, has_place, track_of
from strava_mcp.analysis.athlete_settings import Name
from strava_mcp.analysis.evidence import Evidence, gather_for
from strava_mcp.analysis.loads import Load
from strava_mcp.analysis.period import Activity
from strava_mcp.analysis.session_intervals import lap_bounds
from strava_mcp.analysis.session_recording import SessionRecording, recording_of
from strava_mcp.analysis.session_zones import Quantity, ZoneTime, zones_of
from strava_mcp.analysis.subject import Subject
from strava_mcp.analysis.thresholds import Threshold
from strava_mcp.errors import NotFound
from strava_mcp.sources.activity_facts import facts_of
from strava_mcp.sources.source import FIRST_OWN_ID
from strava_mcp.sources.stream_samples import MAX_NUMBER, samples_of
from strava_mcp.sports import VIRTUAL
from strava_mcp.training.even_steps import MAX_STEPS, AxisName, EvenSteps, Step
from strava_mcp.training.unmeasurable import Unmeasurable

SERIES = ("heartrate", "watts", "altitude")
#: Zones are drawn of these thresholds.
THRESHOLDS: tuple[Name, ...] = ("lthr", "ftp")
BY_HAND = "No recording: this activity was entered by hand."
NO_RECORDING = "No recording of this activity is available."
ONE_MOMENT = "The recording has no length: there is nothing to draw."


@dataclass(frozen=True)
class Lap:
    """A lap on the axis. ``speed_ms``: distance by moving time; None if either is unknown."""

    number: int
    begin: float
    end: float
    metres: float | None
    moving_s: float
    speed_ms: float | None


@dataclass(frozen=True)
class ActivitySteps:
    """An activity along its way.

    ``steps``: those of the range, or of everything; ``total``: what they add up to; ``halves``: the
    same of both halves of the axis. ``heights_m``: the lowest and the highest. ``zones``: time in
    zones of the whole activity, with the ``thresholds`` that they rest on. ``has_page``: whether
    Strava has its page. ``missing``: what was not recorded; ``problem``: why there are no steps.
    ``along``: the whole recording on its axis.
    """

    activity: Activity
    has_page: bool
    is_range: bool = False
    axis: AxisName = "distance"
    steps: Sequence[Step] = ()
    total: Step | None = None
    halves: tuple[Step, Step] | None = None
    heights_m: tuple[float, float] | None = None
    laps: Sequence[Lap] = ()
    track: Sequence[TrackPoint] = ()
    has_measured_power: bool = False
    zones: Mapping[Quantity, ZoneTime] = field(default_factory=dict)
    thresholds: Mapping[Name, Threshold] = field(default_factory=dict)
    load: Load | None = None
    missing: Sequence[str] = ()
    problem: str = ""
    along: EvenSteps | None = None

    def mean(self, name: str) -> float | None:
        """The mean of a series over what is drawn."""
        return self.total.means.get(name) if self.total else None

    def extreme_laps(self) -> tuple[Lap, Lap] | None:
        """The slowest and the fastest lap; remainders of less than half of the usual length do not
        count. None with fewer than three laps.
        """
        if self.is_range or len(self.laps) < 3:
            return None
        usual_m = median(lap.metres or 0.0 for lap in self.laps)
        laps = [lap for lap in self.laps if lap.speed_ms and (lap.metres or 0.0) >= usual_m / 2]
        if len(laps) < 3:
            return None
        ranked = sorted(laps, key=lambda lap: lap.speed_ms or 0.0)
        return ranked[0], ranked[-1]


def activity_steps(
    subject: Subject,
    activity_id: int,
    begin: float | None = None,
    end: float | None = None,
    max_steps: int = MAX_STEPS,
) -> ActivitySteps:
    """Read an activity. ``begin``, ``end``: a range of the axis, in m or s; None: its ends.

    Raises NotFound if there is no such activity.
    """
    detail = {**subject.source.activity(activity_id), "id": activity_id}
    activity = Activity(facts_of(detail), detail)
    has_page = not subject.source.is_invented and activity_id < FIRST_OWN_ID
    if detail.get("manual") is True:
        return ActivitySteps(activity, has_page, problem=BY_HAND)
    try:
        streams, recording = recording_of(subject.source, activity)
    except (NotFound, Unmeasurable):
        return ActivitySteps(activity, has_page, problem=NO_RECORDING)
    even = EvenSteps(_readings(recording), SERIES)
    is_range = begin is not None or end is not None
    steps = even.steps(begin or 0.0, end, max_steps)
    if not steps:
        return ActivitySteps(activity, has_page, problem=_empty(even, is_range))
    total = even.part(steps[0].begin, steps[-1].end)
    middle = total.middle
    positions = samples_of({"time": streams["time"], "latlng": streams.get("latlng")})
    track = track_of(even, positions.get("latlng", ()), activity)
    evidence = gather_for(subject, [activity])
    zones, thresholds, load = _zones(evidence, activity, recording)
    return ActivitySteps(
        activity=activity,
        has_page=has_page,
        is_range=is_range,
        axis=even.axis,
        steps=steps,
        total=total,
        halves=(even.part(total.begin, middle), even.part(middle, total.end)),
        heights_m=_heights(even, recording, activity, total, is_range),
        laps=_laps(recording, even, detail),
        track=track,
        has_measured_power=detail.get("device_watts") is True,
        zones=zones,
        thresholds=thresholds,
        load=load,
        missing=_missing(even, activity, track) + evidence.coverage().notes(),
        along=even,
    )


def _empty(even: EvenSteps, is_range: bool) -> str:
    """Why there are no steps."""
    if not is_range or not even.length:
        return ONE_MOMENT
    unit = "m" if even.axis == "distance" else "s"
    return f"Nothing was recorded in this range: choose one within 0 and {even.length:.0f} {unit}."


def _readings(recording: SessionRecording) -> dict[str, Sequence[Any]]:
    """The streams, where a heart rate of 0 is none."""
    streams = dict(recording.streams)
    if "heartrate" in streams:
        streams["heartrate"] = [rate or None for rate in streams["heartrate"]]
    return streams


def _heights(
    even: EvenSteps, recording: SessionRecording, activity: Activity, total: Step, is_range: bool
) -> tuple[float, float] | None:
    """The lowest and the highest altitude: as Strava lists them, or the samples of a range."""
    samples = recording.streams.get("altitude", ())
    heights = [
        height
        for place, height in zip(even.places, samples, strict=False)
        if height is not None and total.begin <= place <= total.end
    ]
    if not heights:
        return None
    low, high = (_number(activity.summary.get(key)) for key in ("elev_low", "elev_high"))
    if is_range or low is None or high is None or low > high:
        return min(heights), max(heights)
    return low, high


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if abs(value) < MAX_NUMBER else None  # not NaN either


def _laps(recording: SessionRecording, even: EvenSteps, detail: Mapping[str, Any]) -> list[Lap]:
    """The laps as Strava lists them; none if there is only one."""
    rows = detail.get("laps")
    laps = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    bounds = lap_bounds(recording, laps)
    if len(bounds) < 2:
        return []
    return [
        _lap(number, even, bound, lap)
        for number, (bound, lap) in enumerate(zip(bounds, laps, strict=False), 1)
    ]


def _lap(number: int, even: EvenSteps, bound: tuple[int, int], lap: Mapping[str, Any]) -> Lap:
    begin, end = even.at(bound[0]), even.at(bound[1])
    facts, step = facts_of(lap), even.part(begin, end)
    metres = step.metres if facts.distance is None else facts.distance
    moving_s = step.moving_s if facts.moving_time is None else facts.moving_time
    return Lap(number, begin, end, metres, moving_s, facts.speed)


def _zones(
    evidence: Evidence, activity: Activity, recording: SessionRecording
) -> tuple[dict[Quantity, ZoneTime], dict[Name, Threshold], Load | None]:
    """Time in zones by the thresholds of the day, these thresholds, and the load."""
    at = {name: evidence.thresholds.at(name, activity.day) for name in THRESHOLDS}
    thresholds = {name: threshold for name, threshold in at.items() if threshold}
    load = evidence.loads[activity.id]
    try:
        times, _ = zones_of(recording, thresholds)
    except Unmeasurable:
        times = []
    used = {time.threshold: thresholds[time.threshold] for time in times}
    return {time.quantity: time for time in times}, used, load if isinstance(load, Load) else None


def _missing(even: EvenSteps, activity: Activity, track: Sequence[TrackPoint]) -> list[str]:
    """What a reader might look for, and why it is not there."""
    missing = []
    facts = activity.facts
    if "heartrate" not in even.series:
        missing.append("No heart rate was recorded.")
    if "watts" in even.series and activity.summary.get("device_watts") is not True:
        missing.append("Power is an estimate: it was not measured.")
    if even.axis == "time" and facts.distance:
        missing.append("The distance along the way was not recorded, so there is no pace.")
    if not track and (even.axis == "distance" or facts.distance):
        if facts.sport_type in VIRTUAL:
            missing.append("No map: it took place in a virtual world.")
        elif not has_place(activity):
            missing.append("No map: it took place indoors.")
        else:
            missing.append("No map: no positions were recorded, or they are hidden.")
    return missing
