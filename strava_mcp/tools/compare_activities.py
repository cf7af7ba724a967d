"""The tool that compares activities with each other, or all activities on one route over time."""

from typing import Any, TypedDict

from marshmallow import ValidationError, validates_schema

from strava_mcp.analysis.comparison import compare, route_history
from strava_mcp.context import Context
from strava_mcp.errors import NotFound
from strava_mcp.json_types import JSON
from strava_mcp.tools import comparison_view
from strava_mcp.tools.answers import subject_of
from strava_mcp.tools.arguments import Arguments
from strava_mcp.tools.fields import described, units_field
from strava_mcp.tools.id_fields import ActivityIds, PositiveId
from strava_mcp.tools.ids import KINDS
from strava_mcp.tools.registry import tool
from strava_mcp.tools.reply_schema import TABLE_ROW, Rare, reply_schema

METHOD = (
    "gap: elapsed time at the same places, found by matching the tracks; positive is later than "
    "the first (similar_to: the fastest other of the same length); trend: least squares"
)


class CompareArguments(Arguments):
    """Arguments of ``compare_activities``."""

    ids = ActivityIds(2, 5, **described("two to five, the first is the reference"))
    similar_to = PositiveId("activity", **described("or one, for all on its route"))
    units = units_field()

    @validates_schema
    def check_which(self, arguments: JSON, **options: Any) -> None:
        """Require either ``ids`` or ``similar_to``."""
        if ("ids" in arguments) == ("similar_to" in arguments):
            raise ValidationError("Give either ids or similar_to.", "ids")


class ComparedActivities(TypedDict, total=False):
    """The reply of compare_activities; ``rows``: an activity each, arrays under ``columns``."""

    units: str
    columns: list[str]
    rows: list[dict[str, Any]]
    gap: Rare[dict[str, Any]]
    trend: Rare[dict[str, Any]]
    basis: Rare[dict[str, Any]]
    coverage: dict[str, Any]
    method: Rare[str]


OUTPUT = reply_schema(
    ComparedActivities, "units", "columns", "rows", rows={"type": "array", "items": TABLE_ROW}
)


@tool(title="Compare activities", arguments=CompareArguments, output=OUTPUT, reads_much=True)
def compare_activities(ctx: Context, arguments: JSON) -> JSON:
    """Two to five activities side by side, or all on the route of one with the trend of pace at
    heart rate. On one route: the time gap along the way. For periods: get_training_summary.
    """
    units = arguments.get("units", ctx.units)
    subject = subject_of(ctx)
    try:
        if "ids" in arguments:
            comparison = compare(subject, arguments["ids"])
            reply = comparison_view.side_by_side(comparison, units)
        else:
            history = route_history(subject, arguments["similar_to"])
            comparison = history.comparison
            reply = comparison_view.history(history, units)
    except NotFound as exc:
        raise NotFound(f"{exc} {KINDS['activity'].source}") from exc
    return {
        "units": comparison_view.units_text(comparison.activities, units),
        **reply,
        "basis": comparison_view.threshold_basis(comparison),
        "coverage": {**reply.get("coverage", {}), **comparison.evidence.coverage().to_json()},
        "method": METHOD,
    }
