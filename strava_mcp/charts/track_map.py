"""A track as a small map: metres from its first point, and a round scale bar."""

from collections.abc import Sequence
from math import floor, log10

from strava_mcp.analysis.activity_track import TrackPoint
from strava_mcp.charts.chart import Map, Quantity, Spot, Track
from strava_mcp.charts.quantities import is_imperial
from strava_mcp.charts.scales import write
from strava_mcp.geo import Plane
from strava_mcp.units import METRES_PER_FOOT, METRES_PER_KM, METRES_PER_MILE

#: The scale bar is at most this share of the map's greater side.
MAX_BAR_SHARE = 0.4


def track_map(points: Sequence[TrackPoint], units: str, label: str = "") -> Map | None:
    """The map of a track with at least two positions; None without."""
    positions = [point.position for point in points if point.position]
    if len(positions) < 2:
        return None
    plane = Plane(positions[0])
    xy = [_metres(plane, point) for point in points]
    track = Track(xy, [round(point.at, 1) for point in points], label=label)
    return Map([track], scale_bar(xy, units))


def spot(drawn: Map, at: float, label: str) -> Spot | None:
    """The drawn point that is nearest to a place of the axis."""
    track = drawn.tracks[0]
    points = [
        (abs(place - at), point)
        for place, point in zip(track.at, track.points, strict=True)
        if point
    ]
    return Spot(min(points)[1], label) if points else None


def _metres(plane: Plane, point: TrackPoint) -> tuple[float, float] | None:
    """To a tenth of a metre."""
    if point.position is None:
        return None
    east, north = plane.at(point.position)
    return round(east, 1), round(north, 1)


def scale_bar(points: Sequence[tuple[float, float] | None], units: str) -> tuple[float, str]:
    """Metres and words of a scale bar of 1, 2 or 5 times a power of ten."""
    east = [point[0] for point in points if point]
    north = [point[1] for point in points if point]
    side = max(max(east) - min(east), max(north) - min(north), 1.0)
    large, small = (
        (
            Quantity("number", "mi", 1 / METRES_PER_MILE),
            Quantity("number", "ft", 1 / METRES_PER_FOOT),
        )
        if is_imperial(units)
        else (Quantity("number", "km", 1 / METRES_PER_KM), Quantity("number", "m"))
    )
    limit = MAX_BAR_SHARE * side
    quantity = large if limit * large.factor >= 1 else small
    size = _round_down(limit * quantity.factor)
    return size / quantity.factor, write(quantity, size / quantity.factor)


def _round_down(value: float) -> float:
    """The greatest of 1, 2 and 5 times a power of ten that is no greater."""
    power = 10.0 ** floor(log10(value) + 1e-9)
    return power * max(one for one in (1, 2, 5) if one * power <= value * (1 + 1e-9))
