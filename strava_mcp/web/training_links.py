"""The links of ``/training`` from one activity to others: before and after it, and the newest."""

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from flask import request

from strava_mcp.context import Context
from strava_mcp.errors import SourceError
from strava_mcp.escaping import visible

if TYPE_CHECKING:
    from strava_mcp.analysis.period import Activity
    from strava_mcp.charts.chart import Chart


class ActivityLink(NamedTuple):
    """``name``: as the athlete wrote it; ``facts``: sport, date and distance."""

    href: str
    name: str
    facts: str
    is_current: bool


class ActivityLinks(NamedTuple):
    """Where to go from an activity; ``earlier`` and ``later``: None at the end of the list."""

    earlier: ActivityLink | None
    later: ActivityLink | None
    newest: list[ActivityLink]


def activity_links(
    ctx: Context, chart: "Chart", sports: Collection[str] | None
) -> ActivityLinks | None:
    """The links beside the chart of an activity; None beside others, or if Strava refuses the list.

    ``sports``: types that the links lead to; None for all.
    """
    from strava_mcp.analysis.adjacent import adjacent

    if chart.view != "activity":
        return None
    own = int(chart.arguments["ids"])
    try:
        others = adjacent(ctx.source, own, sports)
    except SourceError:
        return None
    units = str(chart.arguments["units"])
    earlier, later = (
        _link(one, own, units) if one else None for one in (others.earlier, others.later)
    )
    return ActivityLinks(earlier, later, [_link(one, own, units) for one in others.newest])


def _link(activity: "Activity", own: int, units: str) -> ActivityLink:
    from strava_mcp.charts.activity_words import heading, title
    from strava_mcp.charts.quantities import length
    from strava_mcp.charts.quantity_words import write

    sport, metres = activity.facts.sport_type or "", activity.facts.distance
    facts = [heading(activity), *([write(length(units, sport), metres)] if metres else [])]
    kept = {name: request.args[name] for name in ("sport", "units") if name in request.args}
    query = urlencode({"view": "activity", "ids": activity.id} | kept)
    return ActivityLink(
        f"/training?{query}", visible(title(activity)), " · ".join(facts), activity.id == own
    )
