"""Where a period was trained: the tracks of its activities, thinned, without the athlete's home."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from math import hypot

from strava_mcp.analysis.period import Activity, activities_between
from strava_mcp.analysis.subject import Subject
from strava_mcp.errors import SourceError
from strava_mcp.geo import Plane, Point
from strava_mcp.polyline import decode
from strava_mcp.sources.source import Source

#: Tracks of one answer; the newest are taken.
MAX_TRACKS = 1000
#: Positions of a track's outline that are looked at.
MAX_POSITIONS = 500
#: How far a thinned track may be from the recorded one; twice as far, and so on, until at most
#: MAX_POINTS are left of all tracks.
TOLERANCE_M, MAX_POINTS = 15.0, 15_000
#: Nothing is shown so close to where most activities begin, if at least so many do.
HOME_RADIUS_M, MIN_STARTS = 300.0, 3
#: Tracks that begin further from where most do are in another region.
REGION_M = 60_000.0

Metres = tuple[float, float]


@dataclass(frozen=True)
class TrackOfActivity:
    """An activity and its track, in metres east and north of ``Tracks.origin``; None is a gap."""

    activity: Activity
    points: Sequence[Metres | None]


@dataclass(frozen=True)
class Tracks:
    """The tracks of the region with most of them.

    ``origin``: where they are measured from. ``elsewhere``: tracks in other regions; ``without``:
    activities without positions; ``left_out``: tracks beyond MAX_TRACKS. ``hides_home``: whether a
    circle around the most usual start is left out.
    """

    origin: Point | None
    tracks: Sequence[TrackOfActivity]
    elsewhere: int
    without: int
    left_out: int
    hides_home: bool


def tracks_of(
    subject: Subject, first: date | None, last: date, sports: Collection[str] | None = None
) -> Tracks:
    """The tracks of local days from ``first`` (None: ever) to ``last``, newest first.

    They are outlines of the list; where activities are at hand without a request, of these.
    """
    period = activities_between(subject.source, first, last, sports)
    outlines = [
        (activity, outline)
        for activity in reversed(period.activities)
        if len(outline := _outline(subject.source, activity)) > 1
    ]
    shown, left_out = outlines[:MAX_TRACKS], len(outlines[MAX_TRACKS:])
    without = len(period.activities) - len(outlines)
    if not shown:
        return Tracks(None, [], 0, without, left_out, False)
    origin = _usual_start([outline[0] for _, outline in shown])
    plane = Plane(origin)
    placed = [(activity, [plane.at(point) for point in outline]) for activity, outline in shown]
    near = [(activity, points) for activity, points in placed if _reach(points[0]) <= REGION_M]
    starts = sum(_reach(points[0]) <= HOME_RADIUS_M for _, points in near)
    hides_home = starts >= MIN_STARTS
    lines, tolerance_m = [thinned(points) for _, points in near], TOLERANCE_M
    while sum(map(len, lines)) > max(MAX_POINTS, 2 * len(lines)):
        tolerance_m *= 2
        lines = [thinned(points, tolerance_m) for points in lines]
    tracks = [
        TrackOfActivity(activity, _without_home(points, hides_home))
        for (activity, _), points in zip(near, lines, strict=True)
    ]
    visible = [track for track in tracks if any(track.points)]
    elsewhere = len(placed) - len(near)
    return Tracks(origin, visible, elsewhere, without, left_out, hides_home)


def thinned(points: Sequence[Metres], tolerance_m: float = TOLERANCE_M) -> list[Metres]:
    """The points without those that lie within ``tolerance_m`` of the line (Douglas–Peucker)."""
    keep = {0, len(points) - 1}
    stretches = [(0, len(points) - 1)]
    while stretches:
        begin, end = stretches.pop()
        if end - begin < 2:
            continue
        offsets = [_offset(points[i], points[begin], points[end]) for i in range(begin + 1, end)]
        furthest = max(offsets)
        if furthest > tolerance_m:
            middle = begin + 1 + offsets.index(furthest)
            keep.add(middle)
            stretches += [(begin, middle), (middle, end)]
    return [points[i] for i in sorted(keep)]


def _outline(source: Source, activity: Activity) -> list[Point]:
    """The outline of an activity's track; empty without positions."""
    line = _line(activity.summary.get("map"))
    if not line and source.keeps_metrics:
        try:
            line = _line(source.activity(activity.id).get("map"))
        except SourceError:
            return []
    points = decode(line)
    return points[:: max(1, -(-len(points) // MAX_POSITIONS))]


def _line(value: object) -> str:
    line = value.get("summary_polyline") if isinstance(value, dict) else None
    return line if isinstance(line, str) else ""


def _usual_start(starts: Sequence[Point]) -> Point:
    """The middle of the starts in the square kilometre that has most of them."""
    cells = Counter((round(lat * 100), round(lng * 100)) for lat, lng in starts)
    (row, column), _ = cells.most_common(1)[0]
    inside = [p for p in starts if (round(p[0] * 100), round(p[1] * 100)) == (row, column)]
    return (
        sorted(p[0] for p in inside)[len(inside) // 2],
        sorted(p[1] for p in inside)[len(inside) // 2],
    )


def _without_home(points: Sequence[Metres], hides_home: bool) -> list[Metres | None]:
    if not hides_home:
        return [*points]
    return [None if _reach(point) < HOME_RADIUS_M else point for point in points]


def _reach(point: Metres) -> float:
    """Metres from the origin."""
    return hypot(*point)


def _offset(point: Metres, begin: Metres, end: Metres) -> float:
    """Metres from a point to the line between two others."""
    dx, dy = end[0] - begin[0], end[1] - begin[1]
    length = hypot(dx, dy)
    if not length:
        return _reach((point[0] - begin[0], point[1] - begin[1]))
    return abs(dx * (point[1] - begin[1]) - dy * (point[0] - begin[0])) / length
