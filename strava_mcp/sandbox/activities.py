"""Planned activities in Strava's shape: summaries from plans, details from their recordings too."""

from strava_mcp.json_types import JSON
from strava_mcp.sandbox import activity_zones, efforts, laps, segments, weather
from strava_mcp.sandbox.courses import extremes, polyline, positions, shifted
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sports import VIRTUAL, legacy_type
from strava_mcp.units import METRES_PER_KM, METRES_PER_MILE

#: As an athlete sets it in Strava's form: 1 to 3 on foot, 11 and 12 on a bike.
WORKOUT_TYPES = {
    ("Run", "race"): 1,
    ("Run", "long"): 2,
    ("TrailRun", "long"): 2,
    ("Run", "interval"): 3,
    ("Run", "easy"): 0,
    ("Ride", "tempo"): 12,
    ("VirtualRide", "tempo"): 12,
}
TIME_TRIAL = 11
DEVICES = {"VirtualRide": "Zwift", "Ride": "Garmin Edge 840", "GravelRide": "Garmin Edge 840"}
#: Points of the polylines.
SUMMARY_POINTS, DETAIL_POINTS = 100, 301


def summary(plan: Plan) -> JSON:
    """An activity as a SummaryActivity."""
    return _basics(plan) | _social(plan) | _map(plan) | _sensors(plan)


def detail(plan: Plan, all_efforts: bool = False) -> JSON:
    """An activity as a DetailedActivity. ``all_efforts``: include efforts on flat segments."""
    result = summary(plan) | {
        "resource_state": 3,
        "description": plan.description or None,
        "calories": float(plan.calories),
        "hide_from_home": False,
        "segment_leaderboard_opt_out": False,
        "leaderboard_opt_out": False,
        "private_note": plan.private_note or None,
        "perceived_exertion": plan.perceived_exertion,
        "prefer_perceived_exertion": False,
        "photos": {"primary": None, "count": plan.photos},
        "stats_visibility": [],
        "available_zones": activity_zones.zone_types(plan),
        "embed_token": f"sandbox{plan.id:x}",
        "laps": laps.laps(plan),
        "splits_metric": laps.splits(plan, METRES_PER_KM),
        "splits_standard": laps.splits(plan, METRES_PER_MILE),
        "best_efforts": efforts.best_efforts(plan),
        "segment_efforts": segments.efforts(plan, all_efforts),
    }
    if plan.has_track and not plan.indoor:  # Strava's page has it, its API does not
        result["weather"] = weather.reported(plan.place, plan.start_local, plan.began_at)
    if plan.has_track and plan.course:
        result["map"] |= {"polyline": polyline(plan.course, DETAIL_POINTS), "resource_state": 3}
    return result


def _basics(plan: Plan) -> JSON:
    """Sport, totals, time and place."""
    return {
        "id": plan.id,
        "resource_state": 2,
        "athlete": {"id": plan.athlete.id, "resource_state": 1},
        "name": plan.name,
        "distance": plan.distance_m,
        "moving_time": plan.moving_s,
        "elapsed_time": plan.elapsed_s,
        "total_elevation_gain": plan.ascent_m,
        "type": legacy_type(plan.sport),
        "sport_type": plan.sport,
        "workout_type": _workout_type(plan),
        "device_name": DEVICES.get(plan.sport, plan.athlete.watch) if plan.upload_id else None,
        "start_date": f"{plan.start_utc.isoformat()}Z",
        "start_date_local": f"{plan.start_local.isoformat()}Z",
        "timezone": plan.place.timezone,
        "utc_offset": float(plan.offset_s),
        "location_city": None,
        "location_state": None,
        "location_country": None,
        "trainer": plan.indoor and plan.sport in ("Run", "VirtualRide"),
        "commute": plan.commute,
        "manual": plan.manual,
        "private": plan.visibility == "only_me",
        "visibility": plan.visibility,
        "flagged": False,
        "gear_id": plan.gear_id,
        "average_speed": round(plan.mean_speed, 3),
        "max_speed": plan.top_speed if plan.is_recorded else 0.0,
        "upload_id": plan.upload_id,
        "upload_id_str": str(plan.upload_id) if plan.upload_id else None,
        "external_id": f"garmin_ping_{plan.upload_id}" if plan.upload_id else None,
    }


def _workout_type(plan: Plan) -> int | None:
    """What the athlete chose in the form; None where she left it alone."""
    if plan.workout == "time trial":
        return TIME_TRIAL
    chosen = WORKOUT_TYPES.get((plan.sport, plan.kind))
    return None if plan.manual and chosen == 0 else chosen


def _social(plan: Plan) -> JSON:
    """Kudos, comments and photos."""
    is_private = plan.visibility == "only_me"
    return {
        "achievement_count": 2 if plan.kind == "race" else 0,
        "pr_count": 0,
        "kudos_count": 0 if is_private else plan.id % 17,
        "comment_count": 0 if is_private else max(0, plan.id % 5 - 2),
        "athlete_count": 1 + plan.id % 2,
        "photo_count": 0,
        "total_photo_count": plan.photos,
        "from_accepted_tag": False,
        "has_kudoed": False,
    }


def _map(plan: Plan) -> JSON:
    course = plan.course if plan.has_track else None
    line = polyline(course, SUMMARY_POINTS) if course else ""
    return {
        "map": {"id": f"a{plan.id}", "summary_polyline": line, "resource_state": 2},
        "start_latlng": _measured_at(plan, 0.0) if course else [],
        "end_latlng": _measured_at(plan, 1.0) if course else [],
    }


def _measured_at(plan: Plan, fraction: float) -> list[float]:
    """Where the receiver places the start or the end of the course."""
    assert plan.course
    (point,) = positions(plan.course, [fraction])
    is_real = plan.sport not in VIRTUAL
    lat, lng = shifted(point, *plan.first_fix) if is_real else point
    return [round(lat, 6), round(lng, 6)]


def _sensors(plan: Plan) -> JSON:
    """Averages and extremes of heart rate, temperature, cadence, altitude and power."""
    result: JSON = {
        "has_heartrate": plan.has_heart_rate,
        "heartrate_opt_out": False,
        "display_hide_heartrate_option": plan.has_heart_rate,
    }
    if plan.has_heart_rate:
        result |= {
            "average_heartrate": float(plan.heart_rate),
            "max_heartrate": float(plan.top_heart_rate),
            "suffer_score": float(plan.suffer_score),
        }
    if plan.is_recorded and plan.distance_m:
        result["average_cadence"] = round(plan.cadence, 1)
        if plan.athlete.has_barometer:
            result["average_temp"] = plan.mean_temperature
    if plan.is_recorded and plan.course:
        low, high, end_m = extremes(plan.course)
        drift = plan.barometer_drift
        lows, highs = ((height + drift * where, end_m + drift) for height, where in (low, high))
        result |= {"elev_high": round(max(highs), 1), "elev_low": round(min(lows), 1)}
    if plan.watts:
        result |= {
            "average_watts": plan.watts,
            "kilojoules": plan.kilojoules,
            "device_watts": plan.has_meter,
        }
    if plan.has_meter:
        result |= {"weighted_average_watts": plan.weighted_watts, "max_watts": plan.top_watts}
    return result
