"""Activities side by side, and what became of one route over time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from strava_mcp.analysis.candidates import MAX_HR_WINDOW
from strava_mcp.analysis.evidence import Evidence, activities_before
from strava_mcp.analysis.period import Activity, Period, activities_between
from strava_mcp.analysis.subject import MAX_READS, Subject
from strava_mcp.analysis.thresholds import thresholds
from strava_mcp.errors import NotFound, RateLimited
from strava_mcp.geo import haversine_m
from strava_mcp.sources.activity_facts import facts_of
from strava_mcp.sources.stream_samples import samples_of
from strava_mcp.sports import RIDES, RUNS
from strava_mcp.training import time_gap
from strava_mcp.training.activity_metrics import STREAMS, Intensity
from strava_mcp.training.route_likeness import Likeness, Route, alike
from strava_mcp.training.time_gap import Passage, Track
from strava_mcp.training.trend import Trend, trend
from strava_mcp.training.unmeasurable import Unmeasurable

#: The distances of activities on one route differ by less: the odometer is not the track.
MAX_DISTANCE_DIFFERENCE = 0.15
#: Reads of a route's history beside those of routes: the activity and two tracks.
OTHER_READS = 3
#: Where the start of an activity is not known, in the order of promise.
UNKNOWN_M = 1e9
#: Why there is no time gap to an activity, by the likeness of its route.
OTHER_WAYS: Mapping[Likeness | None, str] = {
    None: "took another route",
    "reversed": "took the route the other way",
    "same loop": "began the loop elsewhere",
}
#: Heart rate must cover this share of the recording.
MIN_HEART_RATE_COVERAGE = 0.9


@dataclass(frozen=True)
class Comparison:
    """Activities beside a first one.

    ``evidence``: of them all, the first one first. ``likeness``: id → how its route is like the
    first one's, if it is. ``gaps``: id → the time gap to the first along its way; ``problems``: id
    → why there is none.
    """

    evidence: Evidence
    likeness: Mapping[int, Likeness] = field(default_factory=dict)
    gaps: Mapping[int, Sequence[Passage]] = field(default_factory=dict)
    problems: Mapping[int, str] = field(default_factory=dict)

    @property
    def activities(self) -> Sequence[Activity]:
        """The activities, the first one first."""
        return self.evidence.period.activities


@dataclass(frozen=True)
class RouteHistory:
    """All activities on the route of one.

    ``comparison``: that one, then the others, newest first; its gap is to the fastest other.
    ``problem``: why no others could be found. ``compared``: how many activities of like distance
    were compared; ``unread``: how many were not, because each costs a request; ``is_complete``:
    False if older activities were not reached; ``limit_notice``: see ``Coverage``. ``trend``: of
    ``efficiency``; ``trend_problem``: why there is none; ``heart_rate``: the mean, in bpm.
    """

    comparison: Comparison
    problem: str | None = None
    compared: int = 0
    unread: int = 0
    is_complete: bool = True
    limit_notice: str = ""
    trend: Trend | None = None
    trend_problem: str | None = None
    heart_rate: float | None = None


def compare(subject: Subject, ids: Sequence[int]) -> Comparison:
    """Activities side by side, and the time gaps of those on the route of the first.

    Raises NotFound.
    """
    activities = [_activity(subject, number) for number in ids]
    evidence = _evidence(subject, activities, activities)
    routes = subject.source.routes_taken(evidence.period.summaries(), MAX_READS).values
    first, *others = ids
    likeness = _likeness(first, routes)
    gaps, problems = _gaps(subject, first, [i for i in others if likeness.get(i) == "same"])
    for number in others:
        if number not in routes or first not in routes:
            problems[number] = "no positions were recorded, or not read yet"
        elif likeness.get(number) != "same":
            problems[number] = OTHER_WAYS[likeness.get(number)]
    return Comparison(evidence, likeness, gaps, problems)


def route_history(subject: Subject, number: int) -> RouteHistory:
    """All activities on the route of one, and the trend on it. Raises NotFound."""
    reference = _activity(subject, number)
    everything = activities_between(subject.source, None, subject.today)
    candidates = _candidates(reference, everything.activities)
    summaries = [reference.summary, *(candidate.summary for candidate in candidates)]
    routes, unread = subject.source.routes_taken(summaries, MAX_READS - OTHER_READS)
    likeness = _likeness(number, routes)
    alike_ones = [a for a in reversed(everything.activities) if a.id in likeness]
    activities = [reference, *alike_ones]
    evidence = _evidence(subject, activities, everything.activities, 0)
    if number not in routes:
        problem = "its route is not known: no positions were recorded, or it is too short"
        return RouteHistory(Comparison(evidence), problem)
    same = [a for a in activities if a.id == number or likeness[a.id] == "same"]
    length_m = routes[number].length_m
    rivals = [
        a
        for a in same[1:]
        if a.facts.elapsed_time and time_gap.is_as_long(length_m, routes[a.id].length_m)
    ]
    fastest = min(rivals, key=lambda a: a.facts.elapsed_time or 0.0, default=None)
    gaps, problems = _gaps(subject, number, [fastest.id] if fastest else [])
    history = RouteHistory(
        Comparison(evidence, likeness, gaps, problems),
        compared=len(candidates) - len(unread),
        unread=len(unread),
        is_complete=everything.is_complete,
        limit_notice=subject.notice_of_limit(unread or not everything.is_complete),
    )
    return _with_trend(history, same)


def efficiency(activity: Activity, intensity: Intensity | None) -> float | None:
    """Output per heartbeat: watts per bpm of rides with measured power, else metres per beat.

    None without heart rate for most of the time. ``intensity``: None without a recording.
    """
    facts = activity.facts
    rate = facts.average_heartrate
    if not rate or not facts.distance or not facts.moving_time:
        return None
    if intensity:
        covered_s = sum(intensity.heart_rate.values())
        if covered_s < MIN_HEART_RATE_COVERAGE * intensity.recorded_s:
            return None
    if facts.sport_type in RIDES:
        return intensity.mean_w / rate if intensity and intensity.mean_w else None
    return 60 * facts.distance / facts.moving_time / rate


def _activity(subject: Subject, number: int) -> Activity:
    summary = {**subject.source.activity(number), "id": number}
    return Activity(facts_of(summary), summary)


def _candidates(reference: Activity, activities: Sequence[Activity]) -> list[Activity]:
    """Others of the same family and like distance: those begun nearest first, then the newest."""
    sport, metres = reference.facts.sport_type, reference.facts.distance or 0.0
    sports = next((family for family in (RUNS, RIDES) if sport in family), (sport,))
    candidates = [
        activity
        for activity in reversed(activities)
        if activity.id != reference.id
        and activity.facts.sport_type in sports
        and abs((activity.facts.distance or 0.0) - metres)
        <= MAX_DISTANCE_DIFFERENCE * max(activity.facts.distance or 0.0, metres)
    ]
    # In steps: the noise of the start must not decide which of two is newer.
    return sorted(candidates, key=lambda activity: round(_start_apart_m(reference, activity), -3))


def _start_apart_m(a: Activity, b: Activity) -> float:
    starts = [one.summary.get("start_latlng") for one in (a, b)]
    if all(isinstance(start, (list, tuple)) and len(start) == 2 for start in starts):
        return haversine_m(starts[0], starts[1])  # type: ignore[arg-type]
    return UNKNOWN_M


def _evidence(
    subject: Subject,
    activities: Sequence[Activity],
    estimated_from: Sequence[Activity],
    max_reads: int = MAX_READS,
) -> Evidence:
    """What the loads of these activities rest on.

    ``estimated_from``: activities that thresholds can be estimated from, in the order of their
    days; those of the time before are read if they are ``activities`` themselves.
    """
    source = subject.source
    days = [activity.day for activity in activities]
    is_complete = True
    if estimated_from is activities:
        wider = activities_before(subject, activities)
        estimated_from, is_complete = wider.activities, wider.is_complete
    else:
        estimated_from = [
            a for a in estimated_from if min(days) - MAX_HR_WINDOW <= a.day <= max(days)
        ]
    summaries = [activity.summary for activity in activities]
    kept = source.intensities(summaries, max_reads)
    bests = source.bests([activity.summary for activity in reversed(estimated_from)], 0).values
    values = thresholds(subject, estimated_from, bests)
    period, unread = Period(activities, is_complete), frozenset(kept.unread)
    notice = subject.notice_of_limit(unread or not is_complete)
    return Evidence(period, kept.values, bests, values, unread, notice)


def _likeness(first: int, routes: Mapping[int, Route]) -> dict[int, Likeness]:
    if first not in routes:
        return {}
    others = {number: route for number, route in routes.items() if number != first}
    return alike(routes[first], others)


def _gaps(
    subject: Subject, first: int, others: Sequence[int]
) -> tuple[dict[int, list[Passage]], dict[int, str]]:
    """The time gaps to the first, and why there is none."""
    gaps: dict[int, list[Passage]] = {}
    problems: dict[int, str] = {}
    if others:
        try:
            leader = _track(subject, first)
            for number in others:
                try:
                    gaps[number] = time_gap.time_gaps(leader, _track(subject, number))
                except Unmeasurable as exc:
                    problems[number] = str(exc)
        except Unmeasurable as exc:
            problems |= dict.fromkeys(others, str(exc))
    return gaps, problems


def _track(subject: Subject, number: int) -> Track:
    try:
        streams = subject.source.streams(number, STREAMS)
    except NotFound:
        raise Unmeasurable("nothing was recorded") from None
    except RateLimited as exc:
        raise Unmeasurable(f"its recording was not read: {exc}") from exc
    return time_gap.track(samples_of(streams))


def _with_trend(history: RouteHistory, same: Sequence[Activity]) -> RouteHistory:
    """Add the trend of the efficiency of the activities that went the same way."""
    intensities = history.comparison.evidence.intensities
    values = [(a, efficiency(a, intensities.get(a.id))) for a in same]
    measured = [(a, value) for a, value in values if value]
    days = [float((a.day - date(1970, 1, 1)).days) for a, _ in measured]
    try:
        result = trend(days, [value for _, value in measured])
    except Unmeasurable as exc:
        return replace(history, trend_problem=str(exc))
    rates = [a.facts.average_heartrate or 0.0 for a, _ in measured]
    return replace(history, trend=result, heart_rate=sum(rates) / len(rates))
