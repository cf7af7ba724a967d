"""Activities that a caller made: by hand from a form, or by uploading a recording."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from strava_mcp.json_types import JSON
from strava_mcp.sandbox import seasons
from strava_mcp.sandbox.athlete import Athlete
from strava_mcp.sports import legacy_type

#: What only the detail of an activity has.
DETAILS = (
    *("description", "laps", "splits_metric", "splits_standard", "segment_efforts"),
    *("best_efforts", "calories", "hide_from_home", "photos", "available_zones"),
)


def by_hand(
    athlete: Athlete, activity_id: int, start_local: datetime, fields: Mapping[str, Any]
) -> JSON:
    """A manual activity (DetailedActivity) that began at a local time."""
    return _activity(athlete, activity_id, start_local, fields) | {
        "manual": True,
        "device_name": None,
        "upload_id": None,
        "upload_id_str": None,
    }


def by_upload(
    athlete: Athlete, activity_id: int, upload_id: int, fields: Mapping[str, Any]
) -> JSON:
    """What a recording gave (DetailedActivity). ``fields["start"]``: its begin in UTC.

    It is placed in the time zone where the athlete was that day. Its samples are not kept.
    """
    start = datetime.fromisoformat(fields["start"])
    local = start + timedelta(seconds=seasons.offset_s(start.date()))
    return _activity(athlete, activity_id, local, fields) | {
        "start_date": f"{start.isoformat()}Z",
        "manual": False,
        "device_name": "Upload",
        "upload_id": upload_id,
        "upload_id_str": str(upload_id),
    }


def summary(activity: JSON) -> JSON:
    """The SummaryActivity of a created one."""
    return {k: v for k, v in activity.items() if k not in DETAILS} | {"resource_state": 2}


def _activity(
    athlete: Athlete, activity_id: int, start_local: datetime, fields: Mapping[str, Any]
) -> JSON:
    distance_m, elapsed_s = float(fields.get("distance") or 0), int(fields["elapsed_time"])
    offset_s = seasons.offset_s(start_local.date())
    start = start_local - timedelta(seconds=offset_s)
    sport = fields["sport_type"]
    found: JSON = {
        "id": activity_id,
        "resource_state": 3,
        "athlete": {"id": athlete.id, "resource_state": 1},
        "name": fields["name"],
        "description": fields.get("description"),
        "distance": distance_m,
        "moving_time": elapsed_s,
        "elapsed_time": elapsed_s,
        "total_elevation_gain": 0.0,
        "type": legacy_type(sport),
        "sport_type": sport,
        "workout_type": None,
        "start_date": f"{start.isoformat()}Z",
        "start_date_local": f"{start_local.isoformat()}Z",
        "timezone": seasons.place_of(start_local.date()).timezone,
        "utc_offset": float(offset_s),
        "map": {"id": f"a{activity_id}", "summary_polyline": "", "resource_state": 2},
        "start_latlng": [],
        "end_latlng": [],
        "trainer": bool(fields.get("trainer")),
        "commute": bool(fields.get("commute")),
        "private": False,
        "visibility": "everyone",
        "flagged": False,
        "gear_id": None,
        "average_speed": round(distance_m / elapsed_s, 3),
        "max_speed": 0.0,
        "has_heartrate": False,
        "external_id": fields.get("external_id"),
    }
    counts = ("achievement", "kudos", "comment", "photo", "total_photo", "pr")
    found |= {f"{count}_count": 0 for count in counts} | {"athlete_count": 1, "has_kudoed": False}
    found |= {"photos": {"primary": None, "count": 0}, "calories": 0.0, "hide_from_home": False}
    lists = ("laps", "splits_metric", "splits_standard", "segment_efforts", "best_efforts")
    return found | {name: [] for name in (*lists, "available_zones")}
