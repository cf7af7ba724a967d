"""Read fields of Strava's JSON without trusting their types.

A field that is missing or has another type than documented counts as None (or as an empty list or
object), so that a malformed field is left out of a reply and does not fail the whole call.
"""

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from strava_mcp.errors import Unavailable
from strava_mcp.json_types import JSON

#: A JSON object as a source returned it; read-only.
JSONObject = Mapping[str, Any]
Row = TypeVar("Row", bound=Mapping[str, object])
Id = TypeVar("Id", int, str)

#: Upper bound for ids and quantities; larger values are corrupt and would overflow.
MAX_NUMBER = 2**63


def finite(value: object) -> float | None:
    """``value`` if it is a number below MAX_NUMBER in magnitude (which excludes NaN), else None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if abs(value) < MAX_NUMBER else None


def get_number(source: JSONObject, key: str) -> float | None:
    """A finite number, or None."""
    return finite(source.get(key))


def get_int(source: JSONObject, key: str) -> int | None:
    """A finite number rounded to an integer, or None."""
    value = get_number(source, key)
    return None if value is None else round(value)


def get_str(source: JSONObject, key: str) -> str | None:
    """A string that is not blank, or None."""
    value = source.get(key)
    return value if isinstance(value, str) and value.strip() else None


def get_object(source: JSONObject, key: str) -> JSON:
    """An object; ``{}`` if there is none."""
    value = source.get(key)
    return value if isinstance(value, dict) else {}


def get_objects(source: JSONObject, key: str) -> list[JSON]:
    """The objects of an array; ``[]`` if there is no array."""
    value = source.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def drop_empty(row: Row) -> Row:
    """``row`` without values that are None, false or empty. A 0 is a value and stays."""
    return cast(Row, {name: value for name, value in row.items() if value or _is_zero(value)})


def _is_zero(value: object) -> bool:
    return value == 0 and not isinstance(value, bool)


def require_id(value: Id | None, noun: str) -> Id:
    """The id of a response. Raises Unavailable if it is missing: the response is not a ``noun``."""
    if not value:
        raise Unavailable(f"Strava's response is not a valid {noun}. Try again later.")
    return value
