"""The recording of an activity: exact statistics, and curves downsampled to fit into a chat."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypedDict

from marshmallow import ValidationError, validate, validates_schema

from strava_mcp.context import Context
from strava_mcp.errors import NotFound
from strava_mcp.json_types import JSON
from strava_mcp.tools import activity_view as view
from strava_mcp.tools import display_units
from strava_mcp.tools.activity_reader import has_place
from strava_mcp.tools.arguments import Arguments, Choice, Choices, Flag, WholeNumber
from strava_mcp.tools.fields import BoundedNumber, PositiveId, described, unlisted
from strava_mcp.tools.registry import tool
from strava_mcp.tools.safe_json import JSONObject, finite, get_object
from strava_mcp.training.series import Series, downsample, mean, sample_durations
from strava_mcp.units import METRES_PER_KM, METRES_PER_MILE

#: Strava's stream types (API v3, StreamSet), in the order of a reply.
KEYS = (
    *("time", "distance", "altitude", "heartrate", "velocity_smooth", "cadence", "watts"),
    *("grade_smooth", "temp", "moving", "latlng"),
)
DEFAULT_KEYS = (
    *("time", "distance", "altitude", "heartrate", "velocity_smooth", "cadence", "watts"),
)
#: Points of Strava's resolutions; ``full`` is every sample, one page at a time.
RESOLUTIONS = {"low": 100, "medium": 1000, "high": 10_000}
MAX_OFFSET = 10**9
#: Budget of the columns; the rest of a reply is for statistics, units and notes.
MAX_TOKENS = 3400
#: Values sampled per column to estimate its tokens.
ESTIMATED_FROM = 50

Convert = Callable[[float], float]
#: A value of a column: a number, a position (latitude, longitude in degrees), or a gap.
Value = float | list[float] | None


class StreamArguments(Arguments):
    """Arguments of ``get_activity_streams``."""

    id = PositiveId("activity", required=True)
    keys = Choices(*KEYS, **described("default: first seven"))
    key_by_type = Flag(load_default=True, **unlisted())  # of the original: false gives a list
    max_points = WholeNumber(
        load_default=200, validate=validate.Range(2, 10_000), **described("points per curve")
    )
    resolution = Choice(*RESOLUTIONS, "full", **described("instead of max_points"))
    include_gps = Flag(**described("adds latlng, the positions"))
    offset = BoundedNumber(
        0,
        MAX_OFFSET,
        "a number of samples",
        **described("next_offset of the last reply"),
    )

    @validates_schema
    def check_offset(self, arguments: JSON, **options: Any) -> None:
        """Reject an offset where it would be ignored."""
        if arguments.get("offset") and arguments.get("resolution") != "full":
            raise ValidationError("Needs resolution=full; leave it out otherwise.", "offset")


class Range(TypedDict, total=False):
    """Statistics of a column in display units; ``mean`` is absent if no time was recorded."""

    min: float
    max: float
    mean: float


class Selection(NamedTuple):
    """The indices of the samples in a reply, a note about them, and ``next_offset`` if any."""

    indices: list[int]
    note: str
    next_page: dict[str, int]


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
    keys = [key for key in KEYS if key in (arguments.get("keys") or DEFAULT_KEYS)]
    keys = [key for key in keys if key != "latlng"]
    if arguments.get("include_gps"):
        keys.append("latlng")
    requested = list(dict.fromkeys([*keys, "time", "moving"]))  # statistics need these two
    try:
        recorded = _columns(ctx.source.streams(arguments["id"], requested))
    except NotFound as exc:
        raise NotFound(
            f"Activity {arguments['id']} has no recording (entered by hand), or does not exist."
        ) from exc
    if not recorded:
        raise NotFound(f"Activity {arguments['id']} has no recording.")
    if "latlng" in recorded and not has_place(ctx.source.activity(arguments["id"])):
        del recorded["latlng"]
    return _reply(recorded, keys, arguments, ctx.units)


def _columns(streams: JSONObject) -> dict[str, list[object]]:
    """The data of each known type; columns that differ in length from the longest are dropped."""
    columns: dict[str, list[object]] = {}
    for key in KEYS:
        data = get_object(streams, key).get("data")
        if isinstance(data, list):
            columns[key] = data
    size = max((len(data) for data in columns.values()), default=0)
    return {key: data for key, data in columns.items() if size and len(data) == size}


def _reply(
    recorded: Mapping[str, list[object]], keys: Sequence[str], arguments: JSON, units: str
) -> JSON:
    numeric = {key: _numbers(data) for key, data in recorded.items() if key != "latlng"}
    size = len(next(iter(recorded.values())))
    columns = {key: _convert(key, data, units) for key, data in recorded.items() if key in keys}
    selection = _select(numeric, columns, arguments, size)
    streams = {key: [data[i] for i in selection.indices] for key, data in columns.items()}
    reply: JSON = {
        "units": _units(streams, units),
        "samples": size,
        "statistics": _statistics(numeric, columns),
        "streams": (
            streams
            if arguments["key_by_type"]
            else [{"type": key, "data": data} for key, data in streams.items()]
        ),
        "link": view.link(arguments["id"]),
        **selection.next_page,
    }
    note = f"{selection.note}{_note_on_missing(recorded, arguments)}".strip()
    return reply | ({"note": note} if note else {})


def _note_on_missing(recorded: Mapping[str, object], arguments: JSON) -> str:
    """Explain which of the requested keys a reply lacks."""
    missing = [key for key in arguments.get("keys") or () if key not in recorded]
    note = ""
    if "latlng" in missing and not arguments.get("include_gps"):
        note = " latlng: set include_gps to get it."
    elif arguments.get("include_gps") and "latlng" not in recorded:
        note = " latlng: not recorded, or in a virtual world, which is no place."
    unrecorded = [key for key in missing if key != "latlng"]
    if unrecorded:
        note += f" Not recorded: {', '.join(unrecorded)}."
    return note


def _select(
    numeric: Mapping[str, Series],
    columns: Mapping[str, Sequence[Value]],
    arguments: JSON,
    size: int,
) -> Selection:
    """Choose the samples of a reply: a page of all, or as many as keep the shape and fit."""
    capacity = max(2, int(MAX_TOKENS / max(1.0, _tokens_per_sample(columns))))
    if arguments.get("resolution") == "full":
        begin = min(arguments.get("offset", 0), size)
        end = min(size, begin + capacity)
        next_page = {"next_offset": end} if end < size else {}
        note = f"Samples {begin} to {end - 1} of {size}."
        return Selection(list(range(begin, end)), note, next_page)
    max_points: int = arguments["max_points"]
    limit = RESOLUTIONS.get(arguments.get("resolution", ""), max_points)
    shape = {key: data for key, data in numeric.items() if key in columns and key != "moving"}
    even = {"time": [float(i) for i in range(size)]}
    indices = downsample(shape or even, min(limit, capacity))
    if len(indices) == size:
        return Selection(indices, "", {})
    note = f"{len(indices)} of {size} samples, thinned to keep the shape;"
    if capacity < limit:
        note += " no more fit in one reply: ask for fewer keys, or"
    return Selection(indices, f"{note} resolution=full has every one.", {})


def _tokens_per_sample(columns: Mapping[str, Sequence[Value]]) -> float:
    """Estimate the tokens of one sample of all columns: one per three digits, one per separator."""
    total = 0.0
    for data in columns.values():
        texts = [str(value) for value in data[:: max(1, len(data) // ESTIMATED_FROM)]]
        count = sum(
            sum(-(-len(part) // 3) for part in text.replace("-", "").replace("[", "").split("."))
            + text.count(".")
            + text.count(",")
            + text.count("-")
            + 1
            for text in texts
        )
        total += count / max(1, len(texts))
    return total


def _numbers(data: Sequence[object]) -> list[float | None]:
    """A column as numbers; anything else is a gap."""
    return [float(value) if isinstance(value, bool) else finite(value) for value in data]


def _convert(key: str, data: Sequence[object], units: str) -> list[Value]:
    """A column in display units, rounded to sensor precision."""
    if key == "latlng":
        return [_position(value) for value in data]
    if key == "moving":
        return [int(value is True) for value in data]
    convert = _conversion(key, units)
    numbers = (finite(value) for value in data)
    return [None if number is None else convert(number) for number in numbers]


def _position(value: object) -> list[float] | None:
    """Latitude and longitude rounded to about a metre, or a gap."""
    if not isinstance(value, list) or len(value) != 2:
        return None
    latitude, longitude = finite(value[0]), finite(value[1])
    if latitude is None or longitude is None:
        return None
    return [round(latitude, 5), round(longitude, 5)]


def _conversion(key: str, units: str) -> Convert:
    imperial = units == "imperial"
    unit_m = METRES_PER_MILE if imperial else METRES_PER_KM
    conversions: dict[str, Convert] = {
        "time": round,
        "distance": lambda v: round(v / unit_m, 2),
        "altitude": lambda v: display_units.elevation(v, units),
        "velocity_smooth": lambda v: display_units.speed(v, units),
        "grade_smooth": lambda v: round(v, 1),
        "temp": lambda v: round(v * 9 / 5 + 32 if imperial else v),
    }
    return conversions.get(key, round)


def _units(streams: Mapping[str, object], units: str) -> dict[str, str]:
    """The unit of each stream in a reply."""
    imperial = units == "imperial"
    names = {
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
    return {key: names[key] for key in streams}


def _statistics(
    numeric: Mapping[str, Series], columns: Mapping[str, Sequence[Value]]
) -> dict[str, float | Range]:
    """Minimum, maximum and time-weighted mean over every sample (over moving time, if recorded)."""
    size = len(next(iter(columns.values()))) if columns else 0
    time_s = [value or 0.0 for value in numeric.get("time", [float(i) for i in range(size)])]
    seconds = sample_durations(time_s)
    moving = numeric.get("moving")
    if moving:  # refers to the interval ending at each sample
        intervals = [0.0, *seconds[:-1]]
        seconds = [s if m else 0.0 for s, m in zip(intervals, moving, strict=True)]
    statistics: dict[str, float | Range] = {"moving_time_s": round(sum(seconds))}
    for key, data in columns.items():
        series = [value if isinstance(value, (int, float)) else None for value in data]
        values = [value for value in series if value is not None]
        if not values or key in ("time", "moving", "latlng"):
            continue
        if key == "distance":
            statistics[key] = values[-1]
            continue
        column: Range = {"min": min(values), "max": max(values)}
        average = mean(series, seconds)
        if average is not None:
            column["mean"] = round(average, 1)
        statistics[key] = column
    return statistics
