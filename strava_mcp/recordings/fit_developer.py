"""Developer fields: values that apps add to messages (FIT protocol, developer data).

An app describes its fields within the file. Those that stand for a field of the profile are read:
by the number of that field, or by a known name.
"""

import math
import struct
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from strava_mcp.recordings.fit_profile import (
    BASE_TYPE_MASK,
    LAP,
    NUMBERS,
    RECORD,
    SESSION,
    field_names,
)
from strava_mcp.units import METRES_PER_FOOT, METRES_PER_KM, METRES_PER_MILE

#: More than any app describes.
MAX_DESCRIPTIONS = 1000
#: As fine as the profile's fields; what follows is the noise of a 32-bit float.
DECIMALS = 3
#: Names of fields that apps describe without the number of the profile's field, lowercase: Garmin's
#: Running Power.
NAMES = {
    (RECORD, "rp_power"): "power",
    (LAP, "rp_avglappower"): "avg_power",
    (SESSION, "rp_avgpower"): "avg_power",
}
#: Other units than those of the profile, lowercase, and their factor. Values are not scaled.
UNITS = {
    **{"km": METRES_PER_KM, "cm": 0.01, "mm": 0.001, "ft": METRES_PER_FOOT, "mi": METRES_PER_MILE},
    **dict.fromkeys(("km/h", "kph", "kmh"), METRES_PER_KM / 3600),
    **{"mph": METRES_PER_MILE / 3600, "ms": 0.001, "min": 60.0, "h": 3600.0, "j": 1.0, "kj": 1000},
}


class Slot(NamedTuple):
    """A developer field in a definition. ``key``: developer index and number; ``at``: in bytes."""

    key: tuple[int, int]
    at: int
    size: int


class Description(NamedTuple):
    """How to decode a developer field, and the profile's field that it stands for."""

    name: str
    format: str
    invalid: int | None
    scale: int
    offset: int
    factor: float


class DeveloperFields:
    """The developer fields that a file has described so far."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[int, int, int], Description] = {}

    def describe(self, message: Mapping[str, Any]) -> None:
        """Take a field_description; those that stand for no field of the profile are ignored."""
        kind = _integer(message, "native_mesg_num", RECORD)
        name = field_names(kind).get(_integer(message, "native_field_num", -1))
        name = name or NAMES.get((kind, _text(message, "field_name")))
        base_type = _integer(message, "fit_base_type_id", -1)
        code, invalid = NUMBERS.get(base_type & BASE_TYPE_MASK, ("", None))
        if not name or not code or base_type < 0 or len(self._by_key) >= MAX_DESCRIPTIONS:
            return
        owner, number = (
            _integer(message, part, -1)
            for part in ("developer_data_index", "field_definition_number")
        )
        self._by_key[kind, owner, number] = Description(
            name,
            code,
            invalid,
            scale=_integer(message, "scale", 1) or 1,
            offset=_integer(message, "offset", 0),
            factor=UNITS.get(_text(message, "units"), 1.0),
        )

    def values(
        self, kind: int, slots: Iterable[Slot], data: bytes, start: int, order: str
    ) -> dict[str, float]:
        """Return the values of a message at ``start`` by the profile's names, in its units."""
        values: dict[str, float] = {}
        for (owner, number), at, size in slots:
            description = self._by_key.get((kind, owner, number))
            if description is None or size < struct.calcsize(description.format):
                continue
            (value,) = struct.unpack_from(order + description.format, data, start + at)
            if value == description.invalid:
                continue
            in_its_unit = value / description.scale - description.offset
            scaled = round(in_its_unit * description.factor, DECIMALS)
            if math.isfinite(scaled):
                values.setdefault(description.name, scaled)
        return values


def _integer(message: Mapping[str, Any], name: str, default: int) -> int:
    value = message.get(name)
    return value if isinstance(value, int) else default


def _text(message: Mapping[str, Any], name: str) -> str:
    return str(message.get(name, "")).strip().lower()
