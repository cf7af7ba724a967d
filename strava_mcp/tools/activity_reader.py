"""Read the sport and the start of an activity as a source returned it (SummaryActivity)."""

from strava_mcp.sports import VIRTUAL
from strava_mcp.tools.safe_json import JSONObject, get_str


def sport_of(activity: JSONObject) -> str:
    """The sport type, or the deprecated ``type`` of older activities; empty if neither is set."""
    return get_str(activity, "sport_type") or get_str(activity, "type") or ""


def has_place(activity: JSONObject) -> bool:
    """Whether its positions are where the athlete was, and not in a virtual world.

    Strava returns the positions of virtual worlds like any others.
    """
    return sport_of(activity) not in VIRTUAL and activity.get("trainer") is not True


def local_start(source: JSONObject) -> str | None:
    """``start_date_local`` without its misleading Z: it is a local time, never to be shifted."""
    value = get_str(source, "start_date_local")
    return value.removesuffix("Z") if value else None
