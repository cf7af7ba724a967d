"""Replies to one athlete's own questions: activities with their changes, in order, by page."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from strava_mcp.strava.sandbox import activities, recording
from strava_mcp.strava.sandbox.athlete import ATHLETE_ID
from strava_mcp.strava.sandbox.calendar import Plan, plans
from strava_mcp.strava.sandbox.state import State

JSON = dict[str, Any]

RUNS, RIDES, SWIMS = ("Run", "TrailRun"), ("Ride", "VirtualRide", "GravelRide"), ("Swim",)
RESOLUTIONS = {"low": 100, "medium": 1000, "high": 10000}
#: What Strava gives as whole numbers stays so; every stream type it knows.
STREAM_TYPES = (
    *("time", "distance", "latlng", "altitude", "velocity_smooth", "heartrate", "cadence"),
    *("watts", "temp", "moving", "grade_smooth"),
)
RECENT_S = 28 * 86400


class Views:
    """What the athlete has done, as of now. ``now``: seconds since the epoch."""

    def __init__(self, state: State, now: Callable[[], float]) -> None:
        self._state = state
        self._now = now

    def page(self, before: float, after: float, page: int, size: int, private: bool) -> list[JSON]:
        """A page of summaries; with ``after`` the oldest come first, as with Strava."""
        found = [item for item in self._all(private) if after < item[0] < before]
        found.sort(key=lambda item: item[0], reverse=after < 0)
        changes = self._state.all_changes()
        chosen = found[(page - 1) * size : page * size]
        return [_changed(_summary(item), changes) for _, item in chosen]

    def detail(self, activity_id: int, private: bool, all_efforts: bool = False) -> JSON | None:
        """One activity, or None where there is none or it is not visible."""
        item = self.find(activity_id)
        if item is None:
            return None
        found = activities.detail(item, all_efforts) if isinstance(item, Plan) else dict(item)
        found = _changed(found, {activity_id: self._state.changes(activity_id)})
        return None if found["private"] and not private else found

    def find(self, activity_id: int) -> Plan | JSON | None:
        """The plan of an activity, or what was created."""
        for _, item in self._all(True):
            if (item.id if isinstance(item, Plan) else item["id"]) == activity_id:
                return item
        return None

    def streams(self, plan: Plan, keys: list[str], resolution: str | None) -> dict[str, JSON]:
        """Streams by type (StreamSet), thinned where a resolution asks for it."""
        recorded = recording.streams(plan)
        if not recorded:
            return {}
        size = len(recorded["time"])
        most = RESOLUTIONS.get(resolution or "", size)
        step = max(1, -(-size // most))
        series = "distance" if "distance" in recorded else "time"
        wanted = [key for key in STREAM_TYPES if key in recorded and (key in keys or key == series)]
        return {
            key: {
                "data": recorded[key][::step],
                "series_type": series,
                "original_size": size,
                "resolution": resolution or "high",
            }
            for key in wanted
        }

    def stats(self) -> JSON:
        """Recent, year-to-date and all-time totals (ActivityStats)."""
        year = datetime.fromtimestamp(self._now(), UTC).replace(month=1, day=1, hour=0, minute=0)
        spans = {"recent": self._now() - RECENT_S, "ytd": year.timestamp(), "all": 0.0}
        found: JSON = {}
        for sport, sports in (("ride", RIDES), ("run", RUNS), ("swim", SWIMS)):
            for span, since in spans.items():
                done = [_summary(i) for at, i in self._all(True) if at >= since]
                done = [item for item in done if item["sport_type"] in sports]
                found[f"{span}_{sport}_totals"] = _totals(done, span == "recent")
                if span == "all" and sport == "ride":
                    found["biggest_ride_distance"] = max((i["distance"] for i in done), default=0.0)
                    found["biggest_climb_elevation_gain"] = max(
                        (i["total_elevation_gain"] for i in done), default=0.0
                    )
        return found

    def gear_distance_m(self) -> dict[str, int]:
        """Metres on each bike and pair of shoes within the three years."""
        found: dict[str, float] = {}
        for _, item in self._all(True):
            summary = item if isinstance(item, dict) else None
            gear = summary.get("gear_id") if summary else item.gear_id  # type: ignore[union-attr]
            metres = summary["distance"] if summary else item.distance_m  # type: ignore[union-attr]
            if gear:
                found[gear] = found.get(gear, 0.0) + metres
        return {gear: round(metres) for gear, metres in found.items()}

    def _all(self, private: bool) -> list[tuple[float, Plan | JSON]]:
        """Everything that has begun, with its start in seconds since the epoch."""
        now = self._now()
        today = datetime.fromtimestamp(now + 14 * 3600, UTC).date()  # it is tomorrow somewhere
        found: list[tuple[float, Plan | JSON]] = [
            (plan.start_utc.replace(tzinfo=UTC).timestamp(), plan)
            for plan in plans(today)
            if private or plan.visibility != "only_me"
        ]
        found += [
            (datetime.fromisoformat(item["start_date"]).timestamp(), item)
            for item in self._state.created()
        ]
        return [(at, item) for at, item in found if at <= now]


def _summary(item: Plan | JSON) -> JSON:
    if isinstance(item, Plan):
        return activities.summary(item)
    return {k: v for k, v in item.items() if k not in ("description", "laps", "segment_efforts")}


def _changed(activity: JSON, changes: dict[int, JSON]) -> JSON:
    """An activity with the athlete's later changes."""
    changed = changes.get(activity["id"], {})
    known = {k: v for k, v in changed.items() if k in activity or activity["resource_state"] == 3}
    if "sport_type" in known:
        known["type"] = activities.OLD_TYPES.get(known["sport_type"], known["sport_type"])
    return activity | known


