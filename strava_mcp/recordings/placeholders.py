"""Values that stand for unknown ones.

A 0 is true unless the recording shows otherwise: programs write 0 where their format requires a
value. A device that measures a value has it in some lap, so one lap of 0 m in a swim is true.
"""

from collections.abc import Sequence
from typing import Any

from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import Streams
from strava_mcp.recordings.samples import RawLap

#: GPS receivers at rest drift by less.
MIN_DISTANCE_M = 100.0
#: A body at rest burns more than 1 kcal per minute.
MIN_CALORIES_S = 600.0
#: Sensors write these without a pulse.
NO_PULSE = (0, 255)
HEART_RATES = ("average_heartrate", "max_heartrate")
POWER = ("average_watts", "max_watts", "weighted_average_watts", "kilojoules")


def without_placeholders(
    totals: JSON, laps: Sequence[RawLap], streams: Streams
) -> tuple[JSON, list[RawLap]]:
    """Copy totals and laps without zeros that the samples contradict, and without no pulse."""
    parts = [totals, *(lap.totals for lap in laps)]
    unknown = {key for key in _contradicted(streams) if not any(part.get(key) for part in parts)}
    return _without(totals, unknown), [
        RawLap(lap.start, _without(lap.totals, unknown)) for lap in laps
    ]


def _contradicted(streams: Streams) -> set[str]:
    """Return the keys that cannot be 0 throughout such a recording."""
    keys: set[str] = set()
    span_s, metres = (_last(streams.get(key)) for key in ("time", "distance"))
    if span_s:
        keys |= {"elapsed_time", "moving_time"}
    if metres > MIN_DISTANCE_M:
        keys |= {"distance", "average_speed", "max_speed"}
    if span_s > MIN_CALORIES_S:
        keys.add("calories")
    if any(streams.get("watts", ())):
        keys.update(POWER)
    if any(streams.get("cadence", ())):
        keys |= {"average_cadence", "max_cadence"}
    return keys


def _last(values: Sequence[Any] | None) -> float:
    return float(values[-1]) if values else 0.0


def _without(values: JSON, keys: set[str]) -> JSON:
    return {
        key: value
        for key, value in values.items()
        if key not in keys and not (key in HEART_RATES and value in NO_PULSE)
    }
