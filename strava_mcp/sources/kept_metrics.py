"""Metrics of activities as text.

A source keeps each part of ``activity_metrics.Metrics`` as a JSON object of its own, because most
questions need one part of many activities.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

from strava_mcp.json_types import JSON
from strava_mcp.sources.metrics_parts import Part
from strava_mcp.training.activity_metrics import Bests, Intensity, Metrics, metrics
from strava_mcp.training.efforts import BestEffort
from strava_mcp.training.route_likeness import Route, cell_centre


def of_activity(
    streams: Mapping[str, Sequence[Any]],
    activity: Mapping[str, Any],
    efforts: Sequence[BestEffort] | None = None,
) -> dict[str, str]:
    """Compute the metrics of an activity, as one JSON text for each part; empty without samples.

    ``activity``: a SummaryActivity, for its sport and whether power was measured. ``efforts``: the
    best efforts of a run, if they are known already.
    """
    if not streams.get("time"):
        return {}
    sport = str(activity.get("sport_type") or activity.get("type") or "Workout")
    has_power = activity.get("device_watts") is True
    return to_texts(metrics(streams, sport, has_measured_power=has_power, efforts=efforts))


def to_texts(value: Metrics) -> dict[str, str]:
    """The parts as JSON texts; ``route`` is absent without positions."""
    texts = {
        "intensity": _text(value.intensity._asdict()),
        "bests": _text(value.bests._asdict()),
    }
    if value.route:
        texts["route"] = _text(_route_to_json(value.route))
    return texts


def without_positions(route: str, is_hidden: Callable[[Sequence[float]], bool]) -> str | None:
    """The text of a route without the cells and points that are hidden; None without any left."""
    value = _route(json.loads(route))
    cells = frozenset(cell for cell in value.cells if not is_hidden(cell_centre(cell)))
    points = tuple(None if p is None or is_hidden(p) else p for p in value.waypoints)
    return _text(_route_to_json(Route(cells, value.length_m, points))) if cells else None


def from_json(part: Part, value: JSON) -> Any:
    """A part from its parsed JSON: Intensity, Bests or Route."""
    return READERS[part](value)


def parse_all(part: Part, rows: Iterable[tuple[int, str]]) -> dict[int, Any]:
    """Parts by activity id from their texts: parsed together, which is faster than one by one."""
    ids, texts = zip(*rows, strict=True) if (rows := list(rows)) else ((), ())
    values: list[JSON] = json.loads(f"[{','.join(texts)}]")
    return {number: from_json(part, value) for number, value in zip(ids, values, strict=True)}


def _intensity(value: JSON) -> Intensity:
    for name in ("heart_rate", "power", "speed"):
        value[name] = _numbered(value[name])
    return Intensity(**value)


def _bests(value: JSON) -> Bests:
    return Bests(
        power=_curve(value["power"]),
        heart_rate=_curve(value["heart_rate"]),
        speed=_curve(value["speed"]),
        efforts={name: (effort[0], effort[1]) for name, effort in value["efforts"].items()},
        climb=tuple(value["climb"]) if value["climb"] else None,
        tired={int(work): _numbered(best) for work, best in value["tired"].items()},
    )


def _route_to_json(value: Route) -> JSON:
    """Cells as the differences of their sorted numbers, which are short."""
    cells = sorted(value.cells)
    steps = [b - a for a, b in zip([0, *cells], cells, strict=False)]
    points = [point and [round(point[0], 5), round(point[1], 5)] for point in value.waypoints]
    return {"cells": steps, "length_m": round(value.length_m, 1), "waypoints": points}


def _route(value: JSON) -> Route:
    waypoints = tuple(point and (point[0], point[1]) for point in value["waypoints"])
    return Route(frozenset(accumulate(value["cells"])), value["length_m"], waypoints)


def _numbered(value: JSON) -> dict[int, Any]:
    return {int(key): number for key, number in value.items()}


def _curve(value: JSON) -> dict[int, tuple[float, int]]:
    return {int(duration): (best[0], best[1]) for duration, best in value.items()}


def _text(value: JSON) -> str:
    return json.dumps(value, separators=(",", ":"))


READERS: Mapping[Part, Callable[[JSON], Any]] = {
    "intensity": _intensity,
    "bests": _bests,
    "route": _route,
}
