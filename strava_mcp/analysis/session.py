"""One session, from every sample: its intervals, drift, splits, climbs, zones, load and power."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import fmean
from typing import Literal, NamedTuple, TypeVar, get_args

from strava_mcp.analysis.athlete_settings import Name
from strava_mcp.analysis.evidence import ASK_AGAIN, NOT_REACHED, Evidence, gather_for
from strava_mcp.analysis.loads import THRESHOLDS_OF, Load, NoLoad, load_of
from strava_mcp.analysis.period import Activity
from strava_mcp.analysis.session_coverage import RecordingCoverage, coverage_of
from strava_mcp.analysis.session_intervals import Intervals, intervals_of
from strava_mcp.analysis.session_power import PowerFigures, power_of
from strava_mcp.analysis.session_recording import SessionRecording, recording_of
from strava_mcp.analysis.session_splits import ClimbFigures, Splits, climbs_of, splits_of
from strava_mcp.analysis.session_zones import ZoneTime, zones_of
from strava_mcp.analysis.subject import Subject
from strava_mcp.analysis.thresholds import Threshold
from strava_mcp.errors import NotFound
from strava_mcp.sources.activity_facts import facts_of
from strava_mcp.training import decoupling
from strava_mcp.training.activity_metrics import intensity_of, seconds_in_motion
from strava_mcp.training.decoupling import Output
from strava_mcp.training.unmeasurable import Unmeasurable
from strava_mcp.training.zones import COGGAN_HEART_RATE

Part = Literal["intervals", "drift", "splits", "climbs", "zones", "load", "power"]
PARTS: tuple[Part, ...] = get_args(Part)
#: Above this share of the threshold heart rate (the top of zone 3) drift says nothing.
MAX_STEADY_SHARE = COGGAN_HEART_RATE[2]
T = TypeVar("T")


class DriftFigures(NamedTuple):
    """``percent``: how much efficiency fell from the first half to the second, after the warm-up.

    ``first`` and ``second``: efficiency in W per bpm, or metres per minute per bpm.
    ``heart_rate``: the mean in bpm.
    """

    percent: float
    output: Output
    first: float
    second: float
    heart_rate: float


@dataclass(frozen=True)
class Session:
    """What can be said about a session; a part is None if it was not asked for or not measured.

    ``not_measured``: part → reason. ``thresholds``: those that the figures rest on. ``coverage``:
    of the recording.
    """

    activity: Activity
    intervals: Intervals | None
    drift: DriftFigures | None
    splits: Splits | None
    climbs: Sequence[ClimbFigures] | None
    zones: Sequence[ZoneTime] | None
    load: Load | None
    power: PowerFigures | None
    not_measured: Mapping[str, str]
    thresholds: Mapping[Name, Threshold]
    coverage: RecordingCoverage


@dataclass
class _Material:
    """What the parts are computed from."""

    evidence: Evidence
    activity: Activity
    _recording: SessionRecording | None
    used: dict[Name, Threshold] = field(default_factory=dict)

    @property
    def recording(self) -> SessionRecording:
        """The recording. Raises Unmeasurable if there is none."""
        if self._recording is None:
            raise Unmeasurable("there is no recording")
        return self._recording

    def threshold(self, name: Name) -> Threshold | None:
        """A threshold of the day, which the answer then rests on."""
        threshold = self.evidence.thresholds.at(name, self.activity.day)
        if threshold:
            self.used[name] = threshold
        return threshold

    @cached_property
    def _intervals(self) -> Intervals | Unmeasurable:
        """The intervals, or why there are none: either is looked for once."""
        laps = self.activity.summary.get("laps")
        rows = [lap for lap in laps if isinstance(lap, dict)] if isinstance(laps, list) else []
        try:
            return intervals_of(self.recording, rows)
        except Unmeasurable as exc:
            return exc

    @property
    def intervals(self) -> Intervals:
        """The intervals. Raises Unmeasurable if the session has none."""
        if isinstance(self._intervals, Unmeasurable):
            raise self._intervals
        return self._intervals


def analyze(
    subject: Subject,
    activity_id: int,
    parts: Sequence[Part] = PARTS,
    *,
    imperial: bool = False,
) -> Session:
    """Analyze one activity. ``imperial``: splits of miles. Raises NotFound if it does not exist."""
    detail = {**subject.source.activity(activity_id), "id": activity_id}
    activity = Activity(facts_of(detail), detail)
    recording, coverage = _read(subject, activity)
    evidence = gather_for(subject, [activity])
    material = _Material(evidence, activity, recording)
    not_measured = _not_known(evidence)

    def part(name: Part, measure: Callable[[], T]) -> T | None:
        if name not in parts:
            return None
        try:
            return measure()
        except Unmeasurable as exc:
            not_measured[name] = str(exc)
            return None

    return Session(
        activity=activity,
        intervals=part("intervals", lambda: material.intervals),
        drift=part("drift", lambda: _drift(material)),
        splits=part("splits", lambda: _splits(material, imperial)),
        climbs=part("climbs", lambda: climbs_of(material.recording)),
        zones=part("zones", lambda: _zones(material, not_measured)),
        load=part("load", lambda: _load(material)),
        power=part("power", lambda: _power(material, not_measured)),
        not_measured=not_measured,
        thresholds=material.used,
        coverage=coverage,
    )


def _not_known(evidence: Evidence) -> dict[str, str]:
    """What thresholds could rest on but was not read, with the reason."""
    missing: dict[str, str] = {}
    if not evidence.period.is_complete:
        advice = evidence.limit_notice or ASK_AGAIN
        missing["thresholds of other activities"] = f"{NOT_REACHED}; {advice}"
    if evidence.thresholds.profile_problem:
        missing["thresholds of the profile"] = evidence.thresholds.profile_problem
    return missing


def _read(
    subject: Subject, activity: Activity
) -> tuple[SessionRecording | None, RecordingCoverage]:
    """The recording and what it covers; None for an activity entered by hand or without samples."""
    if activity.summary.get("manual") is True:
        return None, RecordingCoverage()
    try:
        streams, recording = recording_of(subject.source, activity)
    except (NotFound, Unmeasurable):
        return None, RecordingCoverage()
    return recording, coverage_of(streams, recording)


def _drift(material: _Material) -> DriftFigures:
    output, seconds, stop_s = seconds_in_motion(material.recording.seconds)
    lthr = material.evidence.thresholds.at("lthr", material.activity.day)
    top = None
    if lthr and lthr.basis in ("given", "strava"):  # an estimate is a lower bound
        top = MAX_STEADY_SHARE * lthr.value
        material.threshold("lthr")
    result = decoupling.decoupling(seconds, output, stop_s, top)
    rates = [second.heart_rate for second in seconds if second.heart_rate]
    return DriftFigures(result.percent, output, result.first, result.second, fmean(rates))


def _splits(material: _Material, imperial: bool) -> Splits:
    try:
        has_intervals = bool(material.intervals)
    except Unmeasurable:
        has_intervals = False
    return splits_of(material.recording, imperial=imperial, has_intervals=has_intervals)


def _zones(material: _Material, not_measured: dict[str, str]) -> list[ZoneTime]:
    recording = material.recording
    names: tuple[Name, ...] = ("lthr", "ftp", "threshold_pace")
    at = {name: material.evidence.thresholds.at(name, material.activity.day) for name in names}
    thresholds = {name: threshold for name, threshold in at.items() if threshold}
    times, problems = zones_of(recording, thresholds)
    for quantity in times:
        material.threshold(quantity.threshold)
    not_measured |= {f"zones of {quantity}": why for quantity, why in problems.items()}
    return times


def _load(material: _Material) -> Load:
    intensity = material.evidence.intensities.get(material.activity.id)
    if intensity is None and material._recording:
        intensity = intensity_of(material.recording.seconds)
    load = load_of(material.activity, intensity, material.evidence.thresholds)
    if isinstance(load, NoLoad):
        raise Unmeasurable(load.reason)
    for name in THRESHOLDS_OF[load.kind]:
        material.threshold(name)
    return load


def _power(material: _Material, not_measured: dict[str, str]) -> PowerFigures:
    ftp = material.threshold("ftp") if material.recording.has_power else None
    bests = material.evidence.bests
    figures = power_of(material.recording, ftp.value if ftp else None, bests)
    not_measured |= figures.problems
    if ftp is None:
        not_measured["intensity"] = "no ftp is known"
    return figures
