"""The product name of the recording device.

The FIT profile has identifiers (``edge_820``, ``fenix5``, ``fr235``), which are converted to names.
"""

import re
from collections.abc import Iterable
from typing import Any

from strava_mcp.recordings.fit_fields import Message

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
        if name := message.get("product_name"):
            return str(name).strip() or None
    for message in (*file_ids, *creators):
        maker = profile_name("manufacturer", message.get("manufacturer"))
        if maker:
            is_garmin = message.get("manufacturer") == GARMIN
            product = profile_name("garmin_product", message.get("product")) if is_garmin else None
            return " ".join(_words(maker) + _words(product or ""))
    return None


def profile_name(kind: str, number: object) -> str | None:
    """Return the profile's identifier for a number of one of its types; None if unknown."""
    from garmin_fit_sdk import Profile

    names: dict[Any, str] = Profile["types"][kind]
    return names.get(number) if isinstance(number, int) else None


def _words(name: str) -> list[str]:
    """``edge_820`` → Edge 820."""
    parts = re.findall(r"[a-z]+|[0-9]+[a-z]*", name)
    return [
        ABBREVIATIONS.get(part, part.capitalize() if part[0].isalpha() else part) for part in parts
    ]
