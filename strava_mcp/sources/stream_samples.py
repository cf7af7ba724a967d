"""The samples of a recording as a source returned it (StreamSet), without what is malformed."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

#: Larger numbers are no measurement.
MAX_NUMBER = 1e12


def samples_of(streams: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Each stream as a list, all as long as ``time``; empty without a valid ``time``.

    A malformed value is None; ``distance`` has no gaps or is left out. ``moving`` has
    truth values, ``latlng`` pairs of degrees, and all others numbers.
    """
    lists = {
        key: stream["data"]
        for key, stream in streams.items()
        if isinstance(stream, Mapping) and isinstance(stream.get("data"), list)
    }
    time = lists.get("time", [])
    values = {
        key: [_value(key, value) for value in samples]
        for key, samples in lists.items()
        if len(samples) == len(time)
    }
    if not _rises(values.get("time", [])):
        return {}
    whole = "distance" in values and None not in values["distance"]
    return {key: samples for key, samples in values.items() if whole or key != "distance"}


def _rises(time: Sequence[float | None]) -> bool:
    """Whether every time is known and none is before the one before it; False without any."""
    seconds = [second for second in time if second is not None]
    return 0 < len(seconds) == len(time) and all(a <= b for a, b in pairwise(seconds))


def _value(key: str, value: object) -> Any:
    if key == "moving":
        return value is True
    return _position(value) if key == "latlng" else _number(value)


def _number(value: object) -> float | None:
    """A finite number that can be a measurement, else None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if abs(value) < MAX_NUMBER else None  # not NaN either


def _position(value: object) -> list[float] | None:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        return None
    lat, lon = map(_number, value)
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180:
        return None
    return [lat, lon]
