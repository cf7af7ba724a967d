"""Segments on the athlete's courses, and the efforts that activities leave on them."""

from typing import Any

from strava_mcp.strava.sandbox import recording
from strava_mcp.strava.sandbox.athlete import ATHLETE_ID
from strava_mcp.strava.sandbox.calendar import HOME, Plan
from strava_mcp.strava.sandbox.geo import encode, loop

JSON = dict[str, Any]

#: ID, name, sport, course, where it begins (share of the way), length, ascent.
SEGMENTS = (
    (7011001, "Seestrasse sprint", "Run", 0, 0.2, 800.0, 4.0),
    (7011002, "Uetliberg climb", "Run", 1, 0.35, 1400.0, 96.0),
    (7011003, "Quaianlage kilometre", "Run", 2, 0.6, 1000.0, 2.0),
    (7011004, "Albispass", "Ride", 0, 0.3, 6200.0, 318.0),
    (7011005, "Pfannenstiel Rampe", "Ride", 3, 0.55, 3100.0, 187.0),
    (7011006, "Sihltal flat out", "Ride", 4, 0.1, 4800.0, 22.0),
)


def segment(segment_id: int, starred: bool) -> JSON | None:
    """A DetailedSegment, or None."""
    for row in SEGMENTS:
        if row[0] == segment_id:
            return _summary(row, starred) | {
                "resource_state": 3,
                "created_at": "2015-05-01T10:00:00Z",
                "updated_at": "2024-05-01T10:00:00Z",
                "total_elevation_gain": row[6],
                "map": {"id": f"s{row[0]}", "polyline": encode(_line(row)), "resource_state": 3},
                "effort_count": 1200 + row[0] % 97,
                "athlete_count": 300 + row[0] % 31,
                "star_count": 12,
                "hazardous": False,
            }
    return None


def starred(ids: set[int]) -> list[JSON]:
    """The SummarySegments that the athlete has starred."""
    return [_summary(row, True) for row in SEGMENTS if row[0] in ids]


def efforts(plan: Plan, every: bool) -> list[JSON]:
    """The DetailedSegmentEfforts of an activity; ``every``: also on flat segments."""
    if not recording.has_track(plan) or plan.sport not in ("Run", "Ride"):
        return []
    found = []
    for row in SEGMENTS:
        fits = row[2] == plan.sport and row[3] == plan.course
        if fits and plan.distance_m * (1 - row[4]) > row[5] and (every or row[6] > 3):
            found.append(_effort(plan, row))
    return found


def _effort(plan: Plan, row: tuple[Any, ...]) -> JSON:
    streams = recording.streams(plan)
    begin = row[4] * plan.distance_m
    first = next(i for i, d in enumerate(streams["distance"]) if d >= begin)
    last = next(i for i, d in enumerate(streams["distance"]) if d >= begin + row[5])
    found: JSON = {
        "id": plan.id * 10 + row[0] % 10,
        "resource_state": 2,
        "name": row[1],
        "activity": {"id": plan.id, "resource_state": 1},
        "athlete": {"id": ATHLETE_ID, "resource_state": 1},
        "elapsed_time": last - first,
        "moving_time": sum(streams["moving"][first:last]),
        "start_date": f"{plan.start_utc.isoformat()}Z",
        "start_date_local": f"{plan.start_local.isoformat()}Z",
        "distance": row[5],
        "start_index": first,
        "end_index": last,
        "device_watts": plan.power == "meter",
        "segment": _summary(row, False),
        "pr_rank": None,
        "kom_rank": None,
        "achievements": [],
        "hidden": False,
    }
    if "heartrate" in streams:
        beats = streams["heartrate"][first:last]
        found |= {
            "average_heartrate": round(sum(beats) / len(beats), 1),
            "max_heartrate": float(max(beats)),
        }
    if "watts" in streams:
        found["average_watts"] = round(sum(streams["watts"][first:last]) / (last - first), 1)
    return found


def _summary(row: tuple[Any, ...], is_starred: bool) -> JSON:
    number, name, sport, _, _, metres, ascent = row
    line = _line(row)
    return {
        "id": number,
        "resource_state": 2,
        "name": name,
        "activity_type": sport,
        "distance": metres,
        "average_grade": round(100 * ascent / metres, 1),
        "maximum_grade": round(180 * ascent / metres, 1),
        "elevation_high": 410.0 + ascent,
        "elevation_low": 410.0,
        "start_latlng": list(line[0]),
        "end_latlng": list(line[-1]),
        "climb_category": min(5, int(metres * ascent / metres * 100 / 8000)),
        "city": "Zürich",
        "state": "Zürich",
        "country": "Switzerland",
        "private": False,
        "hazardous": False,
        "starred": is_starred,
    }


def _line(row: tuple[Any, ...]) -> list[tuple[float, float]]:
    share = row[5] / 20_000
    return loop(HOME, 20_000, row[3], [row[4] + share * i / 20 for i in range(21)])
