"""The name of the device that wrote a FIT file, in the words on its case as far as they are known.

The profile names products as programmers do: ``edge_820``, ``fenix5``, ``fr235``.
"""

import re
from collections.abc import Iterable
from typing import Any

from strava_mcp.recordings.fit_fields import Message

#: Number of the manufacturer in the FIT profile, whose products the profile names.
GARMIN = 1
CREATOR_INDEX = 0
SHORT = {"fr": "Forerunner", "vivo": "Vivo", "mtb": "MTB", "gps": "GPS", "hr": "HR"}


def device(file_ids: Iterable[Message], devices: Iterable[Message]) -> str | None:
    """Who made the recording; None where the file does not tell.

    What the device calls itself comes before what the profile calls its number.
    """
    creators = [info for info in devices if info.get("device_index") == CREATOR_INDEX]
    for message in (*file_ids, *creators):
        if name := message.get("product_name"):
            return str(name).strip() or None
    for message in (*file_ids, *creators):
        maker = name_of("manufacturer", message.get("manufacturer"))
        if maker:
            is_garmin = message.get("manufacturer") == GARMIN
            product = name_of("garmin_product", message.get("product")) if is_garmin else None
            return " ".join(_words(maker) + _words(product or ""))
    return None


def name_of(kind: str, number: Any) -> str | None:
    """The name of a number of one of the profile's types; None for one that it does not know."""
    from garmin_fit_sdk import Profile

    names: dict[Any, str] = Profile["types"][kind]
    return names.get(number) if isinstance(number, int) else None


def _words(name: str) -> list[str]:
    """``edge_820`` → Edge 820."""
    parts = re.findall(r"[a-z]+|[0-9]+[a-z]*", name)
    return [SHORT.get(part, part.capitalize() if part[0].isalpha() else part) for part in parts]
