"""Where a period was trained: the tracks of its activities, thinned, without the athlete's home."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import hypot

from strava_mcp.analysis.period import Activity, activities_between
from strava_mcp.analysis.subject import Subject
from strava_mcp.errors import SourceError
from strava_mcp.geo import Plane, Point
from strava_mcp.polyline import decode
from strava_mcp.sources.source import Source

#: Tracks of one answer, and activities that are read for them; the newest are taken.
MAX_TRACKS, MAX_READ = 1000, 3000
#: Positions of a track's outline that are looked at, and characters of its polyline.
MAX_POSITIONS, MAX_LINE_LENGTH = 500, 50_000
#: How far a thinned track may be from the recorded one; twice as far, and so on, until at most
#: MAX_POINTS are left of all tracks.
TOLERANCE_M, MAX_POINTS = 15.0, 15_000
#: Nothing is shown so close to where most activities begin, even if that is a single one.
HOME_RADIUS_M = 300.0
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

    ``origin``: the most usual start, where they are measured from; a circle around it is left out.
    None if no activity has positions. ``hidden``: tracks within it; ``elsewhere``: those in other
    regions; ``without``: activities without positions; ``left_out``: older activities, not read.
    """

    origin: Point | None
    tracks: Sequence[TrackOfActivity]
    hidden: int
    elsewhere: int
    without: int
    left_out: int


def tracks_of(
    subject: Subject, first: date | None, last: date, sports: Collection[str] | None = None
) -> Tracks:
    """The tracks of local days from ``first`` (None: ever) to ``last``, newest first.

    They are outlines of the list; where activities are at hand without a request, of these.
    """
    activities = activities_between(subject.source, first, last, sports).activities
    outlines: list[tuple[Activity, list[Point]]] = []
    read = 0
    for activity in reversed(activities[-MAX_READ:]):
        if len(outlines) == MAX_TRACKS:
            break
        read += 1
        if len(outline := _outline(subject.source, activity)) > 1:
            outlines.append((activity, outline))
    without, left_out = read - len(outlines), len(activities) - read
    if not outlines:
        return Tracks(None, [], 0, 0, without, left_out)
    origin = _usual_start([outline[0] for _, outline in outlines])
    plane = Plane(origin)
    placed = [(activity, [plane.at(point) for point in outline]) for activity, outline in outlines]
    near = [(activity, points) for activity, points in placed if _reach(points[0]) <= REGION_M]
    away = [_without_home(points) for _, points in near]
    tolerance_m = TOLERANCE_M
    lines = [_thinned_parts(line, tolerance_m) for line in away]
    while sum(map(len, lines)) > MAX_POINTS and tolerance_m < REGION_M:
        tolerance_m *= 2
        lines = [_thinned_parts(line, tolerance_m) for line in away]
    tracks = [
        TrackOfActivity(activity, _without_home(line))
        for (activity, _), line in zip(near, lines, strict=True)
    ]
    visible = [track for track in tracks if any(track.points)]
    hidden, elsewhere = len(near) - len(visible), len(placed) - len(near)
    return Tracks(origin, visible, hidden, elsewhere, without, left_out)


def thinned(points: Sequence[Metres], tolerance_m: float = TOLERANCE_M) -> list[Metres]:
    """The points without those that lie within ``tolerance_m`` of the line (Douglas–Peucker)."""
    keep = {0, len(points) - 1}
    stretches = [(0, len(points) - 1)]
    while stretches:
        begin, end = stretches.pop()
        if end - begin < 2:
            continue
        offsets = [_distance(points[i], points[begin], points[end]) for i in range(begin + 1, end)]
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
    points = decode(line[:MAX_LINE_LENGTH])
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


def _without_home(line: Sequence[Metres | None]) -> list[Metres | None]:
    """The line with a gap wherever it comes near home, also between two of its points."""
    visible: list[Metres | None] = []
    before = None
    for point in line:
        if point is None or _distance((0.0, 0.0), before or point, point) < HOME_RADIUS_M:
            visible.append(None)
        if point and _reach(point) >= HOME_RADIUS_M:
            visible.append(point)
        before = point
    return visible


def _thinned_parts(line: Sequence[Metres | None], tolerance_m: float) -> list[Metres | None]:
    """The line with each part between its gaps thinned; single points are no part."""
    parts = [[point for point in part if point] for _, part in groupby(line, bool)]
    thin = [thinned(part, tolerance_m) for part in parts if len(part) > 1]
    return [point for part in thin for point in (*part, None)][:-1]


def _reach(point: Metres) -> float:
    """Metres from the origin."""
    return hypot(*point)


def _distance(point: Metres, begin: Metres, end: Metres) -> float:
    """Metres from a point to the line from ``begin`` to ``end``, which is not longer than that."""
    (x, y), dx, dy = begin, end[0] - begin[0], end[1] - begin[1]
    squared = dx * dx + dy * dy
    if squared:
        share = ((point[0] - x) * dx + (point[1] - y) * dy) / squared
        share = min(1.0, max(0.0, share))
        x, y = x + share * dx, y + share * dy
    return hypot(point[0] - x, point[1] - y)
