"""Activities as Strava tells them: summaries from plans, details from plans and recordings."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from strava_mcp.strava.sandbox import recording, segments
from strava_mcp.strava.sandbox.athlete import (
    ATHLETE_ID,
    GEAR,
    HEART_RATE_ZONES,
    POWER_ZONES,
    ranges,
)
from strava_mcp.strava.sandbox.calendar import Plan
from strava_mcp.strava.sandbox.geo import encode, loop

JSON = dict[str, Any]

#: The deprecated ``type`` of sports that it has no word for.
OLD_TYPES = {"TrailRun": "Run", "GravelRide": "Ride"}
WORKOUT_TYPES = {
    ("Run", "race"): 1,
    ("Run", "long"): 2,
    ("Run", "interval"): 3,
    ("TrailRun", "long"): 2,
    ("Ride", "tempo"): 12,
}
KM_M, MILE_M = 1000.0, 1609.344
LAP_M = {"Run": KM_M, "TrailRun": KM_M, "Walk": KM_M, "Hike": KM_M, "Swim": 100.0}


def summary(plan: Plan) -> JSON:
    """A SummaryActivity."""
    mean_speed = plan.distance_m / plan.moving_s if plan.moving_s else 0.0
    found: JSON = {
        "id": plan.id,
        "resource_state": 2,
        "athlete": {"id": ATHLETE_ID, "resource_state": 1},
        "name": plan.name,
        "distance": plan.distance_m,
        "moving_time": plan.moving_s,
        "elapsed_time": plan.elapsed_s,
        "total_elevation_gain": plan.ascent_m,
        "type": OLD_TYPES.get(plan.sport, plan.sport),
        "sport_type": plan.sport,
        "workout_type": WORKOUT_TYPES.get((plan.sport, plan.kind)),
        "device_name": None if plan.manual else "Garmin Forerunner 955",
        "start_date": f"{plan.start_utc.isoformat()}Z",
        "start_date_local": f"{plan.start_local.isoformat()}Z",
        "timezone": plan.place.timezone,
        "utc_offset": float(plan.place.offset_s),
        "location_city": None,
        "location_state": None,
        "location_country": None,
        "achievement_count": 2 if plan.kind == "race" else 0,
        "kudos_count": plan.id % 17,
        "comment_count": plan.id % 3,
        "athlete_count": 1 + plan.id % 2,
        "photo_count": 0,
        "total_photo_count": 0,
        "trainer": plan.indoor,
        "commute": plan.commute,
        "manual": plan.manual,
        "private": plan.visibility == "only_me",
        "visibility": plan.visibility,
        "flagged": False,
        "gear_id": plan.gear_id,
        "average_speed": round(mean_speed, 3),
        "max_speed": 0.0 if plan.manual else recording.top_speed(plan),
        "has_heartrate": plan.has_heart_rate,
        "heartrate_opt_out": False,
        "display_hide_heartrate_option": plan.has_heart_rate,
        "upload_id": None if plan.manual else plan.id + 500_000_000,
        "external_id": None if plan.manual else f"garmin_push_{plan.id}",
        "from_accepted_tag": False,
        "pr_count": 0,
        "has_kudoed": False,
    }
    return found | _map(plan, 60) | _measured(plan)


def detail(plan: Plan, all_efforts: bool = False) -> JSON:
    """A DetailedActivity. ``all_efforts``: also segment efforts that are nothing special."""
    found = summary(plan) | {
        "resource_state": 3,
        "description": plan.description or None,
        "calories": float(recording.calories(plan)),
        "hide_from_home": False,
        "segment_leaderboard_opt_out": False,
        "leaderboard_opt_out": False,
        "perceived_exertion": None,
        "prefer_perceived_exertion": None,
        "photos": {"primary": None, "count": 0},
        "stats_visibility": [],
        "available_zones": ["heartrate"] if plan.has_heart_rate else [],
        "embed_token": f"sandbox{plan.id:x}",
        "similar_activities": None,
        "laps": laps(plan),
        "splits_metric": splits(plan, KM_M),
        "splits_standard": splits(plan, MILE_M),
        "segment_efforts": segments.efforts(plan, all_efforts),
        "best_efforts": [],
    }
    if plan.gear_id:
        gear = GEAR[plan.gear_id]
        found["gear"] = {k: gear[k] for k in ("id", "primary", "name")} | {"resource_state": 2}
    if recording.has_track(plan):
        found["map"] = dict(found["map"], polyline=_polyline(plan, 400), resource_state=3)
    return found


def _map(plan: Plan, points: int) -> JSON:
    line = _polyline(plan, points) if recording.has_track(plan) else None
    found: JSON = {
        "map": {"id": f"a{plan.id}", "summary_polyline": line or "", "resource_state": 2},
        "start_latlng": list(plan.place.latlng) if line else [],
        "end_latlng": list(plan.place.latlng) if line else [],
    }
    return found


@lru_cache(maxsize=2048)
def _polyline(plan: Plan, points: int) -> str:
    fractions = [i / (points - 1) for i in range(points)]
    return encode(loop(plan.place.latlng, plan.distance_m, plan.course, fractions))


def _measured(plan: Plan) -> JSON:
    """What sensors add."""
    found: JSON = {}
    if plan.has_heart_rate:
        found |= {
            "average_heartrate": float(plan.heart_rate),
            "max_heartrate": float(recording.top_heart_rate(plan)),
            "suffer_score": float(recording.suffer_score(plan)),
        }
    if not plan.manual and plan.distance_m:
        found |= {"average_temp": recording.mean_temperature(plan)}
        if plan.sport != "Swim":
            found["average_cadence"] = float(recording.CADENCE.get(plan.sport, 86))
    if plan.ascent_m:
        heights = recording.altitudes(plan, [i / 100 for i in range(101)])
        found |= {"elev_high": max(heights), "elev_low": min(heights)}
    if plan.power:
        found |= {
            "average_watts": plan.watts,
            "kilojoules": recording.kilojoules(plan),
            "device_watts": plan.power == "meter",
        }
    if plan.power == "meter":
        found |= {
            "weighted_average_watts": recording.normalized_watts(plan),
            "max_watts": recording.top_watts(plan),
        }
    return found


def laps(plan: Plan) -> list[JSON]:
    """Laps (Lap): one a kilometre on foot, one in all otherwise."""
    if plan.manual or not plan.distance_m:
        return []
    size = LAP_M.get(plan.sport, plan.distance_m)
    return [
        {
            "id": plan.id * 100 + number,
            "resource_state": 2,
            "name": f"Lap {number}",
            "activity": {"id": plan.id, "resource_state": 1},
            "athlete": {"id": ATHLETE_ID, "resource_state": 1},
            "start_date": f"{plan.start_utc.isoformat()}Z",
            "start_date_local": f"{plan.start_local.isoformat()}Z",
            "start_index": part["first"],
            "end_index": part["last"],
            "lap_index": number,
            "split": number,
            **{k: part[k] for k in PART if k in part},
            "max_speed": part["max_speed"],
            "total_elevation_gain": part["ascent"],
            "pace_zone": 0,
        }
        for number, part in enumerate(_parts(plan, size), 1)
    ]


def splits(plan: Plan, size_m: float) -> list[JSON]:
    """Splits (Split) of a kilometre or a mile, for activities on foot."""
    if plan.manual or plan.sport not in ("Run", "TrailRun", "Walk", "Hike"):
        return []
    return [
        {
            **{k: part[k] for k in PART if k in part and k != "average_cadence"},
            "elevation_difference": part["climb"],
            "average_grade_adjusted_speed": part["average_speed"],
            "pace_zone": 0,
            "split": number,
        }
        for number, part in enumerate(_parts(plan, size_m), 1)
    ]


PART = (
    *("distance", "moving_time", "elapsed_time", "average_speed", "average_heartrate"),
    *("max_heartrate", "average_cadence"),
)


def _parts(plan: Plan, size_m: float) -> Iterator[JSON]:
    """The recording cut every ``size_m`` metres; the parts add up to the whole."""
    streams = recording.streams(plan)
    distance = streams["distance"]
    first, mark = 0, size_m
    for index, metres in enumerate(distance):
        last = index == len(distance) - 1
        if metres >= mark or last:
            yield _part(streams, first, index)
            first = index + 1
            while mark <= metres:
                mark += size_m
        if last:
            return


def _part(streams: dict[str, list[Any]], first: int, last: int) -> JSON:
    """Totals of the samples from ``first`` to ``last``, both counted."""
    inside = slice(first, last + 1)
    before = streams["distance"][first - 1] if first else 0.0
    metres = round(streams["distance"][last] - before, 1)
    moving = sum(streams["moving"][inside])
    heights = streams.get("altitude", [0.0] * (last + 1))
    rises = zip(heights[max(0, first - 1) : last], heights[max(1, first) : last + 1], strict=False)
    found: JSON = {
        "first": first,
        "last": last,
        "distance": metres,
        "moving_time": moving,
        "elapsed_time": last - first + 1,
        "average_speed": round(metres / moving, 2) if moving else 0.0,
        "max_speed": max(streams["velocity_smooth"][inside]),
        "ascent": round(sum(max(0.0, b - a) for a, b in rises), 1),
        "climb": round(heights[last] - heights[max(0, first - 1)], 1),
    }
    for name, stream in (("heartrate", "heartrate"), ("cadence", "cadence")):
        if stream in streams:
            found[f"average_{name}"] = round(_mean(streams[stream][inside]), 1)
    if "heartrate" in streams:
        found["max_heartrate"] = float(max(streams["heartrate"][inside]))
    return found


def zones(plan: Plan) -> list[JSON]:
    """Seconds in each zone (ActivityZone), counted from the recording."""
    streams = recording.streams(plan)
    found = []
    bounds = {"heartrate": HEART_RATE_ZONES, "power": POWER_ZONES}
    for kind, stream in (("heartrate", "heartrate"), ("power", "watts")):
        if stream in streams:
            buckets = ranges(bounds[kind])
            counted = [
                {**bucket, "time": _between(streams[stream], bucket["min"], bucket["max"])}
                for bucket in buckets
            ]
            found.append(
                {
                    "type": kind,
                    "resource_state": 3,
                    "sensor_based": True,
                    "points": 0,
                    "score": recording.suffer_score(plan) if kind == "heartrate" else 0,
                    "custom_zones": kind == "heartrate",
                    "distribution_buckets": counted,
                }
            )
    return found


def _between(values: Sequence[float], low: float, high: float) -> int:
    return sum(1 for value in values if low <= value and (high == -1 or value < high))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
