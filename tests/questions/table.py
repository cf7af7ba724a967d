"""The questions and the calls that answer them."""

from dataclasses import dataclass
from typing import Any

from strava_mcp.json_types import JSON

#: A tool and its arguments.
Call = tuple[str, JSON]


@dataclass(frozen=True)
class Question:
    """A question, its calls, and what it took before there were answers.

    ``{name}`` in an argument is the id of an activity that a test or a benchmark chooses.
    ``before``: the days whose list had to be read, and of which activities the streams: those of
    ``Run`` or ``Ride``, or of ``one`` or ``two``. ``only``: the source that can know the answer;
    None for all.
    """

    text: str
    calls: tuple[Call, ...]
    before: tuple[str, str | None] = ("", None)
    only: str | None = None


def summary(**arguments: Any) -> Call:
    return "get_training_summary", arguments


def records(**arguments: Any) -> Call:
    return "get_records", arguments


def load(**arguments: Any) -> Call:
    return "get_training_load", arguments


def session(number: str, *parts: str) -> Call:
    return "analyze_activity", {"id": number, "parts": list(parts)}


QUESTIONS = (
    Question(
        "How is this week going?",
        (summary(date_range="this week", by="none"),),
        ("this week", None),
    ),
    Question(
        "This year against last year, to the same day?",
        (summary(date_range="this year", by="none", compare="last_year"),),
        ("since {last_year}-01-01", None),
    ),
    Question(
        "My fastest 400 m to marathon this year?",
        (records(kind="distances", date_range="this year"),),
        ("this year", "Run"),
    ),
    Question("And ever?", (records(kind="distances"),), ("all time", "Run")),
    Question(
        "My power curve this year?",
        (records(kind="power", date_range="this year"),),
        ("this year", "Ride"),
    ),
    Question(
        "What is my FTP?",
        (records(kind="power", date_range="last 90 days"),),
        ("last 90 days", "Ride"),
    ),
    Question(
        "Did my heart rate drift in the long run?", (session("{long_run}", "drift"),), ("", "one")
    ),
    Question("How did my intervals go?", (session("{intervals}", "intervals"),), ("", "one")),
    Question("Pace by split: where did I fade?", (session("{long_run}", "splits"),), ("", "one")),
    Question("How did I ride the hills?", (session("{hilly_ride}", "climbs"),), ("", "one")),
    Question(
        "How much do I climb per week?",
        (summary(date_range="last 12 weeks", by="week"),),
        ("last 12 weeks", None),
    ),
    Question(
        "Which shoes are to be replaced?",
        (summary(date_range="all time", by="gear"),),
        ("all time", None),
    ),
    Question("My longest streak?", (records(kind="streaks"),), ("all time", None)),
    Question("My Eddington number?", (records(kind="eddington"),), ("all time", None)),
    Question(
        "What marathon could I run?",
        (("predict_race", {"distance": "marathon"}),),
        ("last 90 days", "Run"),
    ),
    Question(
        "My form on race day in three weeks, with a plan?",
        (load(date_range="last 6 weeks", until="in 3 weeks", planned="50/day"),),
        ("last 12 months", "Run"),
    ),
    Question(
        "And without a plan?",
        (load(date_range="last 6 weeks", until="in 3 weeks"),),
        ("last 12 months", "Run"),
    ),
    Question(
        "Is my training polarized, by week?",
        (summary(date_range="last 8 weeks", by="week", sport="runs"),),
        ("last 8 weeks", "Run"),
    ),
    Question(
        "Two runs on one route: where did I gain?",
        (("compare_activities", {"ids": ["{route_run}", "{route_again}"]}),),
        ("", "two"),
    ),
    Question(
        "All runs on that route: am I faster?",
        (("compare_activities", {"similar_to": "{route_run}"}),),
        ("all time", "Run"),
    ),
    Question("My records on segments?", (records(kind="segments"),), only="sandbox"),
    Question("The longest ever, by sport?", (records(kind="longest"),), ("all time", None)),
    Question("The hilliest ever?", (records(kind="climbing"),), ("all time", None)),
    Question(
        "A table by month?",
        (summary(date_range="last 12 months", by="month"),),
        ("last 12 months", None),
    ),
    Question(
        "On which weekdays do I rest?",
        (summary(date_range="last 12 weeks", by="weekday"),),
        ("last 12 weeks", None),
    ),
    Question(
        "Is my training monotonous?", (load(date_range="last 6 weeks"),), ("last 12 months", "Run")
    ),
    Question(
        "Which run was in the rain?",
        (("get_activities", {"sport_type": "runs", "weather": "rain", "per_page": 5}),),
        ("all time", None),
        only="archive",
    ),
    Question(
        "Which activity has that note?", (("search", {"query": "{words}"}),), ("all time", None)
    ),
    Question(
        "A GPX of that ride?",
        (("export_activity", {"id": "{ride}", "format": "gpx"}),),
        ("", "one"),
    ),
    Question("What are my zones?", (("get_athlete_zones", {}),), ("last 90 days", "Run")),
)


def filled(call: Call, values: dict[str, Any]) -> Call:
    """A call with the ids in place of their names."""
    name, arguments = call

    def fill(value: Any) -> Any:
        if isinstance(value, list):
            return [fill(item) for item in value]
        if isinstance(value, str) and value.startswith("{"):
            return values[value.strip("{}")]
        return value

    return name, {key: fill(value) for key, value in arguments.items()}
