"""Arguments of charts, and what they ask for: for the tools, and for the page ``/training``.

``charts`` is imported when a chart is asked for: calls of other tools load this module, too.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError, validates_schema

from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments, NotFound, errors_of_argument
from strava_mcp.json_types import JSON
from strava_mcp.sources.activity_query import ActivityQuery, Condition
from strava_mcp.tools.answers import subject_of
from strava_mcp.tools.arguments import Arguments, Choice, Flag
from strava_mcp.tools.day_ahead import DayAhead, parse_day_ahead
from strava_mcp.tools.days import BEGINNING
from strava_mcp.tools.fields import BoundedNumber, described, units_field
from strava_mcp.tools.id_fields import ActivityIds
from strava_mcp.tools.load_plan import Plan, Planned, written
from strava_mcp.tools.local_time import date_range, today
from strava_mcp.tools.sport_fields import Sports
from strava_mcp.tools.time_fields import DateWords

if TYPE_CHECKING:
    from strava_mcp.charts.chart import Chart, Kind, Opens
    from strava_mcp.charts.question import Question

#: View → the arguments that it takes.
ARGUMENTS: "dict[Kind, tuple[str, ...]]" = {
    "activity": ("ids", "sport", "zoom_from", "zoom_to"),
    "form": ("date_range", "sport", "until", "planned"),
    "curve": ("date_range", "sport"),
    "weeks": ("date_range", "sport"),
    "calendar": ("date_range", "sport"),
    "compare": ("ids",),
    "map": ("date_range", "sport"),
}
#: Arguments of every view.
COMMON = ("view", "units", "picture", "theme")
MAX_AXIS = 10_000_000


class ChartArguments(Arguments):
    """What every chart takes."""

    view = Choice(*ARGUMENTS, required=True)
    ids = ActivityIds(1, 2)
    date_range = DateWords()
    sport = Sports()
    until = DayAhead()
    planned = Planned()
    units = Choice("metric", "imperial")

    @validates_schema
    def check_view(self, arguments: JSON, **options: Any) -> None:
        """Refuse arguments that the view does not take."""
        taken = ARGUMENTS[arguments["view"]] + COMMON
        if others := sorted(arguments.keys() - set(taken)):
            views = [name for name, names in ARGUMENTS.items() if others[0] in names]
            raise ValidationError(f"Only for the views {', '.join(views)}.", others[0])
        if "planned" in arguments and "until" not in arguments:
            raise ValidationError("Missing: planned needs the day to project to.", "until")
        if arguments["view"] == "compare" and "ids" not in arguments:
            raise ValidationError("Missing: one or two activities to compare.", "ids")
        if ("zoom_from" in arguments) != ("zoom_to" in arguments):
            raise ValidationError("Give both zoom_from and zoom_to, or neither.", "zoom_to")


class ReadArguments(ChartArguments):
    """Arguments of ``read_chart``, which the page knows: they are not described.

    ``zoom_from``, ``zoom_to``: a stretch of an activity's axis, in m or s.
    """

    zoom_from = BoundedNumber(0, MAX_AXIS, "a distance in m or a time in s")
    zoom_to = BoundedNumber(1, MAX_AXIS, "a distance in m or a time in s")


class ShowArguments(ChartArguments):
    """Arguments of ``show_chart``."""

    ids = ActivityIds(1, 2, **described("activity (default newest), compare (one or two)"))
    date_range = DateWords(**described("as in get_activities"))
    sport = Sports(**described("as sport_type"))
    until = DayAhead(**described("form, race day"))
    planned = Planned(**described("form, as in get_training_load"))
    units = units_field()
    picture = Flag(**described("add an image"))
    theme = Choice("light", "dark", **described("light or dark image"))


def chart_for(ctx: Context, arguments: JSON) -> "Chart":
    """The chart that loaded arguments ask for. Raises InvalidArguments and any SourceError."""
    from strava_mcp.charts.views import draw

    question = question_of(ctx, arguments)
    chart = replace(draw(subject_of(ctx), question), arguments=arguments_of(question))
    return replace(chart, link="") if ctx.source.is_invented else chart


def question_of(ctx: Context, arguments: JSON) -> "Question":
    """What loaded arguments ask for, on the athlete's own date.

    Raises InvalidArguments, and NotFound if there is no activity at all.
    """
    from strava_mcp.charts.question import Question
    from strava_mcp.charts.views import PERIODS

    view, now = arguments["view"], today(ctx.source)
    units = arguments.get("units", ctx.units)
    if view not in PERIODS:
        sports = arguments.get("sport")
        ids = tuple(arguments.get("ids") or _newest(ctx, sports))
        if view == "activity" and len(ids) > 1:
            raise InvalidArguments({"ids": "Must be one activity; the view compare takes two."})
        return Question(view, ids, None, now, sports, stretch=_stretch(arguments), units=units)
    days = date_range(ctx.source, arguments.get("date_range", PERIODS[view]))
    until = None
    if "until" in arguments:
        with errors_of_argument("until"):
            until = parse_day_ahead(arguments["until"], now)
    plan: Plan | None = arguments.get("planned")
    return Question(
        view=view,
        ids=(),
        first=days.begin,
        last=min(days.last, now),
        sports=arguments.get("sport"),
        until=until,
        planned=plan.days((until - now).days - 1) if plan and until else None,
        units=units,
    )


def arguments_of(question: "Question") -> "Opens":
    """The arguments that ask the same again, as text; of a zoomed chart those of the whole."""
    given = {
        "view": question.view,
        "ids": ",".join(map(str, question.ids)),
        "sport": ",".join(question.sports or ()),
        "until": str(question.until or ""),
        "planned": written(question.planned or ()),
        "units": question.units,
    }
    if not question.ids:
        given["date_range"] = f"{question.first or BEGINNING}..{question.last}"
    return {name: value for name, value in given.items() if value}


def _stretch(arguments: JSON) -> tuple[float, float] | None:
    if "zoom_from" not in arguments:
        return None
    if arguments["zoom_from"] >= arguments["zoom_to"]:
        raise InvalidArguments({"zoom_to": "Must be greater than zoom_from."})
    return float(arguments["zoom_from"]), float(arguments["zoom_to"])


def _newest(ctx: Context, sports: tuple[str, ...] | None) -> list[int]:
    if sports is None:
        newest = ctx.source.activities(per_page=1)
    else:
        is_of_sport = Condition("sport_type", "in", sports)
        query = ActivityQuery((is_of_sport,), limit=1, wants_total=False)
        newest = ctx.source.find_activities(query).rows
    if not newest:
        raise NotFound(f"There is no activity {'of this sport' if sports else 'yet'}.")
    return [newest[0]["id"]]
