"""The gear tool, and how gear is shown."""

from collections.abc import Mapping
from typing import Any

from strava_mcp.context import Context
from strava_mcp.json_types import JSON
from strava_mcp.tools import activity_view as view
from strava_mcp.tools.arguments import Arguments
from strava_mcp.tools.fields import GearId, described
from strava_mcp.tools.registry import tool
from strava_mcp.units import METRES_PER_KM, METRES_PER_MILE

GEAR: JSON = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "distance": {"type": "integer"}},
    "required": ["units", "id", "distance"],
}
LINK = "https://www.strava.com/settings/gear"


class GearArguments(Arguments):
    """Of get_gear."""

    id = GearId(required=True, **described("gear_id of an activity"))


@tool(title="A bike or shoes", arguments=GearArguments, output=GEAR)
def get_gear(ctx: Context, arguments: JSON) -> JSON:
    """One bike or pair of shoes: brand, model, distance so far; also what was retired and is no
    longer in get_athlete.
    """
    gear = ctx.source.gear(arguments["id"])
    found = view.identified(brief(gear, ctx.units), "gear")
    found |= {
        "brand": view.text(gear, "brand_name"),
        "model": view.text(gear, "model_name"),
        "description": (view.text(gear, "description") or "")[:600],
    }
    return {
        "units": "mi" if ctx.units == "imperial" else "km",
        "distance": 0,
        **view.known(found),
        "link": LINK,
    }


def brief(gear: Mapping[str, Any], system: str) -> JSON:
    """A SummaryGear as a reply shows it; its distance in whole kilometres or miles."""
    metres = view.number(gear, "distance") or 0
    unit_m = METRES_PER_MILE if system == "imperial" else METRES_PER_KM
    return view.known(
        {
            "id": view.text(gear, "id"),
            "name": view.text(gear, "name"),
            "distance": round(metres / unit_m),
            "primary": gear.get("primary") is True,
            "retired": gear.get("retired") is True,
        }
    )
