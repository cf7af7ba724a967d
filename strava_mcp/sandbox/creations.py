"""Activities that a caller adds: created by hand, or made from an uploaded recording."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from strava_mcp.json_types import JSON
from strava_mcp.sandbox import seasons
from strava_mcp.sandbox.athlete import Athlete
from strava_mcp.sports import legacy_type

#: Fields that only a DetailedActivity has.
DETAILS = (
    *("description", "laps", "splits_metric", "splits_standard", "segment_efforts"),
    *("best_efforts", "calories", "hide_from_home", "photos", "available_zones"),
)
COUNTS = ("achievement", "kudos", "comment", "photo", "total_photo", "pr")
LISTS = ("laps", "splits_metric", "splits_standard", "segment_efforts", "best_efforts")


@dataclass(frozen=True)
class NewActivity:
    """The fields of a new activity. ``start_local`` has no zone attached."""

    name: str
    sport: str
    start_local: datetime
    elapsed_s: int
    distance_m: float = 0.0
    description: str | None = None
    trainer: bool = False
    commute: bool = False
    external_id: str | None = None


def manual_activity(athlete: Athlete, activity_id: int, new: NewActivity) -> JSON:
    """An activity created by hand (DetailedActivity)."""
    return _activity(athlete, activity_id, new) | {
        "manual": True,
        "device_name": None,
        "upload_id": None,
        "upload_id_str": None,
    }


def uploaded_activity(athlete: Athlete, activity_id: int, upload_id: int, new: NewActivity) -> JSON:
    """The start of an activity made from a recording (DetailedActivity); see ``uploaded``."""
    return _activity(athlete, activity_id, new) | {
        "manual": False,
        "device_name": "Upload",
        "upload_id": upload_id,
        "upload_id_str": str(upload_id),
    }


def local_start(start_utc: datetime) -> datetime:
    """Convert a start in UTC to the time zone of the place where the athlete was that day."""
    approximate = start_utc + timedelta(seconds=seasons.offset_s(start_utc.date()))
    return start_utc + timedelta(seconds=seasons.offset_s(approximate.date()))


def summary(activity: JSON) -> JSON:
    """The SummaryActivity of one of these."""
    return {k: v for k, v in activity.items() if k not in DETAILS} | {"resource_state": 2}


def _activity(athlete: Athlete, activity_id: int, new: NewActivity) -> JSON:
    offset_s = seasons.offset_s(new.start_local.date())
    start_utc = new.start_local - timedelta(seconds=offset_s)
    return {
        "id": activity_id,
        "resource_state": 3,
        "athlete": {"id": athlete.id, "resource_state": 1},
        "name": new.name,
        "description": new.description,
        "distance": new.distance_m,
        "moving_time": new.elapsed_s,
        "elapsed_time": new.elapsed_s,
        "total_elevation_gain": 0.0,
        "type": legacy_type(new.sport),
        "sport_type": new.sport,
        "workout_type": None,
        "start_date": f"{start_utc.isoformat()}Z",
        "start_date_local": f"{new.start_local.isoformat()}Z",
        "timezone": seasons.place_of(new.start_local.date()).timezone,
        "utc_offset": float(offset_s),
        "map": {"id": f"a{activity_id}", "summary_polyline": "", "resource_state": 2},
        "start_latlng": [],
        "end_latlng": [],
        "trainer": new.trainer,
        "commute": new.commute,
        "private": False,
        "visibility": "everyone",
        "flagged": False,
        "gear_id": None,
        "average_speed": round(new.distance_m / new.elapsed_s, 3),
        "max_speed": 0.0,
        "has_heartrate": False,
        "external_id": new.external_id,
        **{f"{count}_count": 0 for count in COUNTS},
        "athlete_count": 1,
        "has_kudoed": False,
        "photos": {"primary": None, "count": 0},
        "calories": 0.0,
        "hide_from_home": False,
        **{name: [] for name in (*LISTS, "available_zones")},
    }
