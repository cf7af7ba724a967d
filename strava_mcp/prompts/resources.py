"""Resources: the athlete, an activity by its id, a short guide, and the page of charts."""

import json
from collections.abc import Mapping

from strava_mcp.context import Context
from strava_mcp.errors import NotFound
from strava_mcp.json_types import JSON
from strava_mcp.prompts.activity_ids import recent_ids
from strava_mcp.prompts.guide import guide
from strava_mcp.prompts.registry import Argument, Resource
from strava_mcp.tools.athlete_text import MARK
from strava_mcp.tools.chart_page import CHART_PAGE
from strava_mcp.tools.ids import KINDS, parse_id
from strava_mcp.tools.sandbox_replies import mark_invented


def _athlete(ctx: Context, variables: Mapping[str, str]) -> str:
    return _json(ctx, ctx.source.athlete())


def _activity(ctx: Context, variables: Mapping[str, str]) -> str:
    try:
        number = parse_id("activity", variables["id"])
    except ValueError as exc:
        raise NotFound(str(exc)) from exc
    try:
        activity = ctx.source.activity(number)
    except NotFound as exc:
        raise NotFound(f"{exc} {KINDS['activity'].source}") from exc
    return _json(ctx, _without_positions(activity))


def _without_positions(activity: JSON) -> JSON:
    """Remove positions: callers must ask for them, which a resource does not allow."""
    hidden = ("map", "start_latlng", "end_latlng", "segment_efforts", "laps")
    return {name: value for name, value in activity.items() if name not in hidden}


def _json(ctx: Context, value: JSON) -> str:
    """Compact JSON without nulls, marked as text by athletes, and in the sandbox as invented."""
    present = MARK | {name: item for name, item in value.items() if item is not None}
    content = mark_invented(present) if ctx.source.is_invented else present
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _page(ctx: Context, variables: Mapping[str, str]) -> str:
    from strava_mcp.charts import page

    return page.page()


def _page_version() -> str:
    from strava_mcp.charts import page

    return page.version()


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
        "How to read replies, and what the source cannot know.",
        "text/markdown",
        lambda ctx, variables: guide(ctx.source),
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
    Resource(
        CHART_PAGE,
        "chart",
        "Charts",
        "The page that draws what show_chart answers.",
        "text/html;profile=mcp-app",
        _page,
        # It requests nothing, so that the strictest policy fits (MCP Apps, default).
        meta={"ui": {"csp": {}, "prefersBorder": False}},
        version=_page_version,
    ),
)
