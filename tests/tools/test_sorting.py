"""Lists of get_activities in every order, by pages of every size, from three sources."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.context import Context
from strava_mcp.json_types import JSON
from strava_mcp.sources.activity_query import SORTABLE
from strava_mcp.sources.archive.library import FILE, Library
from strava_mcp.tools import load_tools
from tests import season
from tests.tools.conftest import WRITER

ACTIVITIES = season.season()
ORDERS = ("newest", "oldest", *SORTABLE, *(f"{fact} asc" for fact in SORTABLE))
Ask = Callable[..., JSON]


@pytest.fixture(scope="module", params=season.SOURCES)
def ask(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Call get_activities on a source of the season."""
    tool = load_tools()["get_activities"]
    folder = tmp_path_factory.mktemp("season")
    with season.source_of(request.param, ACTIVITIES, folder) as source:
        ctx = Context(WRITER, optional_source=source)

        def run(**arguments: Any) -> JSON:
            return dict(tool.function(ctx, tool.load(arguments)))  # type: ignore[arg-type]

        yield run


def ids(reply: JSON) -> list[int]:
    return [row["id"] if isinstance(row, dict) else row[0] for row in reply["activities"]]


def walk(ask: Ask, **arguments: Any) -> list[list[int]]:
    """The ids of every page, following the cursor alone."""
    reply = ask(**arguments)
    pages = [ids(reply)]
    while "cursor" in reply:
        assert len(pages) <= len(ACTIVITIES)
        reply = ask(cursor=reply["cursor"])
        pages.append(ids(reply))
    return pages


def start_of(activity: JSON) -> float:
    return datetime.fromisoformat(activity["start_date"]).timestamp()


def value_of(activity: JSON, fact: str) -> float | None:
    if fact == "speed":
        return activity["distance"] / activity["moving_time"] or None
    value: float | None = activity.get(season.FIELDS[fact])
    return value


def in_order(activities: list[JSON], order: str) -> list[int]:
    """The ids as the list should have them."""
    fact, _, direction = order.partition(" ")
    newest = sorted(activities, key=lambda a: (-start_of(a), a["id"]))
    if fact in ("newest", "oldest"):
        by_start = start_of if fact == "oldest" else lambda a: -start_of(a)
        return [a["id"] for a in sorted(newest, key=by_start)]
    sign = 1 if direction else -1
    values = {a["id"]: value_of(a, fact) for a in newest}
    with_value = [number for number, value in values.items() if value is not None]
    with_value.sort(key=lambda number: sign * (values[number] or 0.0))  # stable: the newest first
    return with_value + [number for number, value in values.items() if value is None]


@pytest.mark.no_cover
@pytest.mark.parametrize("order", ORDERS)
def test_every_order_by_pages_has_no_gap_and_no_double(ask: Ask, order: str) -> None:
    expected = in_order(ACTIVITIES, order)
    for per_page in (1, 7, 30, 200) if " " not in order else (7,):
        pages = walk(ask, sort=order, per_page=per_page)
        assert sum(pages, []) == expected
        assert {len(page) for page in pages[:-1]} <= {per_page}
        assert 0 < len(pages[-1]) <= per_page


def test_a_sorted_list_starts_at_any_page(ask: Ask) -> None:
    for order in ("newest", "distance", "average_heartrate asc"):
        expected = in_order(ACTIVITIES, order)
        assert ids(ask(sort=order, per_page=7, page=3)) == expected[14:21]
        assert ids(ask(sort=order, per_page=7, page=9)) == []


