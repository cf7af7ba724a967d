"""Render an activity's load, and its place among the athlete's records."""

from collections.abc import Iterator, Sequence
from typing import TypedDict

from strava_mcp.analysis.evidence import gather_for
from strava_mcp.analysis.loads import Load
from strava_mcp.analysis.period import Activity
from strava_mcp.analysis.places import Place, places
from strava_mcp.analysis.subject import Subject
from strava_mcp.analysis.thresholds import Basis
from strava_mcp.json_types import JSON
from strava_mcp.sources.activity_facts import facts_of

#: The singular of families whose activities are compared by distance.
SINGULAR = {"runs": "run", "rides": "ride", "swims": "swim"}
ORDINALS = {2: "2nd ", 3: "3rd "}


class LoadFields(TypedDict, total=False):
    """``load``: an hour at the threshold is 100; ``load_from``: what it is computed from;
    ``load_basis``: of its thresholds; ``records``: the activity's places among all.
    """

    load: int
    load_from: str
    load_basis: Basis
    records: list[str]


def load_fields(subject: Subject, activities: Sequence[JSON]) -> dict[int, LoadFields]:
    """The load and places of activities (SummaryActivity) by id, where known."""
    listed = list(_with_day(activities))
    if not listed:
        return {}
    loads = gather_for(subject, listed).loads
    ranks = places(subject.source, {activity.id for activity in listed})
    fields: dict[int, LoadFields] = {}
    for activity in listed:
        row: LoadFields = {}
        load = loads.get(activity.id)
        if isinstance(load, Load):
            row = {
                "load": round(load.value),
                "load_from": _origin(load),
                "load_basis": load.basis,
            }
        if names := [_words(place) for place in ranks.get(activity.id, ())]:
            row["records"] = names
        fields[activity.id] = row
    return fields


def _with_day(activities: Sequence[JSON]) -> Iterator[Activity]:
    for activity in activities:
        facts = facts_of(activity)
        if facts.day:
            yield Activity(facts, activity)


def _origin(load: Load) -> str:
    """``pace``, or ``pace averages`` if no recording was read."""
    is_from_averages = load.is_estimate and load.kind != "exertion"
    return f"{load.kind} averages" if is_from_averages else load.kind


def _words(place: Place) -> str:
    kind, name = place.quantity
    ordinal = ORDINALS.get(place.rank, "")
    if kind == "time":
        return f"{ordinal}fastest {name}"
    if kind == "longest":
        return f"{ordinal}longest {SINGULAR.get(str(name), name)}"
    duration = f"{name} s" if int(name) < 60 else f"{int(name) // 60} min"
    return f"{ordinal}best {duration} power"
