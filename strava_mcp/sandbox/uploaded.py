"""What an uploaded recording makes of its activity: streams, totals, laps, splits, efforts, map.

Strava does the same with every file. The numbers are the device's own where it wrote them, and
otherwise ``training`` computes them from the samples.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from strava_mcp.json_types import JSON
from strava_mcp.polyline import encode
from strava_mcp.recordings.recording import Lap, Recording
from strava_mcp.sandbox.recording import Streams
from strava_mcp.sandbox.streams import STREAM_TYPES
from strava_mcp.sports import ON_FOOT, RIDES
from strava_mcp.units import METRES_PER_KM, METRES_PER_MILE

#: Bytes of a stored recording. Of a longer one every second sample is left out, as often as needed.
MAX_STORED_BYTES = 300_000
#: Totals of a device that an activity shows.
TOTALS = (
    *("distance", "moving_time", "total_elevation_gain", "average_heartrate", "max_heartrate"),
    *("average_cadence", "average_watts", "max_watts", "weighted_average_watts", "kilojoules"),
    *("average_temp", "calories", "max_speed"),
)
#: Points of the polylines.
SUMMARY_POINTS, DETAIL_POINTS = 100, 1000
SPLITS = {"splits_metric": METRES_PER_KM, "splits_standard": METRES_PER_MILE}
LAP_FIELDS = (
    *("distance", "moving_time", "elapsed_time", "average_speed", "max_speed", "average_watts"),
    *("total_elevation_gain", "average_cadence", "average_heartrate", "max_heartrate"),
    *("start_index", "end_index"),
)


def bounded(recording: Recording) -> Recording:
    """The recording with streams as Strava has them, which ``packed`` fit into MAX_STORED_BYTES."""
    streams = _complete(recording.streams)
    while streams and len(packed(streams)) > MAX_STORED_BYTES:
        streams = {key: [*values[:-1:2], values[-1]] for key, values in streams.items()}
    return replace(recording, streams=streams)


def packed(streams: Streams) -> str:
    """Streams as text."""
    return b64encode(zlib.compress(json.dumps(streams).encode())).decode()


def unpacked(text: str) -> Streams:
    """The streams that ``packed`` made a text of."""
    streams: Streams = json.loads(zlib.decompress(b64decode(text)))
    return streams


def _complete(streams: Mapping[str, Sequence[Any]]) -> Streams:
    """Streams of Strava's types without gaps: the last value is held, as there."""
    return {
        key: _held(streams[key])
        for key in STREAM_TYPES
        if any(value is not None for value in streams.get(key, ()))
    }


def _held(values: Sequence[Any]) -> list[Any]:
    last = next(value for value in values if value is not None)
    result = []
    for value in values:
        last = last if value is None else value
        result.append(last)
    return result


def measured(activity: JSON, recording: Recording) -> JSON:
    """An activity (DetailedActivity) with what its ``bounded`` recording says."""
    from strava_mcp.training.totals import totals

    streams = recording.streams
    given = {key: recording.totals[key] for key in TOTALS if recording.totals.get(key) is not None}
    values = {**totals(streams), **given}
    sport, elapsed_s = activity["sport_type"], activity["elapsed_time"]
    moving_s = min(elapsed_s, max(1, round(values.get("moving_time") or elapsed_s)))
    distance_m = round(float(values.get("distance") or 0.0), 1)
    result = activity | {key: value for key, value in values.items() if value is not None}
    result |= {
        "distance": distance_m,
        "moving_time": moving_s,
        "elapsed_time": elapsed_s,
        "average_speed": round(distance_m / moving_s, 3),
        "max_speed": float(values.get("max_speed") or 0.0),
        "total_elevation_gain": float(values.get("total_elevation_gain") or 0.0),
        "calories": float(values.get("calories") or 0.0),
        "has_heartrate": "heartrate" in streams,
        "device_name": recording.device or activity["device_name"],
        "trainer": activity["trainer"] or recording.is_indoor,
        "available_zones": ["heartrate"] * ("heartrate" in streams)
        + ["power"] * ("watts" in streams and sport in RIDES),
        "laps": _laps(activity, recording.laps, streams),
    }
    if "watts" in streams and sport in RIDES:
        result["device_watts"] = True
    return result | _split_times(activity, streams) | _place(activity["map"], streams)


