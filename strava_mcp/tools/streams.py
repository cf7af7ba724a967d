"""The recording of an activity: exact statistics, and curves downsampled to fit into a chat."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypedDict

from marshmallow import ValidationError, validates_schema

from strava_mcp.context import Context
from strava_mcp.errors import NotFound
from strava_mcp.json_types import JSON
from strava_mcp.tools import activity_view as view
from strava_mcp.tools.activity_reader import has_place
from strava_mcp.tools.arguments import Arguments, Choice, Choices, Flag
from strava_mcp.tools.fields import BoundedNumber, described, unlisted
from strava_mcp.tools.id_fields import PositiveId
from strava_mcp.tools.registry import tool
from strava_mcp.tools.reply_schema import CELL, VARYING, Rare, reply_schema
from strava_mcp.tools.safe_json import JSONObject, finite, get_object
from strava_mcp.tools.stream_units import DIGITS, conversion, convert_column, unit_names
from strava_mcp.training.series import Series, Streams, downsample, mean
from strava_mcp.training.totals import moving_seconds, sample_weights

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
#: Decimals of a mean.
MEAN_DIGITS = 1
#: The note on a thinned curve.
THINNED = (
    "thinned to keep the shape and the extremes. Never compute averages, zones or drift from the "
    "curve: statistics has exact means of the whole, get_activity_by_id (detail=full) those of "
    "laps and splits."
)
#: A sample stands for at most this many seconds; a longer interval is a gap.
MAX_SAMPLE_S = 10.0


class StreamArguments(Arguments):
    """Arguments of ``get_activity_streams``."""

    id = PositiveId("activity", required=True)
    keys = Choices(*KEYS, **described("default: first seven"))
    key_by_type = Flag(load_default=True, **unlisted())  # of the original: false gives a list
    max_points = BoundedNumber(
        2,
        10_000,
        "a number of points, 2 to 10,000",
        load_default=200,
        **described("per curve; default 200"),
    )
    resolution = Choice(*RESOLUTIONS, "full", **described("instead of max_points"))
    include_gps = Flag(**described("adds latlng, the positions"))
    offset = BoundedNumber(
        0,
        MAX_OFFSET,
        "a number of samples, 0 or more",
        **described("next_offset of the last reply"),
    )

    @validates_schema
    def check_offset(self, arguments: JSON, **options: Any) -> None:
        """Reject an offset where it would be ignored."""
        if arguments.get("offset") and arguments.get("resolution") != "full":
            raise ValidationError("Needs resolution=full; leave it out otherwise.", "offset")


class Range(TypedDict, total=False):
    """Statistics of a column in display units; ``mean`` is weighted by time."""

    min: float
    max: float
    mean: float


class Selection(NamedTuple):
    """The indices of the samples in a reply, a note about them, and ``next_offset`` if any."""

    indices: list[int]
    note: str
    next_page: dict[str, int]


class Recording(TypedDict, total=False):
    """The reply of get_activity_streams; ``units``: the unit of each stream."""

    units: dict[str, str]
    samples: int
    statistics: dict[str, Any]
    next_offset: Rare[int]


COLUMN: JSON = {"type": "array", "items": CELL}
OUTPUT = reply_schema(
    Recording,
    *("units", "samples", "statistics", "streams"),
    # By name; as a list if key_by_type is false.
    streams={"type": ["object", "array"], "additionalProperties": COLUMN, "items": VARYING},
)


@tool(title="Read a recording", arguments=StreamArguments, output=OUTPUT)
def get_activity_streams(ctx: Context, arguments: JSON) -> JSON:
    """Heart rate, pace, power, altitude … over an activity. Statistics are exact, from every
    sample; curves are thinned to max_points and must not be averaged. resolution=full with offset
    pages through every sample.
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
            f"Activity {arguments['id']} has no recording (it was entered by hand, or its file is "
            "missing or damaged), or does not exist."
        ) from exc
    if not recorded:
        raise NotFound(f"Activity {arguments['id']} has no recording.")
    if "latlng" in recorded and not has_place(ctx.source.activity(arguments["id"])):
        del recorded["latlng"]
    return _reply(recorded, keys, arguments, ctx.units)


def _columns(streams: JSONObject) -> dict[str, list[object]]:
    """The data of each known type; columns that differ in length from the longest are dropped.

    A heart rate of 0 is a sensor without a pulse: a gap.
    """
    columns: dict[str, list[object]] = {}
    for key in KEYS:
        data = get_object(streams, key).get("data")
        if isinstance(data, list):
            columns[key] = [beats or None for beats in data] if key == "heartrate" else data
    size = max((len(data) for data in columns.values()), default=0)
    return {key: data for key, data in columns.items() if size and len(data) == size}


