"""The product name of the recording device.

The FIT profile has identifiers (``edge_820``, ``fenix5``, ``fr235``), which are converted to names.
"""

import re
from collections.abc import Iterable

from strava_mcp.recordings.fit_profile import Message, type_name

#: The manufacturer number of Garmin; the profile has identifiers for its products only.
GARMIN = 1
CREATOR_INDEX = 0
ABBREVIATIONS = {"fr": "Forerunner", "vivo": "Vivo", "mtb": "MTB", "gps": "GPS", "hr": "HR"}


def device_name(file_ids: Iterable[Message], devices: Iterable[Message]) -> str | None:
    """Return the name of the device; None if unknown.

    The name that the device wrote itself takes precedence over the profile's.
    """
    creators = [info for info in devices if info.get("device_index") == CREATOR_INDEX]
    for message in (*file_ids, *creators):
        if name := _text(message.get("product_name")):
            return name
    for message in (*file_ids, *creators):
        maker = type_name("manufacturer", message.get("manufacturer"))
        if maker:
            is_garmin = message.get("manufacturer") == GARMIN
            product = type_name("garmin_product", message.get("product")) if is_garmin else None
            return " ".join(_words(maker) + _words(product or ""))
    return None


def _text(value: object) -> str:
    """Return a name; a field with several texts has the name first, then what was there before."""
    first = value[0] if isinstance(value, list) else value
    return " ".join(first.split()) if isinstance(first, str) else ""


def _words(name: str) -> list[str]:
    """``edge_820`` → Edge 820."""
    parts = re.findall(r"[a-z]+|[0-9]+[a-z]*", name)
    return [
        ABBREVIATIONS.get(part, part.capitalize() if part[0].isalpha() else part) for part in parts
    ]
