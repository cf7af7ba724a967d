"""Replies to one athlete's own questions: activities with their changes, in order, by page."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from strava_mcp.json_types import JSON
from strava_mcp.sandbox import activities, calendar, creations
from strava_mcp.sandbox.athlete import Athlete
from strava_mcp.sandbox.gear import summary_gear
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sandbox.state import State
from strava_mcp.sports import legacy_type
from strava_mcp.training.activity_stats import activity_stats

#: The time zone farthest ahead: tomorrow's plans may have begun there.
MAX_AHEAD_S = 14 * 3600


class Views:
    """What an athlete has done, as of now. ``now``: seconds since the epoch."""

    def __init__(self, athlete: Athlete, state: State, now: Callable[[], float]) -> None:
        self._athlete = athlete
        self._state = state
        self._now = now

    def page(self, before: float, after: float, page: int, size: int, private: bool) -> list[JSON]:
        """A page of summaries; with ``after`` the oldest come first, as with Strava.

        ``after`` is -inf for none. ``private``: include what only the athlete may see.
        """
        found = [(at, item) for at, item in self._all() if after < at < before]
        found = [one for one in found if private or not _is_private(one[1])]
        found.sort(key=lambda one: one[0], reverse=after == float("-inf"))
        chosen = found[(page - 1) * size : page * size]
        changes = self._state.all_changes()
        return [_changed(_summary(item), changes) for _, item in chosen]

    def detail(self, activity_id: int, private: bool, all_efforts: bool = False) -> JSON | None:
        """One activity, or None where there is none or it is not visible."""
        item = self.find(activity_id, private)
        if item is None:
            return None
        found = activities.detail(item, all_efforts) if isinstance(item, Plan) else item
        found = _changed(found, {activity_id: self._state.changes(activity_id)})
        gear_id = found["gear_id"]
        return found | {"gear": summary_gear(gear_id)} if gear_id else found

    def find(self, activity_id: int, private: bool) -> Plan | JSON | None:
        """The plan of a visible activity, or what was created."""
        plan = calendar.find(activity_id)
        item = plan or self._state.created_one(activity_id)
        if item is None or (_is_private(item) and not private):
            return None
        return item if plan is None or self._began(plan) and plan.athlete is self._athlete else None

    def plans(self, private: bool) -> list[Plan]:
        """The visible activities of the calendar, newest first."""
        found = [item for _, item in self._all() if isinstance(item, Plan)]
        return [plan for plan in reversed(found) if private or not _is_private(plan)]

    def stats(self) -> JSON:
        """Recent, year-to-date and all-time totals (ActivityStats)."""
        changes = self._state.all_changes()
        summaries = [_changed(_summary(item), changes) for _, item in self._all()]
        stats: JSON = dict(activity_stats(summaries, datetime.fromtimestamp(self._now(), UTC)))
        for name in stats:
            if name.startswith("recent_"):
                stats[name]["achievement_count"] = 0
        return stats

    def gear_distance_m(self) -> dict[str, float]:
        """Metres on each bike and pair of shoes within the three years."""
        found: dict[str, float] = {}
        changes = self._state.all_changes()
        for _, item in self._all():
            number, usual, metres = (
                (item.id, item.gear_id, item.distance_m)
                if isinstance(item, Plan)
                else (item["id"], item["gear_id"], item["distance"])
            )
            gear_id = changes.get(number, {}).get("gear_id", usual)
            if gear_id:
                found[gear_id] = found.get(gear_id, 0.0) + metres
        return found

    def _all(self) -> Iterator[tuple[float, Plan | JSON]]:
        """Everything that has begun, with its start in seconds since the epoch."""
        today = datetime.fromtimestamp(self._now() + MAX_AHEAD_S, UTC).date()
        for plan in calendar.plans(today, self._athlete):
            if self._began(plan):
                yield plan.began_at, plan
        for item in self._state.created():
            yield datetime.fromisoformat(item["start_date"]).timestamp(), item

    def _began(self, plan: Plan) -> bool:
        """Whether a plan is over by now, and within the three years."""
        ended_at = plan.began_at + plan.elapsed_s
        return self._now() - calendar.DAYS * 86400 <= plan.began_at and ended_at <= self._now()


def _is_private(item: Plan | JSON) -> bool:
    visibility: str = item.visibility if isinstance(item, Plan) else item["visibility"]
    return visibility == "only_me"


def _summary(item: Plan | JSON) -> JSON:
    return activities.summary(item) if isinstance(item, Plan) else creations.summary(item)


def _changed(activity: JSON, changes: dict[int, JSON]) -> JSON:
    """An activity with the athlete's later changes; a summary keeps to its fields."""
    changed = changes.get(activity["id"], {})
    known = {k: v for k, v in changed.items() if k in activity}
    if "sport_type" in known:
        known["type"] = legacy_type(known["sport_type"])
    return activity | known
