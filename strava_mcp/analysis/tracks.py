"""Where a period was trained: the tracks of its activities, thinned, without the athlete's home."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from math import hypot

from strava_mcp.analysis.period import Activity, activities_between
from strava_mcp.analysis.subject import Subject
from strava_mcp.analysis.track_thinning import Metres, thin_lines
from strava_mcp.geo import Plane, Point, distance_to_line_m
from strava_mcp.sources.source import Source
from strava_mcp.sports import VIRTUAL

#: Tracks of one answer, and activities that are read for them; the newest are taken.
MAX_TRACKS, MAX_READ = 1000, 3000
#: Positions that are looked at: of one track, and of all together.
MAX_POSITIONS, MAX_POSITIONS_OF_ALL = 500, 100_000
#: Nothing is shown so close to where most activities begin, even if that is a single one.
HOME_RADIUS_M = 300.0
#: Tracks that begin further from where most do are in another region.
REGION_M = 60_000.0
#: Where tracks are measured from.
HOME = (0.0, 0.0)

#: The parts of an activity's outline between its gaps, each of at least two positions.
Outline = Sequence[Sequence[Point]]


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
    regions; ``without``: activities without positions; ``left_out``: older activities, not read;
    ``not_reached``: when to ask for those that Strava's list did not come to, empty if it is whole.
    """

    origin: Point | None
    tracks: Sequence[TrackOfActivity]
    hidden: int
    elsewhere: int
    without: int
    left_out: int
    not_reached: str = ""


def tracks_of(
    subject: Subject, first: date | None, last: date, sports: Collection[str] | None = None
) -> Tracks:
    """The tracks of local days from ``first`` (None: ever) to ``last``, newest first.

    The positions of virtual worlds are no places: those tracks are left out.
    """
    period = activities_between(subject.source, first, last, sports)
    activities = period.activities
    notice = "" if period.is_complete else subject.source.limit_notice or "Ask again for them."
    outlines: list[tuple[Activity, Outline]] = []
    read = 0
    for activity in reversed(activities[-MAX_READ:]):
        if len(outlines) == MAX_TRACKS:
            break
        read += 1
        if outline := _outline(subject.source, activity):
            outlines.append((activity, outline))
    without, left_out = read - len(outlines), len(activities) - read
    if not outlines:
        return Tracks(None, [], 0, 0, without, left_out, notice)
    origin = _usual_start([outline[0][0] for _, outline in outlines])
    plane = Plane(origin)
    most = min(MAX_POSITIONS, MAX_POSITIONS_OF_ALL // len(outlines))
    near = [
        (activity, _line_of(outline, plane, most))
        for activity, outline in outlines
        if _reach(plane.at(outline[0][0])) <= REGION_M
    ]
    lines = thin_lines([_without_home(line) for _, line in near])
    tracks = [
        TrackOfActivity(activity, _without_home(line))
        for (activity, _), line in zip(near, lines, strict=True)
    ]
    visible = [track for track in tracks if any(track.points)]
    hidden, elsewhere = len(near) - len(visible), len(outlines) - len(near)
    return Tracks(origin, visible, hidden, elsewhere, without, left_out, notice)


def _outline(source: Source, activity: Activity) -> Outline:
    """The parts of an activity's outline; none in a virtual world."""
    if activity.facts.sport_type in VIRTUAL:
        return []
    return [part for part in source.outline(activity.summary) if len(part) > 1]


def _line_of(outline: Outline, plane: Plane, most: int) -> list[Metres | None]:
    """An outline on the plane, of about ``most`` points with both ends of each part."""
    step = max(1, -(-sum(map(len, outline)) // most))
    line: list[Metres | None] = []
    for part in outline:
        if line:
            line.append(None)
        line += [plane.at(point) for point in part[:-1:step]]
        line.append(plane.at(part[-1]))
    return line


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
    before: Metres | None = None
    for point in line:
        if point is None or _leads_past_home(before or point, point):
            visible.append(None)
        if point and _reach(point) >= HOME_RADIUS_M:
            visible.append(point)
        before = point
    return visible


def _leads_past_home(begin: Metres, end: Metres) -> bool:
    """Whether the line between two points comes near home; of most their distance rules it out."""
    if _reach(end) - abs(end[0] - begin[0]) - abs(end[1] - begin[1]) >= HOME_RADIUS_M:
        return False
    return distance_to_line_m(HOME, begin, end) < HOME_RADIUS_M


def _reach(point: Metres) -> float:
    """Metres from the origin."""
    return hypot(*point)
