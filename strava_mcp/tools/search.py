"""The two tools that ChatGPT expects of every connector: search, and fetch a result."""

from strava_mcp.context import Context
from strava_mcp.errors import Unavailable
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import Source
from strava_mcp.tools import activity_view as view
from strava_mcp.tools import display_units
from strava_mcp.tools.activity_reader import local_start, sport_of
from strava_mcp.tools.activity_scan import Filters, Position, scan
from strava_mcp.tools.arguments import Arguments, Text
from strava_mcp.tools.fields import IdText, described
from strava_mcp.tools.local_time import today
from strava_mcp.tools.registry import Reply, tool
from strava_mcp.tools.safe_json import get_number, get_str
from strava_mcp.tools.search_query import SearchQuery, parse_query

MAX_RESULTS = 20
#: Scans per search, and activities per scan. A little below Strava's largest page, because a scan
#: requests some more in order to skip those already seen.
MAX_SCANS = 6
ACTIVITIES_PER_SCAN = 190

TEXT = {"type": "string"}
RESULTS: JSON = {
    "type": "object",
    "properties": {
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"id": TEXT, "title": TEXT, "url": TEXT},
                "required": ["id", "title", "url"],
            },
        }
    },
    "required": ["results"],
}
DOCUMENT: JSON = {
    "type": "object",
    "properties": {"id": TEXT, "title": TEXT, "text": TEXT, "url": TEXT},
    "required": ["id", "title", "text", "url", "metadata"],
}


class SearchArguments(Arguments):
    """Arguments of ``search``."""

    query = Text(500, required=True, **described("plain words"))


@tool(title="Search activities", arguments=SearchArguments, output=RESULTS)
def search(ctx: Context, arguments: JSON) -> Reply:
    """Find activities in plain words: sport, date, distance, words of the name, as in "trail runs
    over 15 km last month" or "longest ride 2025". At most 20.
    """
    query = parse_query(arguments["query"], today(ctx.source))
    matches, scanned = _matches(ctx.source, query)
    if query.longest:
        matches.sort(key=lambda activity: -(get_number(activity, "distance") or 0))
    readable = [activity for activity in matches if type(activity.get("id")) is int]
    if matches and not readable:
        raise Unavailable("Strava's list of activities cannot be read. Try again later.")
    results = [_result(activity, ctx.units) for activity in readable[:MAX_RESULTS]]
    return Reply(structured={"results": results}, meta={"strava/searched": scanned})


class FetchArguments(Arguments):
    """Arguments of ``fetch``."""

    id = IdText("activity", required=True, **described("from search, or a URL"))


@tool(title="Fetch an activity", arguments=FetchArguments, output=DOCUMENT)
def fetch(ctx: Context, arguments: JSON) -> JSON:
    """One activity as a readable document, by an id from search."""
    number = arguments["id"]
    activity = ctx.source.activity(number)
    rendered = view.detail(activity, ctx.units, full=False)
    title = _title(activity, ctx.units)
    lines = [_line(name, value) for name, value in rendered.items() if name != "name"]
    metadata = {
        "sport_type": rendered.get("sport_type"),
        "start_local": rendered.get("start_local"),
        "timezone": rendered.get("timezone"),
        "visibility": rendered.get("visibility"),
    }
    return {
        "id": str(number),
        "title": title,
        "text": "\n".join([title, "", *lines]),
        "url": view.link(number),
        "metadata": {name: value for name, value in metadata.items() if value is not None},
    }


def _matches(source: Source, query: SearchQuery) -> tuple[list[JSON], int]:
    """The matching activities, newest first, and how many were scanned."""
    before, after = None, None
    if query.span:
        after, before = query.span.window()
    position: Position | None = Position(before)
    filters = Filters((), query.span, after)
    matches: list[JSON] = []
    scanned = 0
    for _ in range(MAX_SCANS):
        if position is None or (len(matches) >= MAX_RESULTS and not query.longest):
            break
        page = scan(source, filters, position, ACTIVITIES_PER_SCAN)
        scanned += page.scanned
        matches += [activity for activity in page.rows if query.matches(activity)]
        position = page.next
    return matches, scanned


def _result(activity: JSON, units: str) -> JSON:
    number = activity["id"]
    return {"id": str(number), "title": _title(activity, units), "url": view.link(str(number))}


def _title(activity: JSON, units: str) -> str:
    """Date, name, sport, distance and time in one line."""
    metres = get_number(activity, "distance")
    unit = "mi" if units == "imperial" else "km"
    facts = [
        sport_of(activity),
        f"{display_units.distance(metres, units)} {unit}" if metres else "",
        display_units.duration(get_number(activity, "moving_time") or 0),
    ]
    day = (local_start(activity) or "")[:10]
    name = get_str(activity, "name") or "Activity"
    return f"{day} {name} ({', '.join(fact for fact in facts if fact)})".strip()


def _line(name: str, value: object) -> str:
    return f"{name.replace('_', ' ')}: {value}"
