"""The tool that analyzes one activity from every sample."""

from typing import Any, TypedDict

from strava_mcp.analysis.loads import Load
from strava_mcp.analysis.session import PARTS, Session, analyze
from strava_mcp.context import Context
from strava_mcp.display_units import UNITS
from strava_mcp.json_types import JSON
from strava_mcp.tools import activity_view, session_view
from strava_mcp.tools.answers import basis, subject_of
from strava_mcp.tools.arguments import Arguments, Choices
from strava_mcp.tools.fields import described, units_field
from strava_mcp.tools.id_fields import PositiveId
from strava_mcp.tools.registry import tool
from strava_mcp.tools.reply_schema import Rare, reply_schema
from strava_mcp.tools.safe_json import drop_empty
from strava_mcp.tools.size import MAX_TOKENS, rows_that_fit, tokens

METHODS = {
    "intervals": "intervals: two levels of power or grade-adjusted pace; fade: last against first",
    "drift": "drift: efficiency of both halves after 10 min (Friel)",
    "splits": "gap: grade-adjusted pace, approximate; pacing: halves, even within 1 %",
    "climbs": "climbs: Strava's categories; VAM in m/h over elapsed time",
    "load": "load: an hour at the threshold is 100",
    "power": "power: Coggan; W′ balance: Skiba's differential model, never a verdict",
}
#: Parts with rows, the longest first, which are cut if a reply is too long.
TABLES = ("splits", "intervals", "climbs")


class Analysis(TypedDict, total=False):
    """The reply of analyze_activity; a part that was not measured is absent."""

    units: str
    id: int
    intervals: Rare[dict[str, Any]]
    drift: Rare[dict[str, Any]]
    splits: Rare[dict[str, Any]]
    climbs: Rare[dict[str, Any]]
    zones: Rare[dict[str, Any]]
    load: Rare[dict[str, Any]]
    power: Rare[dict[str, Any]]
    not_measured: Rare[dict[str, str]]
    coverage: dict[str, Any]


class AnalyzeArguments(Arguments):
    """Arguments of ``analyze_activity``."""

    id = PositiveId("activity", required=True)
    parts = Choices(*PARTS, **described("default: all that the recording supports"))
    units = units_field()


ANALYSIS = reply_schema(Analysis, "units", "id", "coverage")


@tool(title="Analyze an activity", arguments=AnalyzeArguments, output=ANALYSIS, reads_much=True)
def analyze_activity(ctx: Context, arguments: JSON) -> JSON:
    """How a session went, from every sample: intervals, pacing, drift, climbs, zones, load, power,
    and what could not be measured. Use it instead of computing from get_activity_streams.
    """
    units = arguments.get("units", ctx.units)
    parts = [part for part in PARTS if part in (arguments.get("parts") or PARTS)]
    imperial = units == "imperial"
    session = analyze(subject_of(ctx), arguments["id"], parts, imperial=imperial)
    facts = session.activity.facts
    reply: JSON = {
        "units": UNITS[units],
        "id": facts.id,
        "name": str(session.activity.summary.get("name") or ""),
        "sport": facts.sport_type,
        "date": facts.day,
        **_parts(session, units),
        "not_measured": dict(session.not_measured),
        "basis": basis(session.thresholds),
        "coverage": session_view.coverage(session.coverage),
        "method": "; ".join(METHODS[part] for part in METHODS if getattr(session, part)),
        "link": activity_view.link(facts.id),
    }
    return _within_budget(drop_empty(reply))


def _parts(session: Session, units: str) -> JSON:
    sport = session.activity.facts.sport_type or ""
    parts: JSON = {}
    if session.intervals:
        parts["intervals"] = session_view.intervals(session.intervals, units, sport)
    if session.drift:
        parts["drift"] = session_view.drift(session.drift)
    if session.splits:
        parts["splits"] = session_view.splits(session.splits, units, sport)
    if session.climbs is not None:
        parts["climbs"] = session_view.climbs(session.climbs, units)
    if session.zones:
        parts["zones"] = session_view.zones(session.zones, units)
    if session.load:
        parts["load"] = _load(session.load)
    if session.power:
        parts["power"] = session_view.power(session.power)
    return parts


def _load(load: Load) -> JSON:
    reply: JSON = {"value": round(load.value), "kind": load.kind, "basis": load.basis}
    return reply | ({"estimated": "from averages, not from samples"} if load.is_estimate else {})


def _within_budget(reply: JSON) -> JSON:
    """The reply with its longest tables cut until it fits."""
    for name in TABLES:
        excess = tokens(reply) - MAX_TOKENS
        rows = reply.get(name, {}).get("rows", [])
        if excess <= 0 or not rows:
            continue
        count = rows_that_fit(rows, tokens(rows) - excess - 60)
        note = f"{count} of {len(rows)} rows fit"
        reply = {**reply, name: {**reply[name], "rows": rows[:count], "note": note}}
    return reply
