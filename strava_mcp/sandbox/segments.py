"""Segments on the athlete's courses, and the efforts that activities leave on them."""

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from strava_mcp.geo import Point
from strava_mcp.json_types import JSON
from strava_mcp.polyline import encode
from strava_mcp.sandbox import laps, recording
from strava_mcp.sandbox.courses import (
    HALF_MARATHON,
    TOKYO,
    ZURICH,
    Course,
    altitudes,
    courses,
    line,
)
from strava_mcp.sandbox.plan import Plan

#: Efforts on segments of less ascent than this are shown only with include_all_efforts.
SPECIAL_ASCENT_M = 12.0


@dataclass(frozen=True)
class Segment:
    """A stretch of a course: where it begins as a share of the way, and how long it is."""

    id: int
    name: str
    sport: str
    course: Course
    begins: float
    length_m: float
    city: str = "Zürich"
    country: str = "Switzerland"

    @property
    def fractions(self) -> list[float]:
        """41 places from its beginning to its end, as shares of the course."""
        share = self.length_m / self.course.length_m
        return [self.begins + share * i / 40 for i in range(41)]

    @property
    def heights(self) -> list[float]:
        """Metres above the sea at those places."""
        return altitudes(self.course, self.fractions)

    @property
    def ascent_m(self) -> float:
        """Metres climbed on it."""
        known = self.heights
        return round(sum(max(0.0, b - a) for a, b in zip(known, known[1:], strict=False)), 1)


RUNS, RIDES = courses(ZURICH, "Run"), courses(ZURICH, "Ride")
SEGMENTS = {
    segment.id: segment
    for segment in (
        Segment(7011001, "Seestrasse sprint", "Run", RUNS[1], 0.2, 800.0),
        Segment(7011002, "Zürichberg climb", "Run", RUNS[4], 0.05, 1400.0),
        Segment(7011003, "Quaianlage kilometre", "Run", RUNS[2], 0.6, 1000.0),
        Segment(7011004, "Albispass", "Ride", RIDES[1], 0.1, 4200.0),
        Segment(7011005, "Pfannenstiel-Rampe", "Ride", RIDES[4], 0.55, 3100.0),
        Segment(7011006, "Sihltal flat out", "Ride", RIDES[0], 0.1, 4800.0),
        Segment(7011007, "Last 3 km of the half", "Run", HALF_MARATHON, 0.85, 3000.0),
        Segment(
            7011008, "皇居 内堀通り", "Run", courses(TOKYO, "Run")[0], 0.3, 1600.0, "東京", "Japan"
        ),
    )
}


def segment(segment_id: int, starred: bool) -> JSON | None:
    """A DetailedSegment, or None."""
    found = SEGMENTS.get(segment_id)
    if found is None:
        return None
    return summary(found, starred) | {
        "resource_state": 3,
        "created_at": "2015-05-01T10:00:00Z",
        "updated_at": "2024-05-01T10:00:00Z",
        "total_elevation_gain": found.ascent_m,
        "map": {"id": f"s{found.id}", "polyline": encode(track(found)), "resource_state": 3},
        "effort_count": 1200 + found.id % 97,
        "athlete_count": 300 + found.id % 31,
        "star_count": 12,
    }


def summary(found: Segment, starred: bool) -> JSON:
    """A SummarySegment."""
    known, points = found.heights, track(found)
    step_m = found.length_m / 40
    grades = [100 * (b - a) / step_m for a, b in zip(known, known[1:], strict=False)]
    return {
        "id": found.id,
        "resource_state": 2,
        "name": found.name,
        "activity_type": found.sport,
        "distance": found.length_m,
        "average_grade": round(100 * (known[-1] - known[0]) / found.length_m, 1),
        "maximum_grade": round(max(grades), 1),
        "elevation_high": round(max(known), 1),
        "elevation_low": round(min(known), 1),
        "start_latlng": list(points[0]),
        "end_latlng": list(points[-1]),
        "climb_category": _category(known[-1] - known[0], found.length_m),
        "city": found.city,
        "state": None,
        "country": found.country,
        "private": False,
        "hazardous": False,
        "starred": starred,
    }


def track(found: Segment) -> list[Point]:
    """Its line on the map."""
    return [(round(lat, 6), round(lng, 6)) for lat, lng in line(found.course, found.fractions)]


def streams(found: Segment) -> JSON:
    """Its latlng, distance and altitude."""
    return {
        "latlng": [list(point) for point in track(found)],
        "distance": [round(found.length_m * i / 40, 1) for i in range(41)],
        "altitude": [round(height, 1) for height in found.heights],
    }


def efforts(plan: Plan, every: bool) -> list[JSON]:
    """The DetailedSegmentEfforts of an activity; ``every``: also those on flat segments."""
    return [
        effort(plan, found)
        for found in SEGMENTS.values()
        if passes(plan, found) and (every or found.ascent_m >= SPECIAL_ASCENT_M)
    ]


def passes(plan: Plan, found: Segment) -> bool:
    """Whether an activity leads over a segment."""
    return plan.has_track and plan.course == found.course


@lru_cache(maxsize=2048)  # making a recording again for a few numbers costs some 40 ms
def effort(plan: Plan, found: Segment) -> JSON:
    """An activity's DetailedSegmentEffort on a segment that it passes; to read, not to change."""
    recorded = recording.streams(plan)
    first, last = _stretch(plan, found)
    made: JSON = {
        "id": effort_id(plan, found),
        "resource_state": 2,
        "name": found.name,
        "distance": found.length_m,
        "segment": summary(found, False),
        "device_watts": plan.has_meter,
        "kom_rank": None,
        "pr_rank": None,
        "achievements": [],
        "hidden": False,
        **laps.between(plan, first, last),
    }
    for name in ("heartrate", "cadence", "watts"):
        if name in recorded:
            values = recorded[name][first + 1 : last + 1]
            made[f"average_{name}"] = round(sum(values) / len(values), 1)
    if "heartrate" in recorded:
        made["max_heartrate"] = float(max(recorded["heartrate"][first + 1 : last + 1]))
    return made


def effort_id(plan: Plan, found: Segment) -> int:
    """The activity's ID with the segment's number behind it."""
    return plan.id * 10 + found.id % 10


def _stretch(plan: Plan, found: Segment) -> tuple[int, int]:
    """The samples at which an activity enters and leaves a segment."""
    distance = recording.streams(plan)["distance"]
    enters = found.begins * plan.distance_m
    leaves = enters + found.length_m * plan.distance_m / found.course.length_m
    return bisect_left(distance, enters), bisect_left(distance, leaves)


def _category(climb_m: float, length_m: float) -> int:
    """Strava's climb category from 0 to 5: length times grade, from 8,000 and 3 % on."""
    points = climb_m * 100
    if points < 8000 or climb_m / length_m < 0.03:
        return 0
    return sum(points >= bound for bound in (8000, 16000, 32000, 64000, 80000))
