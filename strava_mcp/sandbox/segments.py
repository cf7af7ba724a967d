"""Segments on the courses, and the efforts of activities that lead over them."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from strava_mcp.geo import Point
from strava_mcp.json_types import JSON
from strava_mcp.polyline import encode
from strava_mcp.sandbox import recording
from strava_mcp.sandbox.courses import (
    HALF_MARATHON,
    TOKYO,
    ZURICH,
    Course,
    altitudes,
    courses_for,
    node_altitudes,
    positions,
)
from strava_mcp.sandbox.efforts import effort_fields
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sandbox.profiles import total_ascent
from strava_mcp.sandbox.recording import Streams

#: Efforts on segments with less ascent are shown with include_all_efforts only.
MIN_ASCENT_M = 12.0
#: Steps of equal length that a segment is drawn in.
STEPS = 40
#: Strava's climb categories: from these products of metres climbed and 100, at 3 % and steeper.
CATEGORY_POINTS = (8000, 16000, 32000, 64000, 80000)
MIN_CLIMB_GRADE = 0.03
AVERAGED = ("heartrate", "cadence", "watts")


@dataclass(frozen=True)
class Segment:
    """A stretch of a course: its greatest climb, or else its flattest part of this length.

    ``after``: where it begins, as a fraction of the course, if it is neither.
    """

    id: int
    name: str
    sport: str
    course: Course
    length_m: float
    is_climb: bool = False
    after: float | None = None
    city: str = "Zürich"
    country: str = "Switzerland"

    @property
    def start(self) -> float:
        """Where it begins, as a fraction of the course."""
        if self.after is not None:
            return self.after
        return _beginning(self.course, self.length_m, self.is_climb)

    @property
    def fractions(self) -> list[float]:
        """Its points, from its start to its end, as fractions of the course."""
        share = self.length_m / self.course.length_m
        return [self.start + share * i / STEPS for i in range(STEPS + 1)]

    @property
    def altitudes(self) -> list[float]:
        """Metres above sea level at its points."""
        return altitudes(self.course, self.fractions)

    @property
    def ascent_m(self) -> float:
        """Metres climbed."""
        return round(total_ascent(self.altitudes), 1)


RUNS, RIDES = courses_for(ZURICH, "Run"), courses_for(ZURICH, "Ride")
TOKYO_RUN = courses_for(TOKYO, "Run")[0]
SEGMENTS = {
    segment.id: segment
    for segment in (
        Segment(7011001, "Seestrasse sprint", "Run", RUNS[4], 800.0),
        Segment(7011002, "Zürichberg climb", "Run", RUNS[1], 900.0, True),
        Segment(7011003, "Quaianlage kilometre", "Run", RUNS[2], 1000.0),
        Segment(7011004, "Albispass", "Ride", RIDES[2], 3200.0, True),
        Segment(7011005, "Pfannenstiel-Rampe", "Ride", RIDES[3], 2400.0, True),
        Segment(7011006, "Sihltal flat out", "Ride", RIDES[0], 4800.0),
        Segment(7011007, "Last 3 km of the half", "Run", HALF_MARATHON, 3000.0, False, 0.85),
        Segment(7011008, "皇居 内堀通り", "Run", TOKYO_RUN, 1600.0, city="東京", country="Japan"),
    )
}


@lru_cache(maxsize=64)
def _beginning(course: Course, length_m: float, is_climb: bool) -> float:
    """The fraction of a course after which a length climbs most, or is flattest."""
    heights = node_altitudes(course)
    nodes = len(heights) - 1
    wide = max(1, round(length_m / course.length_m * nodes))
    starts = range(nodes - wide)
    if is_climb:
        best = max(starts, key=lambda i: heights[i + wide] - heights[i])
    else:
        steps = [abs(b - a) for a, b in pairwise(heights)]
        best = min(starts, key=lambda i: sum(steps[i : i + wide]))
    return best / nodes


def detail(segment: Segment, starred: bool) -> JSON:
    """A segment as a DetailedSegment."""
    return summary(segment, starred) | {
        "resource_state": 3,
        "created_at": "2015-05-01T10:00:00Z",
        "updated_at": "2024-05-01T10:00:00Z",
        "total_elevation_gain": segment.ascent_m,
        "map": {"id": f"s{segment.id}", "polyline": encode(track(segment)), "resource_state": 3},
        "effort_count": 1200 + segment.id % 97,
        "athlete_count": 300 + segment.id % 31,
        "star_count": 12,
    }


def summary(segment: Segment, starred: bool) -> JSON:
    """A segment as a SummarySegment."""
    heights, points = segment.altitudes, track(segment)
    climb_m, step_m = heights[-1] - heights[0], segment.length_m / STEPS
    grades = [100 * (b - a) / step_m for a, b in pairwise(heights)]
    return {
        "id": segment.id,
        "resource_state": 2,
        "name": segment.name,
        "activity_type": segment.sport,
        "distance": segment.length_m,
        "average_grade": round(100 * climb_m / segment.length_m, 1),
        "maximum_grade": round(max(grades), 1),
        "elevation_high": round(max(heights), 1),
        "elevation_low": round(min(heights), 1),
        "start_latlng": list(points[0]),
        "end_latlng": list(points[-1]),
        "climb_category": _climb_category(climb_m, segment.length_m),
        "city": segment.city,
        "state": None,
        "country": segment.country,
        "private": False,
        "hazardous": False,
        "starred": starred,
    }


def track(segment: Segment) -> list[Point]:
    """Latitude and longitude in degrees of its points."""
    points = positions(segment.course, segment.fractions)
    return [(round(lat, 6), round(lng, 6)) for lat, lng in points]


def streams(segment: Segment) -> Streams:
    """Its streams: latlng, distance and altitude."""
    return {
        "latlng": [list(point) for point in track(segment)],
        "distance": [round(segment.length_m * i / STEPS, 1) for i in range(STEPS + 1)],
        "altitude": [round(height, 1) for height in segment.altitudes],
    }


def efforts(plan: Plan, include_flat: bool) -> list[JSON]:
    """An activity's efforts (DetailedSegmentEffort), optionally also those on flat segments."""
    return [
        effort(plan, segment)
        for segment in SEGMENTS.values()
        if leads_over(plan, segment) and (include_flat or segment.ascent_m >= MIN_ASCENT_M)
    ]