def _reply(
    recorded: Mapping[str, list[object]], keys: Sequence[str], arguments: JSON, units: str
) -> JSON:
    numeric = {key: _numbers(data) for key, data in recorded.items() if key != "latlng"}
    size = len(next(iter(recorded.values())))
    columns = {key: data for key, data in recorded.items() if key in keys}
    selection = _select(numeric, columns, arguments, size, units)
    streams = {
        key: convert_column(key, [data[i] for i in selection.indices], units)
        for key, data in columns.items()
    }
    reply: JSON = {
        "units": unit_names(streams, units),
        "samples": size,
        "statistics": _statistics(numeric, columns, units),
        "streams": (
            streams
            if arguments["key_by_type"]
            else [{"type": key, "data": data} for key, data in streams.items()]
        ),
        "link": view.link(arguments["id"]),
        **selection.next_page,
    }
    note = f"{selection.note}{_note_on_missing(recorded, keys, arguments)}".strip()
    return reply | ({"note": note} if note else {})


def _note_on_missing(
    recorded: Mapping[str, list[object]], keys: Sequence[str], arguments: JSON
) -> str:
    """Name the streams that the reply lacks."""
    note = ""
    if "latlng" in (arguments.get("keys") or ()) and not arguments.get("include_gps"):
        note = " latlng: set include_gps to get it."
    elif "latlng" in keys and "latlng" not in recorded:
        note = " latlng: not recorded, or in a virtual world, which is no real place."
    missing = [
        key
        for key in keys
        if key != "latlng" and all(value is None for value in recorded.get(key, ()))
    ]
    if missing:
        note += f" Not recorded: {', '.join(missing)}."
    return note


def _select(
    numeric: Mapping[str, Series],
    columns: Mapping[str, Sequence[object]],
    arguments: JSON,
    size: int,
    units: str,
) -> Selection:
    """Choose the samples of a reply: a page of all, or as many as keep the shape and fit."""
    capacity = max(2, int(MAX_TOKENS / max(1.0, _tokens_per_sample(columns, units))))
    if arguments.get("resolution") == "full":
        begin = min(arguments.get("offset", 0), size)
        end = min(size, begin + capacity)
        next_page = {"next_offset": end} if end < size else {}
        note = f"Samples {begin} to {end - 1} of {size}."
        if begin == size:
            note = f"There are {size} samples: none from offset {begin} on."
        return Selection(list(range(begin, end)), note, next_page)
    max_points: int = arguments["max_points"]
    limit = RESOLUTIONS.get(arguments.get("resolution", ""), max_points)
    shape = {key: data for key, data in numeric.items() if key in columns and key != "moving"}
    even = {"time": [float(i) for i in range(size)]}
    indices = downsample(shape or even, min(limit, capacity))
    if len(indices) == size:
        return Selection(indices, "", {})
    note = f"{len(indices)} of {size} samples, {THINNED}"
    if capacity < limit:
        note += " No more fit in one reply: ask for fewer keys, or"
    return Selection(indices, f"{note} resolution=full has every one.", {})


def _tokens_per_sample(columns: Mapping[str, Sequence[object]], units: str) -> float:
    """Estimate the tokens of one sample of all columns: one per three digits, one per separator."""
    total = 0.0
    for key, data in columns.items():
        examples = convert_column(key, data[:: max(1, len(data) // ESTIMATED_FROM)], units)
        texts = [str(value) for value in examples]
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


def _statistics(
    numeric: Mapping[str, Series], columns: Mapping[str, object], units: str
) -> dict[str, float | Range]:
    """Minimum, maximum and mean of each column, from every sample before rounding.

    Means are weighted by time, over moving time: that is absent if it was not recorded, and means
    are then over the whole recording. As in the header of an activity, coasting is not cadence.
    """
    size = len(next(iter(numeric.values()), ()))
    time_s = numeric.get("time") or range(size)
    timeline: Streams = {"time": [second or 0.0 for second in time_s]}
    if "moving" in numeric:
        timeline = {**timeline, "moving": numeric["moving"]}
    weights = sample_weights(timeline, MAX_SAMPLE_S)
    statistics: dict[str, float | Range] = {}
    if "time" in numeric and "moving" in numeric:
        statistics["moving_time_s"] = round(sum(moving_seconds(timeline)))
    for key in columns:
        series = numeric.get(key, ())
        values = [value for value in series if value is not None]
        if not values or key in ("time", "moving"):
            continue
        convert, digits = conversion(key, units), DIGITS.get(key)
        if key == "distance":
            statistics[key] = round(convert(values[-1]), digits)
            continue
        column: Range = {
            "min": round(convert(min(values)), digits),
            "max": round(convert(max(values)), digits),
        }
        averaged = [value or None for value in series] if key == "cadence" else series
        average = mean(averaged, weights)
        if average is not None:
            column["mean"] = round(convert(average), MEAN_DIGITS)
        statistics[key] = column
    return statistics
