"""The two tools that ChatGPT expects of every connector: search, and fetch a result."""

from typing import TypedDict

from strava_mcp import display_units
from strava_mcp.context import Context
from strava_mcp.errors import Unavailable
from strava_mcp.json_types import JSON
from strava_mcp.sources.activity_facts import facts_of
from strava_mcp.sources.activity_query import NEWEST, ActivityQuery, Order
from strava_mcp.sports import PACED, SWIMS
from strava_mcp.tools import activity_view as view
from strava_mcp.tools.activity_detail import detail
from strava_mcp.tools.activity_reader import local_start, sport_of
from strava_mcp.tools.arguments import Arguments, Text
from strava_mcp.tools.fields import described
from strava_mcp.tools.id_fields import IdText
from strava_mcp.tools.local_time import today
from strava_mcp.tools.registry import tool
from strava_mcp.tools.reply_schema import Rare, reply_schema
from strava_mcp.tools.safe_json import get_number, get_str
from strava_mcp.tools.search_quantities import show_value
from strava_mcp.tools.search_query import parse_query
from strava_mcp.tools.search_reply import note, understood, word_criteria

MAX_RESULTS = 20
#: The distance that the pace of swims is for.
SWIM_UNITS = {"metric": "100 m", "imperial": "100 yd"}


class Result(TypedDict, total=False):
    """A result of search."""

    id: str
    title: str
    url: str


class Results(TypedDict, total=False):
    """The reply of search; ``understood``: what each part of the query was taken for."""

    results: list[Result]
    total: int
    understood: Rare[dict[str, str]]
    ignored: Rare[list[str]]


class Document(TypedDict, total=False):
    """The reply of fetch."""

    id: str
    title: str
    text: str
    url: str
    metadata: dict[str, str]


RESULTS = reply_schema(Results, "results")
RESULTS["properties"]["results"]["items"]["required"] = ["id", "title", "url"]
DOCUMENT = reply_schema(Document, "id", "title", "text", "url", "metadata")


class SearchArguments(Arguments):
    """Arguments of ``search``."""

    query = Text(500, required=True, **described("plain words"))


@tool(title="Search activities", arguments=SearchArguments, output=RESULTS, reads_much=True)
def search(ctx: Context, arguments: JSON) -> JSON:
    """Find activities in plain words: sport, date, distance, kind, words of the name, as in "trail
    runs over 15 km last month", "races 2025" or "longest ride ever". At most 20.
    """
    query = parse_query(arguments["query"], today(ctx.source), ctx.units)
    criteria = query.criteria + word_criteria(ctx.source, query)
    conditions = tuple(one for criterion in criteria for one in criterion.conditions)
    limit = min(query.limit or MAX_RESULTS, MAX_RESULTS)
    answer = ctx.source.find_activities(ActivityQuery(conditions, query.order, limit))
    readable = [activity for activity in answer.rows if type(activity.get("id")) is int]
    if answer.rows and not readable:
        raise Unavailable("Strava's list of activities cannot be read. Try again later.")
    reply: JSON = {
        "results": [_result(activity, ctx.units, query.order) for activity in readable],
        "understood": understood(criteria),
        "ignored": query.ignored,
    }
    if answer.total:
        reply["total"] = answer.total.count
    comment = note(ctx.source, criteria, answer, query.limit)
    return reply | ({"note": comment} if comment else {})


class FetchArguments(Arguments):
    """Arguments of ``fetch``."""

    id = IdText("activity", required=True, **described("from search, or a URL"))


@tool(title="Fetch an activity", arguments=FetchArguments, output=DOCUMENT)
def fetch(ctx: Context, arguments: JSON) -> JSON:
    """One activity as a readable document, by an id from search."""
    number = arguments["id"]
    activity = ctx.source.activity(number)
    rendered = detail(activity, ctx.units, full=False)
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


def _result(activity: JSON, units: str, order: Order) -> JSON:
    number = activity["id"]
    title = _title(activity, units, order)
    return {"id": str(number), "title": title, "url": view.link(number)}


def _title(activity: JSON, units: str, order: Order = NEWEST) -> str:
    """Date, name, sport, distance, time and what the list is sorted by, in one line."""
    metres = get_number(activity, "distance")
    unit = "mi" if units == "imperial" else "km"
    facts = [
        sport_of(activity),
        f"{display_units.distance(metres, units)} {unit}" if metres else "",
        display_units.duration(get_number(activity, "moving_time") or 0),
        _sorted_by(activity, units, order),
    ]
    day = (local_start(activity) or "")[:10]
    name = get_str(activity, "name") or "Activity"
    return f"{day} {name} ({', '.join(fact for fact in facts if fact)})".strip()


def _sorted_by(activity: JSON, units: str, order: Order) -> str:
    """The fact that a list is sorted by, unless the title has it anyway."""
    value, sport = getattr(facts_of(activity), order.fact), sport_of(activity)
    if order.fact in ("start", "distance", "moving_time") or value is None:
        return ""
    if order.fact == "speed" and sport in PACED:
        unit = SWIM_UNITS[units] if sport in SWIMS else "mi" if units == "imperial" else "km"
        return f"{display_units.pace(value, units, sport)}/{unit}"
    return show_value(order.fact, value, units)


def _line(name: str, value: object) -> str:
    return f"{name.replace('_', ' ')}: {value}"
