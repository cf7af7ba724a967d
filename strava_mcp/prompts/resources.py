"""Resources: the athlete, an activity by its id, and a short guide."""

import json
from collections.abc import Mapping

from strava_mcp.context import Context
from strava_mcp.errors import NotFound
from strava_mcp.json_types import JSON
from strava_mcp.prompts.recent import recent_ids
from strava_mcp.prompts.registry import Argument, Resource

GUIDE = """\
# Units and privacy

- Every reply names its units. `units=imperial` changes them for one call, the server's setting
  UNITS for all.
- Times are local to where the activity took place. Ids are Strava's own.
- A value that was not recorded is left out; `estimated_watts` is Strava's estimate.
- Positions are returned only with `include_gps`, an activity's outline only with `detail=full`, a
  route's track only in the file of `export_route`.
- Activities that only the athlete can see are marked `only_me`.
- The data belongs to Strava and the athlete: show it to nobody else, and link the activity it is
  from.
"""


def _athlete(ctx: Context, variables: Mapping[str, str]) -> str:
    return _json(ctx.source.athlete())


def _activity(ctx: Context, variables: Mapping[str, str]) -> str:
    number = variables["id"]
    if not (number.isascii() and number.isdecimal() and len(number) < 20):
        raise NotFound("The id of an activity must be a number.")
    return _json(_without_positions(ctx.source.activity(int(number))))


def _without_positions(activity: JSON) -> JSON:
    """Remove positions: callers must ask for them, which a resource does not allow."""
    hidden = ("map", "start_latlng", "end_latlng", "segment_efforts", "laps")
    return {name: value for name, value in activity.items() if name not in hidden}


def _json(value: JSON) -> str:
    """Compact JSON without nulls."""
    present = {name: item for name, item in value.items() if item is not None}
    return json.dumps(present, ensure_ascii=False, separators=(",", ":"))


RESOURCES = (
    Resource(
        "strava://athlete",
        "athlete",
        "The athlete",
        "Profile and gear (API v3, DetailedAthlete; SI units).",
        "application/json",
        _athlete,
    ),
    Resource(
        "strava://guide",
        "guide",
        "Units and privacy",
        "How to read the replies of this server.",
        "text/markdown",
        lambda ctx, variables: GUIDE,
    ),
    Resource(
        "strava://activities/{id}",
        "activity",
        "An activity",
        "One activity without positions (API v3, DetailedActivity; SI units).",
        "application/json",
        _activity,
        (Argument("id", "The id of the activity", True, recent_ids),),
    ),
)
