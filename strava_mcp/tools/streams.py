"""The recording of an activity: exact statistics, and curves thinned to what a chat can hold."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from marshmallow import fields, validate

from strava_mcp.context import Context
from strava_mcp.errors import NotFound
from strava_mcp.json_types import JSON
from strava_mcp.tools import activity_view as view
from strava_mcp.tools import display_units as measure
from strava_mcp.tools.arguments import Arguments, Flag, WholeNumber
from strava_mcp.tools.fields import ActivityId
from strava_mcp.tools.registry import tool
from strava_mcp.training.series import mean, seconds_each, thinned
from strava_mcp.units import METRES_PER_KM, METRES_PER_MILE

#: Strava's stream types (API v3, StreamSet), in the order of a reply.
KEYS = (
    *("time", "distance", "altitude", "heartrate", "velocity_smooth", "cadence", "watts"),
    *("grade_smooth", "temp", "moving", "latlng"),
)
USUAL = ("time", "distance", "altitude", "heartrate", "velocity_smooth", "cadence", "watts")
#: Points of Strava's resolutions; ``full`` is every sample, a page at a time.
RESOLUTIONS = {"low": 100, "medium": 1000, "high": 10_000}
MAX_TOKENS = 3400

Convert = Callable[[float], float]


class StreamArguments(Arguments):
    """Of get_activity_streams."""

    id = ActivityId(required=True)
    keys = fields.List(fields.String(validate=validate.OneOf(KEYS)))
    key_by_type = Flag(load_default=True)
    max_points = WholeNumber(load_default=200, validate=validate.Range(2, 10_000))
    resolution = fields.String(validate=validate.OneOf((*RESOLUTIONS, "full")))
    include_gps = Flag()
    offset = WholeNumber(validate=validate.Range(min=0))


OUTPUT: JSON = {
    "type": "object",
    "properties": {"statistics": {"type": "object"}, "streams": {}},
    "required": ["units", "samples", "statistics", "streams"],
}


@tool(title="Read a recording", arguments=StreamArguments, output=OUTPUT)
def get_activity_streams(ctx: Context, arguments: JSON) -> JSON:
    """Heart rate, pace, power, altitude … over an activity. Statistics are exact; curves are
    thinned to max_points. resolution=full with offset pages through every sample.
    """
    wanted = [key for key in KEYS if key in (arguments.get("keys") or USUAL)]
    if arguments.get("include_gps"):
        wanted = [*(key for key in wanted if key != "latlng"), "latlng"]
    else:
        wanted = [key for key in wanted if key != "latlng"]
    asked = list(dict.fromkeys([*wanted, "time", "moving"]))  # statistics need these two
    try:
        recorded = _columns(ctx.source.streams(arguments["id"], asked))
    except NotFound as exc:
        raise NotFound(
            f"Activity {arguments['id']} has no recording (entered by hand), or does not exist."
        ) from exc
    if not recorded:
        raise NotFound(f"Activity {arguments['id']} has no recording.")
    return _reply(recorded, wanted, arguments, ctx.units)


def _columns(streams: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The data of each known type; types that are not lists of one common length are dropped."""
    found = {
        key: streams[key]["data"]
        for key in KEYS
        if isinstance(streams.get(key), dict) and isinstance(streams[key].get("data"), list)
    }
    size = max((len(data) for data in found.values()), default=0)
    return {key: data for key, data in found.items() if size and len(data) == size}


def _reply(recorded: dict[str, list[Any]], wanted: list[str], arguments: JSON, system: str) -> JSON:
    numeric = {key: _numbers(data) for key, data in recorded.items() if key != "latlng"}
    size = len(next(iter(recorded.values())))
    shown = {key: _shown(key, data, system) for key, data in recorded.items() if key in wanted}
    indices, note, onward = _chosen(numeric, shown, arguments, size)
    streams = {key: [data[i] for i in indices] for key, data in shown.items()}
    reply: JSON = {
        "units": _units(streams, system),
        "samples": size,
        "statistics": _statistics(numeric, shown),
        "streams": (
            streams
            if arguments["key_by_type"]
            else [{"type": key, "data": data} for key, data in streams.items()]
        ),
        "link": view.link(arguments["id"]),
    }
    missing = [key for key in arguments.get("keys") or () if key not in recorded]
    if "latlng" in missing and not arguments.get("include_gps"):
        note += " latlng: set include_gps to get it."
    missing = [key for key in missing if key != "latlng"]
    if missing:
        note += f" Not recorded: {', '.join(missing)}."
    return reply | onward | ({"note": note.strip()} if note.strip() else {})