def _totals(done: list[JSON], recent: bool) -> JSON:
    found: JSON = {
        "count": len(done),
        "distance": round(sum(item["distance"] for item in done), 1),
        "moving_time": sum(item["moving_time"] for item in done),
        "elapsed_time": sum(item["elapsed_time"] for item in done),
        "elevation_gain": round(sum(item["total_elevation_gain"] for item in done), 1),
    }
    return found | ({"achievement_count": 0} if recent else {})


def created(fields: JSON, activity_id: int, device: str | None) -> JSON:
    """A DetailedActivity from the fields of a form or a file; without a recording."""
    distance, elapsed = float(fields.get("distance", 0)), int(fields["elapsed_time"])
    start = str(fields["start_date_local"]).removesuffix("Z")
    sport = fields["sport_type"]
    return {
        "id": activity_id,
        "resource_state": 3,
        "athlete": {"id": ATHLETE_ID, "resource_state": 1},
        "name": fields["name"],
        "description": fields.get("description"),
        "distance": distance,
        "moving_time": elapsed,
        "elapsed_time": elapsed,
        "total_elevation_gain": float(fields.get("total_elevation_gain", 0)),
        "type": activities.OLD_TYPES.get(sport, sport),
        "sport_type": sport,
        "workout_type": None,
        "start_date": f"{start}Z",
        "start_date_local": f"{start}Z",
        "timezone": "(GMT+00:00) GMT",
        "utc_offset": 0.0,
        "achievement_count": 0,
        "kudos_count": 0,
        "comment_count": 0,
        "athlete_count": 1,
        "photo_count": 0,
        "total_photo_count": 0,
        "map": {"id": f"a{activity_id}", "summary_polyline": "", "resource_state": 2},
        "start_latlng": [],
        "end_latlng": [],
        "trainer": bool(fields.get("trainer")),
        "commute": bool(fields.get("commute")),
        "manual": device is None,
        "private": False,
        "visibility": "everyone",
        "flagged": False,
        "gear_id": None,
        "device_name": device,
        "average_speed": round(distance / elapsed, 3) if elapsed else 0.0,
        "max_speed": 0.0,
        "has_heartrate": False,
        "has_kudoed": False,
        "hide_from_home": False,
        "calories": 0.0,
        "external_id": fields.get("external_id"),
        "upload_id": fields.get("upload_id"),
        "laps": [],
        "segment_efforts": [],
    }
