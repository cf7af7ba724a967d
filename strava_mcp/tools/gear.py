"""The gear tool, and rows of gear for the athlete's profile."""

from typing import TypedDict

from strava_mcp.context import Context
from strava_mcp.json_types import JSON
from strava_mcp.tools.arguments import Arguments
from strava_mcp.tools.fields import described
from strava_mcp.tools.id_fields import GearId
from strava_mcp.tools.registry import tool
from strava_mcp.tools.reply_schema import Rare, reply_schema
from strava_mcp.tools.safe_json import JSONObject, drop_empty, get_number, get_str, require_id
from strava_mcp.units import METRES_PER_KM, METRES_PER_MILE

LINK = "https://www.strava.com/settings/gear"
MAX_DESCRIPTION_LENGTH = 600


class GearRow(TypedDict, total=False):
    """A bike or pair of shoes; ``distance`` in whole kilometres or miles.

    Keys without a value are absent.
    """

    id: str | None
    name: str | None
    distance: int
    primary: bool
    retired: bool


class Gear(GearRow, total=False):
    """The reply of get_gear."""

    units: str
    brand: Rare[str]
    model: Rare[str]
    description: Rare[str]


GEAR = reply_schema(Gear, "units", "id", "distance")


class GearArguments(Arguments):
    """Arguments of ``get_gear``."""

    id = GearId(required=True, **described("such as b1234567"))


@tool(title="A bike or shoes", arguments=GearArguments, output=GEAR)
def get_gear(ctx: Context, arguments: JSON) -> JSON:
    """One bike or pair of shoes, retired ones included: name, brand, model, total distance."""
    gear = ctx.source.gear(arguments["id"])
    require_id(get_str(gear, "id"), "gear")
    more = {
        "brand": get_str(gear, "brand_name"),
        "model": get_str(gear, "model_name"),
        "description": _shortened(get_str(gear, "description") or ""),
    }
    return {
        "units": "mi" if ctx.units == "imperial" else "km",
        "distance": 0,
        **gear_row(gear, ctx.units),
        **drop_empty(more),
        "link": LINK,
    }


def _shortened(text: str) -> str:
    is_long = len(text) > MAX_DESCRIPTION_LENGTH
    return f"{text[:MAX_DESCRIPTION_LENGTH]}… (the rest is on Strava)" if is_long else text


def gear_row(gear: JSONObject, units: str) -> GearRow:
    """Render a SummaryGear."""
    metres = get_number(gear, "distance") or 0
    unit_m = METRES_PER_MILE if units == "imperial" else METRES_PER_KM
    row: GearRow = {
        "id": get_str(gear, "id"),
        "name": get_str(gear, "name"),
        "distance": round(metres / unit_m),
        "primary": gear.get("primary") is True,
        "retired": gear.get("retired") is True,
    }
    return drop_empty(row)
