"""An athlete's activities as of now: the calendar's and those that callers added or changed."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import NamedTuple

from strava_mcp.json_types import JSON
from strava_mcp.sandbox import activities, calendar, creations, recording, uploaded
from strava_mcp.sandbox.athlete import Athlete
from strava_mcp.sandbox.gear import summary_gear
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sandbox.recording import Streams
from strava_mcp.sandbox.state import State
from strava_mcp.sports import legacy_type
from strava_mcp.training.activity_stats import activity_stats
from strava_mcp.training.local_days import home_time_zone, today_in

#: The offset of the easternmost time zone.
MAX_OFFSET_S = 14 * 3600
DAY_S = 86_400


class Entry(NamedTuple):
    """A planned activity, or one that was created (DetailedActivity).

    ``began_at``: seconds since the epoch.
    """

    began_at: float
    activity: Plan | JSON


class History:
    """An athlete's activities. ``now``: seconds since the epoch."""

    def __init__(self, athlete: Athlete, state: State, now: Callable[[], float]) -> None:
        self._athlete = athlete
        self._state = state
        self._now = now

    def page(self, before: float, after: float, page: int, size: int, private: bool) -> list[JSON]:
        """A page of summaries, newest first; oldest first if ``after`` is given, as with Strava.

        ``before`` and ``after``: seconds since the epoch; ``after`` is -inf for no bound.
        ``private``: include activities that only the athlete may see.
        """
        entries = [
            entry
            for entry in self._entries()
            if after < entry.began_at < before and (private or not _is_private(entry.activity))
        ]
        entries.sort(key=lambda entry: entry.began_at, reverse=after == float("-inf"))
        changes = self._state.all_changes()
        return [
            _with_changes(_summary(entry.activity), changes)
            for entry in entries[(page - 1) * size : page * size]
        ]

    def detail(self, activity_id: int, private: bool, all_efforts: bool = False) -> JSON | None:
        """One activity (DetailedActivity); None if it does not exist or is not visible."""
        item = self.find(activity_id, private)
        if item is None:
            return None
        detail = activities.detail(item, all_efforts) if isinstance(item, Plan) else item
        detail = _with_changes(detail, {activity_id: self._state.changes(activity_id)})
        gear_id = detail["gear_id"]
        if not gear_id:
            return detail
        distance_m = self.gear_distances_m().get(gear_id, 0.0)
        return detail | {"gear": summary_gear(gear_id, self.today(), distance_m)}

    def find(self, activity_id: int, private: bool) -> Plan | JSON | None:
        """A visible activity: its plan, or the one that was created."""
        plan = calendar.find(activity_id)
        item = plan or self._state.created_activity(activity_id)
        if item is None or (_is_private(item) and not private):
            return None
        is_own = plan is None or (self._is_over(plan) and plan.athlete is self._athlete)
        return item if is_own else None

    def streams(self, activity_id: int, private: bool) -> Streams | None:
        """The recording of a visible activity: empty without one; None if it is not visible."""
        item = self.find(activity_id, private)
        if item is None:
            return None
        if isinstance(item, Plan):
            return recording.streams(item)
        packed = self._state.recording(activity_id)
        return uploaded.unpacked(packed) if packed else {}

    def plans(self, private: bool) -> list[Plan]:
        """The visible activities of the calendar, newest first."""
        plans = [entry.activity for entry in self._entries() if isinstance(entry.activity, Plan)]
        return [plan for plan in reversed(plans) if private or not _is_private(plan)]

    def stats(self) -> JSON:
        """Recent, year-to-date and all-time totals (ActivityStats)."""
        changes = self._state.all_changes()
        entries = sorted(self._entries(), key=lambda entry: entry.began_at, reverse=True)
        summaries = [_with_changes(_summary(entry.activity), changes) for entry in entries]
        today = today_in(home_time_zone(summaries), self._now())
        stats: JSON = dict(activity_stats(summaries, today))
        for name in stats:
            if name.startswith("recent_"):
                stats[name]["achievement_count"] = 0
        return stats

    def gear_distances_m(self) -> dict[str, float]:
        """Metres within the three years, by the id of a bike or a pair of shoes."""
        distances: dict[str, float] = {}
        changes = self._state.all_changes()
        for _, item in self._entries():
            activity_id, planned_id, distance_m = (
                (item.id, item.gear_id, item.distance_m)
                if isinstance(item, Plan)
                else (item["id"], item["gear_id"], item["distance"])
            )
            gear_id = changes.get(activity_id, {}).get("gear_id", planned_id)
            if gear_id:
                distances[gear_id] = distances.get(gear_id, 0.0) + distance_m
        return distances

    def today(self) -> date:
        """The date in the easternmost time zone, where tomorrow's plans may have begun."""
        return datetime.fromtimestamp(self._now() + MAX_OFFSET_S, UTC).date()

    def _entries(self) -> Iterator[Entry]:
        """All activities: the calendar's that are over, oldest first, then the created ones."""
        for plan in calendar.plans(self.today(), self._athlete):
            if self._is_over(plan):
                yield Entry(plan.began_at, plan)
        for item in self._state.created_activities():
            yield Entry(datetime.fromisoformat(item["start_date"]).timestamp(), item)

    def _is_over(self, plan: Plan) -> bool:
        """Whether an activity is over by now, and within the three years."""
        now = self._now()
        return now - calendar.DAYS * DAY_S <= plan.began_at <= now - plan.elapsed_s


def _is_private(item: Plan | JSON) -> bool:
    visibility: str = item.visibility if isinstance(item, Plan) else item["visibility"]
    return visibility == "only_me"


def _summary(item: Plan | JSON) -> JSON:
    return activities.summary(item) if isinstance(item, Plan) else creations.summary(item)


def _with_changes(activity: JSON, all_changes: dict[int, JSON]) -> JSON:
    """Apply the athlete's later changes; a summary takes only those of its own fields."""
    changes = all_changes.get(activity["id"], {})
    applied = {name: value for name, value in changes.items() if name in activity}
    if "sport_type" in applied:
        applied["type"] = legacy_type(applied["sport_type"])
    return activity | applied
