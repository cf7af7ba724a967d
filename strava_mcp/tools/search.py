"""The two tools that ChatGPT expects of every source: search, and fetch what was found."""

from typing import Any

from marshmallow import fields, validate

from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments, Unavailable
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import Source
from strava_mcp.tools import activity_view as view
from strava_mcp.tools import display_units as measure
from strava_mcp.tools.activity_scan import Filters, Place, scan
from strava_mcp.tools.arguments import Arguments
from strava_mcp.tools.fields import MAX_ID, described
from strava_mcp.tools.local_time import today
from strava_mcp.tools.registry import Reply, tool
from strava_mcp.tools.search_query import Wanted, wanted

MAX_RESULTS = 20
#: Reads of one search, each a little below Strava's largest page: a scan asks for some more, to
#: pass over what it has seen.
MAX_READS = 6
PAGE = 190

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
    """Of search."""

    query = fields.String(required=True, validate=validate.Length(min=1, max=500))


@tool(title="Search activities", arguments=SearchArguments, output=RESULTS)
def search(ctx: Context, arguments: JSON) -> Reply:
    """Find activities in plain words: sport, date, distance, words of the name, as in "trail runs
    over 15 km last month" or "longest ride 2025". At most 20.
    """
    asked = wanted(arguments["query"], today(ctx.source))
    matches, looked = _matches(ctx.source, asked)
    if asked.longest:
        matches.sort(key=lambda activity: -(view.number(activity, "distance") or 0))
    readable = [activity for activity in matches if type(activity.get("id")) is int]
    if matches and not readable:
        raise Unavailable("Strava's list of activities cannot be read. Try again later.")
    results = [_result(activity, ctx.units) for activity in readable[:MAX_RESULTS]]
    return Reply(structured={"results": results}, meta={"strava/searched": looked})


class FetchArguments(Arguments):
    """Of fetch."""

    id = fields.String(required=True, **described("from search"))

    def read(self, arguments: Any) -> JSON:
        """Ids are text here; a number is taken as well."""
        given = dict(arguments)
        if isinstance(given.get("id"), int) and not isinstance(given["id"], bool):
            given["id"] = str(given["id"])
        return super().read(given)


@tool(title="Fetch an activity", arguments=FetchArguments, output=DOCUMENT)
def fetch(ctx: Context, arguments: JSON) -> JSON:
    """One activity as a readable document, by an id that search gave."""
    number = _activity_id(arguments["id"])
    activity = ctx.source.activity(number)
    shown = view.detail(activity, ctx.units, full=False)
    title = _title(activity, ctx.units)
    lines = [title, "", *(_line(name, value) for name, value in shown.items() if name != "name")]
    facts = ("sport_type", "start_local", "timezone", "visibility")
    return {
        "id": str(number),
        "title": title,
        "text": "\n".join(lines),
        "url": view.link(number),
        "metadata": {name: str(shown[name]) for name in facts if name in shown},
    }


def _activity_id(text: str) -> int:
    bare = text.strip().rpartition("/")[2]
    if not bare.isdecimal() or not bare.isascii() or not 0 < int(bare[:30]) <= MAX_ID:
        raise InvalidArguments({"id": "Must be the id of an activity, as search gives it."})
    return int(bare)


def _matches(source: Source, asked: Wanted) -> tuple[list[JSON], int]:
    """Activities that fit, newest first, and how many were looked at."""
    before, after = None, None
    if asked.span:
        after, before = asked.span.window()
    place: Place | None = Place(before)
    filters = Filters((), asked.span, after)
    matches: list[JSON] = []
    looked = 0
    for _ in range(MAX_READS):
        if place is None or (len(matches) >= MAX_RESULTS and not asked.longest):
            break
        found = scan(source, filters, place, PAGE)
        looked += found.looked
        matches += [activity for activity in found.rows if asked.fits(activity)]
        place = found.rest
    return matches, looked


def _result(activity: JSON, units: str) -> JSON:
    number = activity["id"]
    return {"id": str(number), "title": _title(activity, units), "url": view.link(str(number))}


def _title(activity: JSON, units: str) -> str:
    """Date, name, sport, distance and time in one line."""
    metres = view.number(activity, "distance")
    unit = "mi" if units == "imperial" else "km"
    facts = [
        view.sport_of(activity),
        f"{measure.distance(metres, units)} {unit}" if metres else "",
        measure.duration(view.number(activity, "moving_time") or 0),
    ]
    day = (view.local_time(activity) or "")[:10]
    name = view.text(activity, "name") or "Activity"
    return f"{day} {name} ({', '.join(fact for fact in facts if fact)})".strip()


def _line(name: str, value: Any) -> str:
    return f"{name.replace('_', ' ')}: {value}"