def record(plans: Sequence[Plan], segment: Segment) -> JSON:
    """The athlete's record among the activities over a segment, and how many efforts there are."""
    fastest = min((effort(plan, segment) for plan in plans), key=lambda one: one["elapsed_time"])
    return {
        "pr_elapsed_time": fastest["elapsed_time"],
        "pr_date": fastest["start_date_local"][:10],
        "pr_activity_id": fastest["activity"]["id"],
        "effort_count": len(plans),
    }


def leads_over(plan: Plan, segment: Segment) -> bool:
    """Whether an activity leads over a segment."""
    return plan.has_track and plan.course == segment.course


@lru_cache(maxsize=2048)  # generating a recording again for a few numbers takes about 40 ms
def effort(plan: Plan, segment: Segment) -> JSON:
    """An activity's effort on a segment (DetailedSegmentEffort). Cached: do not modify it."""
    recorded = recording.streams(plan)
    start, end = _stretch(plan, segment)
    inside = slice(start + 1, end + 1)
    result: JSON = {
        "id": effort_id(plan, segment),
        "resource_state": 2,
        "name": segment.name,
        "distance": segment.length_m,
        "segment": summary(segment, False),
        "device_watts": plan.has_meter,
        "kom_rank": None,
        "pr_rank": None,
        "achievements": [],
        "hidden": False,
        **effort_fields(plan, start, end),
    }
    for key in AVERAGED:
        if key in recorded:
            result[f"average_{key}"] = round(sum(recorded[key][inside]) / (end - start), 1)
    if "heartrate" in recorded:
        result["max_heartrate"] = float(max(recorded["heartrate"][inside]))
    return result


def effort_id(plan: Plan, segment: Segment) -> int:
    """The activity's id followed by the last digit of the segment's."""
    return plan.id * 10 + segment.id % 10


def _stretch(plan: Plan, segment: Segment) -> tuple[int, int]:
    """The samples at which an activity enters and leaves a segment."""
    distance = recording.streams(plan)["distance"]
    start_m = segment.start * plan.distance_m
    end_m = start_m + segment.length_m * plan.distance_m / segment.course.length_m
    return bisect_left(distance, start_m), bisect_left(distance, end_m)


def _climb_category(climb_m: float, length_m: float) -> int:
    """Strava's climb category: 0 for none, otherwise 1 (easiest) to 5."""
    points = climb_m * 100
    if points < CATEGORY_POINTS[0] or climb_m / length_m < MIN_CLIMB_GRADE:
        return 0
    return sum(points >= bound for bound in CATEGORY_POINTS)