#: Arguments, and which activities they mean.
FILTERS: list[tuple[JSON, Callable[[JSON], bool]]] = [
    ({}, lambda a: True),
    ({"sport_type": "Run"}, lambda a: a["sport_type"] == "Run"),
    ({"sport_type": "runs"}, lambda a: a["sport_type"] in ("Run", "TrailRun")),
    (
        {"sport_type": "cycling, swims"},
        lambda a: "Ride" in a["sport_type"] or a["sport_type"] == "Swim",
    ),
    ({"sport_type": "indoor cycling"}, lambda a: "Ride" in a["sport_type"] and a["trainer"]),
    ({"words": "aicha"}, lambda a: "Aïcha" in a["name"]),
    ({"words": "interval evening"}, lambda a: "intervals" in a["name"]),
    ({"words": "朝"}, lambda a: "朝" in a["name"]),
    ({"workout": "race"}, lambda a: a["workout_type"] in (1, 11)),
    ({"workout": "long runs"}, lambda a: a["workout_type"] == 2),
    ({"workout": "workout"}, lambda a: a["workout_type"] in (3, 12)),
    ({"commute": True}, lambda a: a["commute"]),
    ({"commute": False}, lambda a: not a["commute"]),
    ({"indoor": True}, lambda a: a["trainer"] or a["sport_type"] == "VirtualRide"),
    ({"gear": "b11570001"}, lambda a: a["gear_id"] == "b11570001"),
    ({"min_distance": 10}, lambda a: a["distance"] >= 10_000),
    ({"max_distance": "9999.5 m"}, lambda a: a["distance"] <= 9999.5),
    ({"min_distance": 6, "units": "imperial"}, lambda a: a["distance"] >= 6 * 1609.344),
    ({"min_duration": "1:00:00", "max_duration": 3600}, lambda a: a["moving_time"] == 3600),
    ({"min_duration": "61 min"}, lambda a: a["moving_time"] > 3660),
    (
        {"date_range": "2026-02-05..2026-02-07"},
        lambda a: "2026-02-05" <= a["start_date_local"][:10] <= "2026-02-07",
    ),
    (
        {"sport_type": "runs", "workout": "race", "min_distance": 5},
        lambda a: a["sport_type"] in ("Run", "TrailRun") and a["workout_type"] in (1, 11),
    ),
    ({"words": "no such word"}, lambda a: False),
]


@pytest.mark.parametrize("filters, matches", FILTERS)
def test_filters_are_exact_and_counted(
    ask: Ask, filters: JSON, matches: Callable[[JSON], bool]
) -> None:
    wanted = [activity for activity in ACTIVITIES if matches(activity)]
    reply = ask(**filters, sort="distance")
    total, factor = reply["total"], 1609.344 if "units" in filters else 1000
    assert total["count"] == len(wanted)
    distance = sum(activity["distance"] for activity in wanted) / factor
    assert total["distance"] == pytest.approx(distance, abs=0.005)
    seconds = sum(activity["moving_time"] for activity in wanted)
    assert total["moving_time"] == f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if factor == 1000:
        assert total["elevation_gain"] == round(sum(a["total_elevation_gain"] for a in wanted))
    for order in ("newest", "distance"):
        pages = walk(ask, **filters, sort=order, per_page=3)
        assert sum(pages, []) == in_order(wanted, order)


def test_a_list_continues_although_activities_come_and_go(tmp_path: Path) -> None:
    tool = load_tools()["get_activities"]
    for order in ("newest", "distance", "average_heartrate"):
        expected = in_order(ACTIVITIES, order)
        folder = tmp_path / order
        with season.source_of("archive", ACTIVITIES, folder) as source:
            ctx = Context(WRITER, optional_source=source)
            first = tool.function(ctx, tool.load({"sort": order, "per_page": 5}))
            assert isinstance(first, dict)
            # The last of the page is replaced by another that comes before all.
            library = Library(folder / FILE)
            best = {"distance": 1e6, "average_heartrate": 250.0, "start_date": "2026-03-01T06:00Z"}
            library.put(season.stored(ACTIVITIES[0] | best | {"id": 5000}), [expected[4]])
            library.close()
            following = tool.function(ctx, tool.load({"cursor": first["cursor"]}))
            assert isinstance(following, dict) and ids(following) == expected[5:10]


def test_later_pages_have_no_total(ask: Ask) -> None:
    first = ask(sort="kudos", per_page=5)
    assert first["total"]["count"] == len(ACTIVITIES)
    assert "total" not in ask(cursor=first["cursor"])


def test_a_cursor_carries_every_argument(ask: Ask) -> None:
    arguments = {
        **{"sort": "slowest", "units": "imperial", "per_page": 2, "sport_type": "runs"},
        **{"min_distance": 2, "max_duration": "2:00:00", "commute": False},
    }
    first = ask(**arguments)
    second = ask(cursor=first["cursor"])
    assert len(second["activities"]) == 2 and second["units"].startswith("imperial")
    again = ask(**{**arguments, "page": 2})
    assert again["activities"] == second["activities"]
    assert ask(**arguments, cursor=first["cursor"]) == second
