"""What an answer about a period rests on: its activities, their metrics, loads and thresholds.

Where each recording costs a request (the live API), at most ``MAX_READS`` are read, newest first;
the rest is estimated from the averages of the list, and the next question goes on from there.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from strava_mcp.analysis.athlete_settings import Name
from strava_mcp.analysis.candidates import MAX_HR_WINDOW
from strava_mcp.analysis.loads import THRESHOLDS_OF, Load, NoLoad, loads_of
from strava_mcp.analysis.period import Activity, Period, activities_between
from strava_mcp.analysis.subject import MAX_READS, Subject
from strava_mcp.analysis.thresholds import Basis, Threshold, Thresholds, thresholds, worst
from strava_mcp.errors import RateLimited
from strava_mcp.json_types import JSON
from strava_mcp.training.activity_metrics import Bests, Intensity

NOT_REACHED = "older activities were not reached"
ASK_AGAIN = "ask again: the next recordings are read then"


@dataclass(frozen=True)
class Coverage:
    """What an answer has seen.

    ``activities``: how many; of them ``recorded`` with a recording that was read, ``heart_rate``
    and ``power`` with these; ``estimated``: loads from averages; ``without_load``: reason → how
    many; ``unread``: recordings that were not read because each costs a request;
    ``unread_before``: the same of earlier days, which the answer rests on too. ``is_complete``:
    False if the oldest activities are missing. ``limit_notice``: the limit of Strava that reading
    ended at (see ``Source``); ``profile_problem``: why Strava's profile was not read, with the
    thresholds in it; both empty if nothing is missing for that reason.
    """

    activities: int
    recorded: int
    heart_rate: int
    power: int
    estimated: int
    without_load: Mapping[str, int]
    unread: int
    is_complete: bool
    unread_before: int = 0
    limit_notice: str = ""
    profile_problem: str = ""

    def notes(self) -> list[str]:
        """What is missing and when to ask for it, in sentences."""
        notes = []
        if self.unread:
            notes.append(f"Recordings not read yet: {self.unread}; ask again for them.")
        if not self.is_complete:
            notes.append("Older activities were not reached; ask again for them.")
        if self.limit_notice and notes:
            notes = [note.replace("; ask again for them", "") for note in notes]
            notes.append(self.limit_notice)
        if self.profile_problem:
            notes.append(f"Strava's profile was not read: {self.profile_problem}")
        return notes

    def to_json(self) -> JSON:
        """The coverage as a reply says it; what is 0 or usual is left out."""
        counts: JSON = {
            "activities": self.activities,
            "recorded": self.recorded,
            "with_heart_rate": self.heart_rate,
            "with_power": self.power,
            "load_estimated_from_averages": self.estimated,
            "without_load": dict(self.without_load),
            "recordings_not_read_yet": self.unread,
            "earlier_recordings_not_read_yet": self.unread_before,
        }
        reply = {key: value for key, value in counts.items() if value}
        reply.setdefault("activities", 0)
        if not self.is_complete:
            reply["incomplete"] = NOT_REACHED
        if self.profile_problem:
            reply["profile_not_read"] = self.profile_problem
        if self.unread or self.unread_before or not self.is_complete:
            reply["continue"] = self.limit_notice or ASK_AGAIN
        return reply


@dataclass(frozen=True)
class Evidence:
    """The activities of a period with all that is known of them."""

    period: Period
    intensities: Mapping[int, Intensity]
    bests: Mapping[int, Bests]
    thresholds: Thresholds
    unread: Collection[int]
    limit_notice: str = ""

    @cached_property
    def loads(self) -> dict[int, Load | NoLoad]:
        """The load of each activity by its id."""
        return loads_of(self.period.activities, self.intensities, self.thresholds)

    def load(self, activity: Activity) -> float:
        """The load of an activity, 0 where it has none (see ``coverage``)."""
        load = self.loads[activity.id]
        return load.value if isinstance(load, Load) else 0.0

    def basis(self, activities: Collection[Activity]) -> Basis | None:
        """The worst basis of the loads of these activities; None without any load."""
        bases = [load.basis for a in activities if isinstance(load := self.loads[a.id], Load)]
        return worst(*bases) if bases else None

    def thresholds_of_loads(self, day: date) -> dict[Name, Threshold]:
        """The thresholds that the loads rest on, as of a day.

        Without the resting heart rate, which changes a load least.
        """
        kinds = {load.kind for load in self.loads.values() if isinstance(load, Load)}
        names = [name for kind in THRESHOLDS_OF if kind in kinds for name in THRESHOLDS_OF[kind]]
        values = {name: self.thresholds.at(name, day) for name in names if name != "rest_hr"}
        return {name: threshold for name, threshold in values.items() if threshold}

    def coverage(self, counts: Callable[[Activity], bool] = lambda _: True) -> Coverage:
        """What was seen of the activities for which ``counts`` is true."""
        activities = [activity for activity in self.period.activities if counts(activity)]
        intensities = [self.intensities.get(activity.id) for activity in activities]
        loads = [self.loads[activity.id] for activity in activities]
        reasons: dict[str, int] = {}
        for load in loads:
            if isinstance(load, NoLoad):
                reasons[load.reason] = reasons.get(load.reason, 0) + 1
        return Coverage(
            activities=len(activities),
            recorded=sum(one is not None for one in intensities),
            heart_rate=sum(bool(one and one.heart_rate) for one in intensities),
            power=sum(bool(one and one.normalized_w is not None) for one in intensities),
            estimated=sum(isinstance(load, Load) and load.is_estimate for load in loads),
            without_load=reasons,
            unread=sum(activity.id in self.unread for activity in activities),
            is_complete=self.period.is_complete,
            limit_notice=self.limit_notice,
            profile_problem=self.thresholds.profile_problem,
        )


def gather(
    subject: Subject,
    first: date | None,
    last: date,
    sports: Collection[str] | None = None,
    max_reads: int = MAX_READS,
) -> Evidence:
    """Read a period of local days (``first`` None: from the beginning).

    Thresholds are estimated from up to a year before each activity, which is read as well: an
    activity has the same load in every period.
    """
    wider = activities_between(subject.source, first and first - MAX_HR_WINDOW, last)
    inside = [
        activity
        for activity in wider.activities
        if (first is None or activity.day >= first)
        and (sports is None or activity.facts.sport_type in sports)
    ]
    return _read(subject, wider, inside, max_reads)


def gather_for(subject: Subject, activities: Sequence[Activity]) -> Evidence:
    """What is known of some activities, at least one; see ``gather``. No other is read."""
    wider = activities_before(subject, activities)
    return _read(subject, wider, sorted(activities, key=lambda activity: activity.day))


def activities_before(subject: Subject, activities: Sequence[Activity]) -> Period:
    """The activities that the thresholds of some are estimated from.

    Where a rate limit ends the reading of the list, only these themselves.
    """
    days = [activity.day for activity in activities]
    try:
        return activities_between(subject.source, min(days) - MAX_HR_WINDOW, max(days))
    except RateLimited:
        return Period(sorted(activities, key=lambda activity: activity.day), False)


def _read(
    subject: Subject, wider: Period, inside: Sequence[Activity], max_reads: int = MAX_READS
) -> Evidence:
    """Read what ``inside`` needs. ``wider``: the activities that thresholds are estimated from."""
    source = subject.source
    bests = source.bests(wider.summaries(), 0).values
    period = Period(inside, wider.is_complete)
    kept = source.intensities(period.summaries(), max_reads)
    if kept.values.keys() - bests.keys():  # what was read just now says something about thresholds
        bests = source.bests(wider.summaries(), 0).values
    values = thresholds(subject, wider.activities, bests)
    unread = frozenset(kept.unread)
    notice = subject.notice_of_limit(unread or not period.is_complete)
    return Evidence(period, kept.values, bests, values, unread, notice)


def per_day(evidence: Evidence, first: date, last: date) -> list[float]:
    """The load of each local day from ``first`` to ``last``, 0 on days without any."""
    loads = [0.0] * ((last - first).days + 1)
    for activity in evidence.period.activities:
        if first <= activity.day <= last:
            loads[(activity.day - first) // timedelta(days=1)] += evidence.load(activity)
    return loads
