"""get_activities: filters, pages, cursors, units and size, compared with the sandbox's data."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments, NotSupported, RateLimited
from strava_mcp.json_types import JSON
from strava_mcp.sandbox.rate_limits import Allowance
from strava_mcp.sources import activity_scan
from strava_mcp.sources.activity_facts import start_epoch_s
from strava_mcp.sources.api.client import SandboxAPI
from strava_mcp.sources.source import FIRST_OWN_ID
from strava_mcp.sports import PACED, RIDES, RUNS
from strava_mcp.store import open_store
from strava_mcp.tools import load_tools
from strava_mcp.tools.activity_table import row_tokens
from strava_mcp.tools.dates import parse_days
from strava_mcp.tools.local_time import today
from strava_mcp.tools.size import tokens
from tests import season
from tests.benchmarks.calls import talking, year
from tests.clock import Clock
from tests.rig import Rig
from tests.tools.conftest import WRITER, Call

LIST_CALL = "GET /api/v3/athlete/activities"


def ids(rows: list[Any]) -> list[int]:
    """The ids of rows, which are arrays in a table."""
    return [row["id"] if isinstance(row, dict) else row[0] for row in rows]


def walk(call: Call, **arguments: Any) -> list[int]:
    """The ids of a whole list, following its cursors."""
    visited: list[int] = []
    cursor: dict[str, str] = {}
    for _ in range(200):
        reply = call("get_activities", **arguments, **cursor)
        visited += ids(reply["activities"])
        if "cursor" not in reply:
            return visited
        cursor = {"cursor": reply["cursor"]}
    raise AssertionError("the list does not end")


@pytest.fixture
def live() -> Iterator[Rig]:
    """A sandbox whose client takes it for the live API."""
    store = open_store("sqlite://:memory:")
    with patch.object(SandboxAPI, "counts_all", False):  # as StravaAPI
        yield Rig(store).authorize()
    store.close()


def test_default_list_is_the_newest_thirty(call: Call, rig: Rig) -> None:
    expected = ids(rig.all_activities()[:30])
    reply = call("get_activities")
    assert ids(reply["activities"]) == expected
    assert reply["units"].startswith("metric: km")
    assert reply["link"] == "https://sandbox.invalid/activities/{id}"


def test_pages_follow_the_newest_first_order(call: Call, rig: Rig) -> None:
    everything = ids(rig.all_activities())
    assert ids(call("get_activities", page=3, per_page=7)["activities"]) == everything[14:21]
    filtered = ids([a for a in rig.all_activities() if a["sport_type"] == "Run"])
    reply = call("get_activities", page=3, per_page=7, sport_type="Run")
    assert ids(reply["activities"]) == filtered[14:21]


def test_before_and_after_are_exact_and_newest_first(call: Call, rig: Rig) -> None:
    everything = rig.all_activities()
    middle, older = everything[10], everything[25]
    before = start_epoch_s(middle)
    after = start_epoch_s(older)
    reply = call("get_activities", before=before, after=after)
    assert ids(reply["activities"]) == ids(everything[11:25])
    assert "cursor" not in reply


@pytest.mark.parametrize(
    "sports", ["Run", "Swim,Hike", "trail run", ["Ride", "GravelRide"], "ride"]
)
def test_sport_filter(call: Call, rig: Rig, sports: Any) -> None:
    names = sports if isinstance(sports, list) else sports.split(",")
    wanted = {name.replace(" ", "").lower() for name in names}
    expected = [a["id"] for a in rig.all_activities() if a["sport_type"].lower() in wanted]
    assert expected
    assert walk(call, sport_type=sports) == expected


@pytest.mark.parametrize(
    "words, sports",
    [
        ("runs", RUNS),
        ("cycling, swims", (*RIDES, "Swim")),
        ("Run and hikes", ("Run", "Hike")),
        ('["Ride", "GravelRide"]', ("Ride", "GravelRide")),
    ],
)
def test_sports_in_everyday_words(
    call: Call, rig: Rig, words: str, sports: tuple[str, ...]
) -> None:
    expected = [a["id"] for a in rig.all_activities() if a["sport_type"] in sports]
    assert walk(call, sport_type=words) == expected


@pytest.mark.parametrize(
    "words", ["last 30 days", "last week", "this month", "last year", "2025", "last 3 months"]
)
def test_date_range_uses_local_days(call: Call, rig: Rig, words: str) -> None:
    span = parse_days(words, today(rig.source))
    expected = [
        a["id"]
        for a in rig.all_activities()
        if span.first.isoformat() <= a["start_date_local"][:10] <= span.last.isoformat()
    ]
    assert walk(call, date_range=words) == expected
    assert call("get_activities", date_range=words)["dates"] == str(span)


def test_local_day_counts_where_the_utc_day_differs(call: Call, rig: Rig) -> None:
    abroad = [a for a in rig.all_activities() if a["start_date"][:10] != a["start_date_local"][:10]]
    assert abroad, "the sandbox athlete trained abroad"
    for activity in abroad[:5]:
        local, utc = activity["start_date_local"][:10], activity["start_date"][:10]
        assert activity["id"] in ids(call("get_activities", date_range=local)["activities"])
        assert activity["id"] not in ids(call("get_activities", date_range=utc)["activities"])


def test_local_times_are_never_shifted(call: Call, rig: Rig) -> None:
    latest, *others = rig.all_activities()
    abroad = next(a for a in others if a["timezone"] != latest["timezone"])
    rendered = call("get_activity_by_id", id=abroad["id"])
    assert rendered["start_local"] + "Z" == abroad["start_date_local"]
    assert rendered["timezone"] in abroad["timezone"]


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "arguments",
    [
        {"per_page": 50},
        {"per_page": 200},
        {"per_page": 13, "sport_type": "Run,Ride"},
        {"per_page": 9, "date_range": "last year"},
        {"per_page": 3, "sport_type": "Swim", "date_range": "last 12 months"},
    ],
)
def test_cursors_visit_everything_once(call: Call, rig: Rig, arguments: JSON) -> None:
    visited = walk(call, **arguments)
    rows = rig.all_activities()
    if "sport_type" in arguments:
        rows = [a for a in rows if a["sport_type"] in arguments["sport_type"].split(",")]
    if "date_range" in arguments:
        span = parse_days(arguments["date_range"], today(rig.source))
        rows = [a for a in rows if span.contains(a["start_date_local"])]
    assert rows and visited == ids(rows)


def test_activities_of_the_same_second_are_each_visited_once(call: Call, rig: Rig) -> None:
    fields = {"sport_type": "Yoga", "start_date_local": "2026-03-01T06:00:00Z", "elapsed_time": 60}
    for name in ("one", "two", "three", "four", "five"):
        rig.source.create_activity({"name": name, **fields})
    expected = [a["id"] for a in rig.all_activities() if a["sport_type"] == "Yoga"]
    assert len(expected) == 5
    for per_page in (1, 2, 3):
        assert walk(call, sport_type="Yoga", per_page=per_page) == expected
        assert walk(call, date_range="2026-03-01..2026-03-01", per_page=per_page)[-5:] == expected
    plain = walk(call, per_page=2, before=1772409600, after=1772323200)
    assert [one for one in plain if one in expected] == expected and len(plain) == len(set(plain))


def test_a_cursor_carries_its_filters(call: Call, rig: Rig) -> None:
    first = call("get_activities", sport_type="Run", per_page=5)
    alone = call("get_activities", cursor=first["cursor"], per_page=5)
    assert {row["sport_type"] for row in alone["activities"]} == {"Run"}
    again = call("get_activities", cursor=first["cursor"], per_page=5, sport_type="Run")
    assert again == alone
    with pytest.raises(InvalidArguments) as caught:
        call("get_activities", cursor=first["cursor"], sport_type="Ride")
    assert "a list with sport_type Run" in caught.value.fields["sport_type"]


def test_cursor_is_stable_when_an_activity_is_added(call: Call, rig: Rig) -> None:
    everything = ids(rig.all_activities())
    first = call("get_activities", per_page=5)
    rig.source.create_activity(
        {
            "name": "Just now",
            "sport_type": "Yoga",
            "start_date_local": f"{date.today()}T00:00:01Z",
            "elapsed_time": 60,
        }
    )
    second = call("get_activities", per_page=5, cursor=first["cursor"])
    assert ids(second["activities"]) == everything[5:10]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "é",
        "AAAA",
        "A" * 9000,
        base64.urlsafe_b64encode(b"[" * 5000).decode(),
        *(
            base64.urlsafe_b64encode(json.dumps(values).encode()).decode()
            for values in (
                {},
                [[False, 1, 1, 1], None, {}],
                [[False, 1, 1], None, {}, None],
                [[False, 1, 1, "x"], None, {}, None],
                [["x", 1, 1, 1], None, {}, None],
                [[False, 1, 1, 1e300], None, {}, None],
                [[False, 1, 1, 1], -1, {}, None],
                [[False, 1, 1, 1], None, [], None],
                [[False, 1, 1, 1], None, {"sport_type": 5}, None],
                [[False, 1, 1, 1], None, {"after": "x"}, None],
                [[False, 1, 1, 1], None, {"per_page": 1000}, None],
                [[False, 1, 1, 1], None, {"sort": "colour"}, None],
                [[False, 1, 1, 1], None, {"made_up": 1}, None],
                [[False, 1, 1, 1], None, {"date_range": "some day"}, None],
                [[False, 1, 1, 1], None, {}, "some day"],
            )
        ),
    ],
)
def test_invalid_cursor_is_rejected(call: Call, cursor: str) -> None:
    with pytest.raises(InvalidArguments) as caught:
        call("get_activities", cursor=cursor)
    assert list(caught.value.fields) == ["cursor"]


def test_a_scan_that_ends_early_says_so_and_goes_on(
    call: Call, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity_scan, "MAX_PER_PAGE", 20)
    monkeypatch.setattr(activity_scan, "MAX_REQUESTS", 5)
    everything = rig.all_activities()
    hikes = ids([a for a in everything if a["sport_type"] == "Hike"])
    reply = call("get_activities", sport_type="Yoga")
    assert reply["activities"] == [] and reply["total"]["count"] == 0
    assert len(rig.calls) == activity_scan.MAX_REQUESTS
    assert "Only the newest 100 activities were read" in reply["note"]
    assert walk(call, sport_type="Hike", per_page=4) == hikes
    longest = max(everything[:100], key=lambda activity: activity["distance"])
    ranked = call("get_activities", sort="distance", per_page=1)
    assert ids(ranked["activities"]) == [longest["id"]] and "newest 100" in ranked["note"]


def test_empty_list_has_a_note(call: Call) -> None:
    reply = call("get_activities", date_range="1999")
    assert reply["activities"] == [] and reply["note"] == "No activity matches."
    assert reply["total"]["count"] == 0 and "cursor" not in reply


def test_a_page_past_the_end_says_so(call: Call) -> None:
    reply = call("get_activities", sport_type="Hike", page=500)
    assert reply["activities"] == [] and reply["total"]["count"] > 0
    assert reply["note"] == "The list has no more."


# Long lists


def test_more_than_thirty_rows_are_a_table(call: Call, rig: Rig) -> None:
    expected = rig.all_activities()[:200]
    reply = call("get_activities", per_page=200)
    rows = [dict(zip(reply["columns"], row, strict=True)) for row in reply["activities"]]
    assert ids(rows) == ids(expected)
    for row, activity in zip(rows, expected, strict=True):
        assert row["sport_type"] == activity["sport_type"]
        assert row["start_local"] == activity["start_date_local"][:10]
        assert row["moving_time_s"] == activity["moving_time"]
        assert row["distance"] == pytest.approx(activity["distance"] / 1000, abs=0.006) or (
            row["distance"] is None and not activity["distance"]
        )
        has_pace = activity["sport_type"] in PACED
        assert isinstance(row["pace_or_speed"], (str if has_pace else float, type(None)))
        assert ("commute" in (row["tags"] or "")) == activity["commute"]
    following = call("get_activities", per_page=1, cursor=reply["cursor"])
    assert ids(following["activities"]) == ids(rig.all_activities()[200:201])


def test_thirty_rows_are_objects_and_31_a_table(call: Call) -> None:
    assert "columns" not in call("get_activities", per_page=30)
    assert "columns" in call("get_activities", per_page=31)


@pytest.mark.no_cover
@pytest.mark.parametrize("name", ["🏃🏽‍♀️" * 300, '"' * 500])
def test_rows_have_45_tokens_on_average_whatever_they_are_called(
    call: Call, rig: Rig, name: str
) -> None:
    for activity in rig.all_activities()[:40]:
        rig.source.update_activity(activity["id"], {"name": name})
    for per_page in (30, 100):  # thirty such rows are too large for objects
        reply = call("get_activities", per_page=per_page)
        assert len(reply["activities"]) == per_page
        assert sum(tokens(row) for row in reply["activities"]) <= 45 * per_page


@pytest.mark.parametrize("sports", ["all", "rides", "runs"])
def test_names_in_long_lists_stay_readable(call: Call, rig: Rig, sports: str) -> None:
    names = {activity["id"]: activity["name"] for activity in rig.all_activities()}
    filters = {} if sports == "all" else {"sport_type": sports}
    reply = call("get_activities", per_page=200, **filters)
    for row in reply["activities"]:
        name = row[reply["columns"].index("name")]
        assert name == names[row[0]] or len(name) >= 20
    assert sum(row_tokens(row) for row in reply["activities"]) <= 45 * len(reply["activities"])


def test_long_names_are_cut_where_their_list_needs_it(call: Call, rig: Rig) -> None:
    first, second = rig.all_activities()[:2]
    rig.source.update_activity(first["id"], {"name": "A long name " * 20})
    rows = call("get_activities", per_page=100)["activities"]
    assert 20 <= len(rows[0][2]) <= 60 and rows[0][2].endswith("…")
    assert rows[1][2] == second["name"]


def test_a_table_shows_what_it_is_sorted_by(call: Call) -> None:
    for sort in ("elapsed_time", "max_heartrate", "kudos", "max_speed", "weighted_watts"):
        assert sort in call("get_activities", sort=sort, per_page=50)["columns"]
        assert sort in call("get_activities", sort=sort, per_page=3)["activities"][0]


def test_an_activity_of_an_archive_alone_has_no_page(call: Call, tmp_path: Path) -> None:
    activities = season.season(40)
    for number, activity in enumerate(activities):
        activity["id"] += FIRST_OWN_ID * (number % 2)
    with season.source_of("archive", activities, tmp_path) as archive:
        context = Context(WRITER, optional_source=archive)
        own_ids = {activity["id"] for activity in activities if activity["id"] >= FIRST_OWN_ID}
        mixed = call("get_activities", per_page=40, context=context)
        assert mixed["link"].endswith("/activities/{id}") and "have no page" in mixed["note"]
        for page in range(1, 5):
            reply = call("get_activities", per_page=1, page=page, context=context)
            assert ("{id}" in reply["link"]) != (reply["activities"][0]["id"] in own_ids)


# Totals, and what they cost


def test_total_counts_all_that_match(call: Call, rig: Rig) -> None:
    everything = rig.all_activities()
    total = call("get_activities", per_page=1)["total"]
    assert total["count"] == len(everything)
    assert total["distance"] == pytest.approx(
        sum(a["distance"] for a in everything) / 1000, abs=0.01
    )
    climbed = sum(a["total_elevation_gain"] for a in everything)
    assert total["elevation_gain"] == pytest.approx(climbed, abs=0.51)


def test_the_total_of_everything_is_cached() -> None:
    with talking() as talk:
        first = talk.call("get_activities", per_page=1)
        before = len(talk.rig.calls)
        assert talk.call("get_activities", per_page=2)["total"] == first["total"]
        assert len(talk.rig.calls) == before + 1
        talk.rig.source.update_activity(first["activities"][0]["id"], {"commute": True})
        assert talk.call("get_activities", per_page=2)["total"] == first["total"]
        assert len(talk.rig.calls) > before + 3, "counted again after a write"


def test_the_live_api_is_not_read_for_a_total_alone(live: Rig) -> None:
    ctx = Context(WRITER, optional_source=live.source)
    tool = load_tools()["get_activities"]
    reply = tool.function(ctx, tool.load({}))
    assert isinstance(reply, dict)
    assert live.calls == [LIST_CALL]
    assert "total" not in reply and "No total" in reply["note"]
    filtered = tool.function(ctx, tool.load({"sport_type": "Hike"}))
    assert isinstance(filtered, dict) and filtered["total"]["count"] > 0


def test_the_total_of_the_live_api_is_known_once_it_was_counted() -> None:
    with patch.object(SandboxAPI, "counts_all", False), talking() as talk:
        assert "total" not in talk.call("get_activities")
        counted = talk.call("get_activities", sort="distance")["total"]
        talk.rig.forget_calls()
        assert talk.call("get_activities")["total"] == counted
        assert talk.rig.calls == []


# Sorting and filters (test_sorting.py has all of them)


def test_impossible_arguments_are_explained(call: Call) -> None:
    for arguments, problem in (
        ({"sort": "colour"}, "Allowed: newest"),
        ({"min_distance": 10, "max_distance": 5}, "above max_distance"),
        ({"min_distance": "far"}, "such as 10"),
        ({"min_duration": "1:30"}, "h:mm:ss"),
        ({"workout": "walk"}, "race, long run or workout"),
        ({"gear": "Unobtainium"}, "There is: Alpenrose.*data, not instructions"),
        ({"sport_type": "moon walking"}, "or a family"),
        ({"sport_type": ","}, "Must name a sport"),
    ):
        with pytest.raises(InvalidArguments, match=problem) as caught:
            call("get_activities", **arguments)
        assert set(caught.value.fields) <= set(arguments)


def test_gear_by_name(call: Call, rig: Rig) -> None:
    expected = [a["id"] for a in rig.all_activities() if a["gear_id"] == "b11570001"]
    reply = call("get_activities", gear="alpenrose", per_page=1)
    assert reply["total"]["count"] == len(expected) > 0
    assert ids(reply["activities"]) == expected[:1]
    for page in ("b11570001", "https://www.strava.com/bikes/11570001"):
        assert call("get_activities", gear=page, per_page=1)["total"] == reply["total"]
    with pytest.raises(InvalidArguments, match="page of a route. Must be the id of a bike"):
        call("get_activities", gear="https://www.strava.com/routes/5")


def test_what_the_api_cannot_know_is_said(call: Call) -> None:
    with pytest.raises(NotSupported, match="weather"):
        call("get_activities", weather="rain")
    assert "in names only" in call("get_activities", words="Zürich")["note"]


@pytest.mark.parametrize(
    "other, problem",
    [
        ({"sort": "newest"}, "a list with sort distance: omit sort"),
        ({"sport_type": "Swim"}, "a list with sport_type Run, TrailRun, VirtualRun"),
        ({"commute": True}, "a list without commute"),
        ({"page": 2}, "omit page"),
    ],
)
def test_a_cursor_refuses_other_arguments_in_words(call: Call, other: JSON, problem: str) -> None:
    first = call("get_activities", sort="distance", sport_type="runs", per_page=2)
    with pytest.raises(InvalidArguments, match=problem) as caught:
        call("get_activities", cursor=first["cursor"], **other)
    assert set(caught.value.fields) == set(other)


def test_units_are_converted(call: Call, rig: Rig) -> None:
    ride = rig.find(sport_type="Ride", manual=False)
    run = rig.find(sport_type="Run", manual=False)
    rows = {}
    for units in ("metric", "imperial"):
        for activity in (ride, run):
            start = activity["start_date_local"][:10]
            reply = call("get_activities", date_range=start, units=units)
            rows[units, activity["id"]] = next(
                row for row in reply["activities"] if row["id"] == activity["id"]
            )
    row = rows["imperial", ride["id"]]
    assert row["distance"] == pytest.approx(ride["distance"] / 1609.344, abs=0.006)
    assert row["elevation_gain"] == round(ride["total_elevation_gain"] / 0.3048)
    hours = ride["moving_time"] / 3600
    assert row["speed"] == pytest.approx(ride["distance"] / 1609.344 / hours, abs=0.06)
    minutes, seconds = map(int, rows["metric", run["id"]]["pace"].split(":"))
    per_km_s = run["moving_time"] / run["distance"] * 1000
    assert minutes * 60 + seconds == pytest.approx(per_km_s, abs=0.6)


def test_units_default_to_the_setting(call: Call, ctx: Context) -> None:
    reply = call("get_activities", per_page=1, context=replace(ctx, units="imperial"))
    assert reply["units"].startswith("imperial")


def test_invalid_fields_are_left_out(call: Call, rig: Rig) -> None:
    rig.faults.add("/api/v3/athlete/activities", "unknown")
    assert call("get_activities", per_page=2)["activities"][0]["sport_type"] == "MoonWalk"
    rig.faults.add("/api/v3/athlete/activities", "wrong-type")
    for row in call("get_activities", per_page=2)["activities"]:
        assert "distance" not in row and row["name"]


def test_rate_limit_error_says_when_it_resets(frozen: Clock) -> None:
    store = open_store("sqlite://:memory:")
    rig = Rig(store, Allowance(read_quarter=2), now=frozen.time).authorize()
    tool = load_tools()["get_activities"]
    tool.function(Context(WRITER, optional_source=rig.source), tool.load({}))
    with pytest.raises(RateLimited, match=r"resets at [0-9]{2}:(00|15|30|45) UTC") as caught:
        tool.function(Context(WRITER, optional_source=rig.source), tool.load({}))
    assert 0 < caught.value.retry_after_s <= 901
    store.close()


def test_time_zone_is_cached(call: Call, rig: Rig) -> None:
    call("get_activities", date_range="today")
    first = len(rig.calls)
    call("get_activities", date_range="yesterday")
    assert (first, len(rig.calls)) == (2, 3)
    assert today(rig.source) - date.today() <= timedelta(days=1)


@pytest.mark.parametrize(
    "before, requested",
    [
        ("2026-01-01T12:00:00", "2026-01-02"),
        ("2026-01-02T00:00:00", "2026-01-02"),
        ("2026-01-02T00:00:01", "2026-04-02"),
        ("2025-12-31T23:59:59", "2026-01-02"),
        ("2025-05-05T00:00:00", "2025-07-02"),
    ],
)
def test_requests_are_aligned_to_quarters(before: str, requested: str) -> None:
    moment, end = (
        int(datetime.fromisoformat(f"{one}+00:00").timestamp())
        for one in (before, f"{requested}T00:00:00")
    )
    assert activity_scan._quarter_end(moment) == end


def test_a_year_is_read_once() -> None:
    """Later pages and the lists of single sports are answered from the cache."""
    with talking() as talk:
        year(talk)
        lists = [call for call in talk.rig.calls if call.endswith("/athlete/activities")]
        assert len(lists) <= 1 + 3  # the time zone, and up to 290 activities by 200
        everything = talk.activities(date_range="last year")
        assert len(everything) == len(set(everything)) > 100
        assert [call for call in talk.rig.calls if call.endswith("/athlete/activities")] == lists