def _place(drawn: JSON, streams: Streams) -> JSON:
    """Where it began and ended, and its map."""
    points = streams.get("latlng")
    if not points:
        return {}
    line, summary = (encode(_thinned(points, most)) for most in (DETAIL_POINTS, SUMMARY_POINTS))
    return {
        "start_latlng": points[0],
        "end_latlng": points[-1],
        "map": drawn | {"polyline": line, "summary_polyline": summary},
    }


def _thinned(points: Sequence[Sequence[float]], most: int) -> list[tuple[float, float]]:
    step = max(1, -(-len(points) // most))
    return [(lat, lng) for lat, lng in [*points[:-1:step], points[-1]]]


def _references(activity: JSON) -> JSON:
    return {
        "activity": {"id": activity["id"], "resource_state": 1},
        "athlete": activity["athlete"],
        "resource_state": 2,
    }


def _dates(activity: JSON, seconds: float) -> JSON:
    """``start_date`` and ``start_date_local``, some seconds after the activity's."""
    return {
        key: (datetime.fromisoformat(activity[key]) + timedelta(seconds=round(seconds))).strftime(
            "%Y-%m-%dT%H:%M:%SZ"
        )
        for key in ("start_date", "start_date_local")
    }


def _laps(activity: JSON, laps: Sequence[Lap], streams: Streams) -> list[JSON]:
    """The laps of the device (Lap); a single one where it wrote none."""
    from strava_mcp.training.splits import lap_between

    time = streams["time"]
    result = []
    for number, lap in enumerate(laps or (Lap(time[0], {}),), 1):
        end_s = laps[number].start_s if number < len(laps) else time[-1]
        computed: JSON = dict(lap_between(streams, lap.start_s, end_s))
        values = {key: value for key, value in computed.items() if key in LAP_FIELDS}
        values |= {k: v for k, v in lap.totals.items() if k in LAP_FIELDS and v is not None}
        whole = {key: round(values.get(key, 0)) for key in ("moving_time", "elapsed_time")}
        floats = {key: float(values.get(key, 0)) for key in ("distance", "total_elevation_gain")}
        speed = round(floats["distance"] / whole["moving_time"], 3) if whole["moving_time"] else 0.0
        result.append(
            {
                "id": activity["id"] * 1000 + number,
                "name": f"Lap {number}",
                **_references(activity),
                **_dates(activity, lap.start_s),
                **values,
                **whole,
                **floats,
                "average_speed": speed,
                "max_speed": float(values.get("max_speed", 0)),
                "lap_index": number,
                "split": number,
                "pace_zone": 0,
            }
        )
    return result


def _split_times(activity: JSON, streams: Streams) -> JSON:
    """Splits, on foot, and best efforts, of runs."""
    from strava_mcp.training import efforts, splits

    if {"distance", "moving"} - streams.keys() or activity["sport_type"] not in ON_FOOT:
        return {}
    names = ("time", "distance", "moving", "altitude", "heartrate", "watts")
    series = [streams.get(name) for name in names]
    result: JSON = {
        key: [
            {"elevation_difference": 0.0, **split, "pace_zone": 0}
            for split in splits.splits(*series, every_m=size_m)  # type: ignore[arg-type]
        ]
        for key, size_m in SPLITS.items()
    }
    if activity["sport_type"] == "Run":
        fastest = efforts.best_efforts(streams["time"], streams["distance"])
        result["best_efforts"] = [
            {
                "id": activity["id"] * 1000 + 900 + number,
                **_references(activity),
                **_dates(activity, effort["start_s"]),
                **{key: value for key, value in effort.items() if key != "start_s"},
                "moving_time": effort["elapsed_time"],
                "pr_rank": None,
                "achievements": [],
            }
            for number, effort in enumerate(fastest)
        ]
    return result