def _chosen(
    numeric: Mapping[str, Sequence[float | None]],
    shown: Mapping[str, list[Any]],
    arguments: JSON,
    size: int,
) -> tuple[list[int], str, JSON]:
    """Which samples go out, what to say about it, and where a page goes on."""
    fits = max(2, int(MAX_TOKENS / max(1.0, _tokens_a_sample(shown))))
    if arguments.get("resolution") == "full":
        begin = min(arguments.get("offset", 0), size)
        end = min(size, begin + fits)
        onward = {"next_offset": end} if end < size else {}
        return list(range(begin, end)), f"Samples {begin} to {end - 1} of {size}.", onward
    most: int = arguments["max_points"]
    most = RESOLUTIONS.get(arguments.get("resolution", ""), most)
    drawn = {key: values for key, values in numeric.items() if key in shown and key != "moving"}
    indices = thinned(drawn or {"time": [float(i) for i in range(size)]}, min(most, fits))
    if len(indices) == size:
        return indices, "", {}
    note = f"{len(indices)} of {size} samples, thinned to keep the shape;"
    if fits < most:
        note += " no more fit in one reply: ask for fewer keys, or"
    return indices, f"{note} resolution=full has every one.", {}


def _tokens_a_sample(shown: Mapping[str, list[Any]]) -> float:
    """About how many tokens one sample of all columns takes: three digits to a token."""
    total = 0.0
    for data in shown.values():
        some = data[:: max(1, len(data) // 50)]
        texts = [str(value) for value in some]
        groups = sum(
            sum(-(-len(part) // 3) for part in text.replace("-", "").replace("[", "").split("."))
            + text.count(".")
            + text.count(",")
            + text.count("-")
            + 1
            for text in texts
        )
        total += groups / max(1, len(texts))
    return total


def _numbers(data: list[Any]) -> list[float | None]:
    """A column as numbers; anything else is a gap."""
    return [float(v) if isinstance(v, bool) else view.real(v) for v in data]


def _shown(key: str, data: list[Any], system: str) -> list[Any]:
    """A column in the reply's units, rounded to what was really measured."""
    if key == "latlng":
        return [_point(value) for value in data]
    if key == "moving":
        return [int(value is True) for value in data]
    convert = _conversion(key, system)
    known = (view.real(value) for value in data)
    return [None if value is None else convert(value) for value in known]


def _point(value: Any) -> list[float] | None:
    """A position to about a metre, or a gap."""
    if not isinstance(value, list) or len(value) != 2:
        return None
    latitude, longitude = view.real(value[0]), view.real(value[1])
    if latitude is None or longitude is None:
        return None
    return [round(latitude, 5), round(longitude, 5)]


def _conversion(key: str, system: str) -> Convert:
    imperial = system == "imperial"
    metres = METRES_PER_MILE if imperial else METRES_PER_KM
    found: dict[str, Convert] = {
        "time": round,
        "distance": lambda v: round(v / metres, 2),
        "altitude": lambda v: measure.elevation(v, system),
        "velocity_smooth": lambda v: measure.speed(v, system),
        "grade_smooth": lambda v: round(v, 1),
        "temp": lambda v: round(v * 9 / 5 + 32 if imperial else v),
    }
    return found.get(key, round)


def _units(streams: Mapping[str, Any], system: str) -> JSON:
    imperial = system == "imperial"
    every = {
        "time": "s",
        "distance": "mi" if imperial else "km",
        "altitude": "ft" if imperial else "m",
        "heartrate": "bpm",
        "velocity_smooth": "mph" if imperial else "km/h",
        "cadence": "rpm, of one leg on foot",
        "watts": "W",
        "grade_smooth": "%",
        "temp": "°F" if imperial else "°C",
        "moving": "1 moving, 0 standing",
        "latlng": "degrees",
    }
    return {key: every[key] for key in streams}


def _statistics(numeric: Mapping[str, list[float | None]], shown: Mapping[str, list[Any]]) -> JSON:
    """Over every sample: least, most, and the mean by time (of moving time, where it is known)."""
    size = len(next(iter(shown.values()))) if shown else 0
    time_s = [value or 0.0 for value in numeric.get("time", [float(i) for i in range(size)])]
    seconds = seconds_each(time_s)
    moving = numeric.get("moving")
    if moving:  # which says of the step that ends in a sample whether it was moving: no pause is
        steps = [0.0, *seconds[:-1]]
        seconds = [s if m else 0.0 for s, m in zip(steps, moving, strict=True)]
    found: JSON = {"moving_time_s": round(sum(seconds))}
    for key, data in shown.items():
        known = [value for value in data if isinstance(value, int | float)]
        if not known or key in ("time", "moving", "latlng"):
            continue
        if key == "distance":
            found[key] = known[-1]
            continue
        average = mean(data, seconds)
        found[key] = {"min": min(known), "max": max(known)}
        if average is not None:
            found[key]["mean"] = round(average, 1)
    return found
