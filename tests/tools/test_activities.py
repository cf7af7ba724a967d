"""The tools about activities, on the sandbox athlete's three years."""

import base64
import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments, NotFound, RateLimited, Refused, Unavailable
from strava_mcp.store import open_store
from strava_mcp.strava.sandbox.limits import Allowance
from strava_mcp.tools import activity_scan, load_tools
from strava_mcp.tools.dates import days
from strava_mcp.tools.local_time import today
from tests.strava.doors import Door
from tests.tools.conftest import WRITER, Call

JSON = dict[str, Any]
ACTIVITIES = "/api/v3/activities"
LISTED = "GET /api/v3/athlete/activities"


def ids(rows: list[JSON]) -> list[int]:
    return [row["id"] for row in rows]


def walk(call: Call, **arguments: Any) -> list[int]:
    """The ids of a whole list, cursor after cursor."""
    found: list[int] = []
    cursor: dict[str, str] = {}
    for _ in range(200):
        reply = call("get_activities", **arguments, **cursor)
        found += ids(reply["activities"])
        if "cursor" not in reply:
            return found
        cursor = {"cursor": reply["cursor"]}
    raise AssertionError("the list does not end")


def one(door: Door, **wanted: Any) -> JSON:
    """The newest activity whose fields have these values."""
    return next(a for a in door.everything() if all(a.get(k) == v for k, v in wanted.items()))


# Lists


def test_a_plain_list_is_the_newest_thirty_in_one_call(call: Call, door: Door) -> None:
    expected = ids(door.everything()[:30])
    reply = call("get_activities")
    assert ids(reply["activities"]) == expected
    assert door.calls == [LISTED]
    assert reply["units"].startswith("metric: km")
    assert reply["link"] == "https://www.strava.com/activities/{id}"


def test_pages_are_those_of_the_newest_first_list(call: Call, door: Door) -> None:
    everything = ids(door.everything())
    assert ids(call("get_activities", page=3, per_page=7)["activities"]) == everything[14:21]
    filtered = ids([a for a in door.everything() if a["sport_type"] == "Run"])
    reply = call("get_activities", page=3, per_page=7, sport_type="Run")
    assert ids(reply["activities"]) == filtered[14:21]


def test_before_and_after_are_exact_and_newest_first(call: Call, door: Door) -> None:
    everything = door.everything()
    middle, older = everything[10], everything[25]
    before = activity_scan.started(middle)
    after = activity_scan.started(older)
    reply = call("get_activities", before=before, after=after)
    assert ids(reply["activities"]) == ids(everything[11:25])
    assert "cursor" not in reply


@pytest.mark.parametrize(
    "sports", ["Run", "Swim,Hike", "trail run", ["Ride", "GravelRide"], "ride"]
)
def test_the_sport_filter_filters(call: Call, door: Door, sports: Any) -> None:
    names = sports if isinstance(sports, list) else sports.split(",")
    wanted = {name.replace(" ", "").lower() for name in names}
    expected = [a["id"] for a in door.everything() if a["sport_type"].lower() in wanted]
    assert expected
    assert walk(call, sport_type=sports) == expected


@pytest.mark.parametrize(
    "words", ["last 30 days", "last week", "this month", "last year", "2025", "last 3 months"]
)
def test_a_date_range_holds_for_local_days(call: Call, door: Door, words: str) -> None:
    span = days(words, today(door.source))
    expected = [
        a["id"]
        for a in door.everything()
        if span.first.isoformat() <= a["start_date_local"][:10] <= span.last.isoformat()
    ]
    assert walk(call, date_range=words) == expected
    assert call("get_activities", date_range=words)["dates"] == str(span)


def test_the_local_day_counts_even_where_the_utc_day_is_another(call: Call, door: Door) -> None:
    abroad = [a for a in door.everything() if a["start_date"][:10] != a["start_date_local"][:10]]
    assert abroad, "the sandbox athlete has been abroad"
    for activity in abroad[:5]:
        here, there = activity["start_date_local"][:10], activity["start_date"][:10]
        assert activity["id"] in ids(call("get_activities", date_range=here)["activities"])
        assert activity["id"] not in ids(call("get_activities", date_range=there)["activities"])


def test_local_times_are_never_shifted(call: Call, door: Door) -> None:
    abroad = next(a for a in door.everything() if a["timezone"] != door.everything()[0]["timezone"])
    shown = call("get_activity_by_id", id=abroad["id"])
    assert shown["start_local"] + "Z" == abroad["start_date_local"]
    assert shown["timezone"] in abroad["timezone"]


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
def test_cursors_visit_everything_once(call: Call, door: Door, arguments: JSON) -> None:
    found = walk(call, **arguments)
    rows = door.everything()
    if "sport_type" in arguments:
        rows = [a for a in rows if a["sport_type"] in arguments["sport_type"].split(",")]
    if "date_range" in arguments:
        span = days(arguments["date_range"], today(door.source))
        rows = [a for a in rows if span.holds(a["start_date_local"])]
    assert rows and found == ids(rows)


def test_a_cursor_carries_its_filters(call: Call, door: Door) -> None:
    first = call("get_activities", sport_type="Run", per_page=5)
    alone = call("get_activities", cursor=first["cursor"], per_page=5)
    assert {row["sport_type"] for row in alone["activities"]} == {"Run"}
    again = call("get_activities", cursor=first["cursor"], per_page=5, sport_type="Run")
    assert again == alone
    with pytest.raises(InvalidArguments) as caught:
        call("get_activities", cursor=first["cursor"], sport_type="Ride")
    assert "belongs to" in caught.value.fields["sport_type"]


def test_a_cursor_stays_true_when_something_is_added(call: Call, door: Door) -> None:
    everything = ids(door.everything())
    first = call("get_activities", per_page=5)
    door.source.create_activity(
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
            base64.urlsafe_b64encode(json.dumps(made).encode()).decode()
            for made in (
                {},
                [1, [], 0, {}],
                [-1, [], 0, {}, None],
                [1, ["x"], 0, {}, None],
                [1, [], 0, [], None],
                [1, [], 0, {"sport_type": 5}, None],
                [1, [], 0, {"after": "x"}, None],
                [1, [], 0, {"made_up": 1}, None],
                [1, [], 0, {}, "some day"],
                [1 << 62, [], 0, {"after": [1]}, None],
            )
        ),
    ],
)
def test_what_is_no_cursor_is_refused(call: Call, cursor: str) -> None:
    with pytest.raises(InvalidArguments) as caught:
        call("get_activities", cursor=cursor)
    assert list(caught.value.fields) == ["cursor"]


def test_a_rare_sport_costs_a_bounded_number_of_reads(
    call: Call, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity_scan, "LARGEST_PAGE", 20)
    rows = [a["id"] for a in door.everything() if a["sport_type"] == "Hike"]
    reply = call("get_activities", sport_type="Yoga")
    assert reply["activities"] == []
    assert len(door.calls) == activity_scan.MOST_PAGES
    assert "100 activities looked at" in reply["note"]
    assert walk(call, sport_type="Hike", per_page=4) == rows
    paged = call("get_activities", sport_type="Hike", per_page=4, page=3)
    while len(paged["activities"]) < 1:
        paged = call("get_activities", per_page=4, cursor=paged["cursor"])
    assert ids(paged["activities"]) == rows[8:12][: len(paged["activities"])]


def test_an_empty_list_says_so(call: Call) -> None:
    reply = call("get_activities", date_range="1999")
    assert reply["activities"] == [] and reply["note"] == "No activity matches."
    assert "cursor" not in reply


def test_a_list_that_is_too_large_says_what_was_cut(call: Call, door: Door) -> None:
    reply = call("get_activities", per_page=200)
    shown = len(reply["activities"])
    assert 25 < shown < 200
    assert reply["note"].startswith(f"{shown} of 200 shown")
    following = call("get_activities", per_page=1, cursor=reply["cursor"])
    assert ids(following["activities"]) == ids(door.everything()[shown : shown + 1])


def test_imperial_is_metric_times_constants(call: Call, door: Door) -> None:
    ride = one(door, sport_type="Ride", manual=False)
    run = one(door, sport_type="Run", manual=False)
    rows = {}
    for units in ("metric", "imperial"):
        for activity in (ride, run):
            start = activity["start_date_local"][:10]
            reply = call("get_activities", date_range=start, units=units)
            rows[units, activity["id"]] = next(
                row for row in reply["activities"] if row["id"] == activity["id"]
            )
    mine = rows["imperial", ride["id"]]
    assert mine["distance"] == pytest.approx(ride["distance"] / 1609.344, abs=0.006)
    assert mine["elevation_gain"] == round(ride["total_elevation_gain"] / 0.3048)
    hours = ride["moving_time"] / 3600
    assert mine["speed"] == pytest.approx(ride["distance"] / 1609.344 / hours, abs=0.06)
    minutes, seconds = map(int, rows["metric", run["id"]]["pace"].split(":"))
    per_km_s = run["moving_time"] / run["distance"] * 1000
    assert minutes * 60 + seconds == pytest.approx(per_km_s, abs=0.6)


def test_the_units_of_the_server_hold_where_none_are_given(call: Call, ctx: Context) -> None:
    reply = call("get_activities", per_page=1, context=replace(ctx, units="imperial"))
    assert reply["units"].startswith("imperial")


def test_odd_answers_lose_fields_and_not_the_call(call: Call, door: Door) -> None:
    door.faults.add("/api/v3/athlete/activities", "unknown")
    assert call("get_activities", per_page=2)["activities"][0]["sport_type"] == "MoonWalk"
    door.faults.add("/api/v3/athlete/activities", "wrong-type")
    for row in call("get_activities", per_page=2)["activities"]:
        assert "distance" not in row and row["name"]


# One activity


def test_one_activity_costs_one_call(call: Call, door: Door) -> None:
    activity = one(door, sport_type="Run", manual=False)
    reply = call("get_activity_by_id", id=str(activity["id"]))
    assert door.calls == [f"GET {ACTIVITIES}/{activity['id']}"]
    assert reply["link"] == f"https://www.strava.com/activities/{activity['id']}"
    assert reply["name"] == activity["name"]
    assert not {"laps", "splits", "polyline", "segment_efforts"} & set(reply)


def test_full_detail_adds_splits_and_track(call: Call, door: Door) -> None:
    activity = next(
        a
        for a in door.everything()
        if a["sport_type"] == "Run" and a["map"]["summary_polyline"] and a["distance"] > 5000
    )
    reply = call("get_activity_by_id", id=activity["id"], detail="full")
    assert reply["polyline"] == activity["map"]["summary_polyline"]
    total = sum(split["distance"] for split in reply["splits"])
    assert total == pytest.approx(activity["distance"] / 1000, abs=0.05)
    imperial = call("get_activity_by_id", id=activity["id"], detail="full", units="imperial")
    assert len(imperial["splits"]) < len(reply["splits"])


def test_every_activity_fits_and_has_only_known_things(call: Call, door: Door) -> None:
    for activity in door.everything()[::23]:
        reply = call("get_activity_by_id", id=activity["id"], detail="full")
        assert ("average_heartrate" in reply) == ("average_heartrate" in activity)
        if activity.get("device_watts") is not True:
            assert "average_watts" not in reply


def test_a_long_description_is_cut_with_a_way_to_the_rest(call: Call, door: Door) -> None:
    activity = door.everything()[0]["id"]
    door.source.update_activity(activity, {"description": "語" * 9000})
    brief = call("get_activity_by_id", id=activity)
    assert len(brief["description"]) == 601 and "detail=full" in brief["note"]
    full = call("get_activity_by_id", id=activity, detail="full")
    assert 601 < len(full["description"]) < 9000
    assert f"{len(full['description'])} of 9000 shown" in full["note"]


def test_an_unknown_activity_is_not_found(call: Call) -> None:
    with pytest.raises(NotFound):
        call("get_activity_by_id", id=1)


@pytest.mark.parametrize("kind", ["html", "truncated", "empty", "wrong-type"])
def test_nonsense_for_an_activity_is_unavailable(call: Call, door: Door, kind: str) -> None:
    activity = door.everything()[0]["id"]
    door.faults.add(f"{ACTIVITIES}/", kind)
    with pytest.raises(Unavailable):
        call("get_activity_by_id", id=activity)


def test_zones_share_the_time(call: Call, door: Door) -> None:
    activity = one(door, sport_type="Run", has_heartrate=True)
    reply = call("get_activity_zones", id=activity["id"])
    assert len(door.calls) == 1
    heart = next(zone for zone in reply["zones"] if zone["type"] == "heartrate")
    assert sum(bucket["percent"] for bucket in heart["buckets"]) == pytest.approx(100, abs=3)
    assert "max" not in heart["buckets"][-1]
    assert reply["link"].endswith(str(activity["id"]))


# Writing

NEW = {
    "name": "Core",
    "sport_type": "weight training",
    "start_date_local": "2026-03-01T18:30:00+02:00",
    "elapsed_time": 1800,
}


def test_a_created_activity_is_there(call: Call, door: Door) -> None:
    reply = call("create_activity", **NEW, distance=1234.5, trainer=True, description="Plank")
    assert door.calls == [f"POST {ACTIVITIES}"]
    again = call("get_activity_by_id", id=reply["id"])
    assert again["name"] == "Core" and again["sport_type"] == "WeightTraining"
    assert again["start_local"] == "2026-03-01T18:30:00", "the athlete's clock, not shifted"
    assert again["trainer"] is True and again["description"] == "Plank"
    assert again["distance"] == 1.234 or again["distance"] == 1.235
    assert again["manual"] is True


@pytest.mark.parametrize("kind, status", [("status", 503), ("status", 502), ("html", 0)])
def test_a_create_is_never_sent_twice(call: Call, door: Door, kind: str, status: int) -> None:
    door.faults.add(ACTIVITIES, kind, status=status)
    try:
        call("create_activity", **NEW)
    except Unavailable:
        pass
    assert door.calls == [f"POST {ACTIVITIES}"]


@pytest.mark.parametrize("kind", ["reset", "silence"])
def test_a_create_that_may_have_happened_says_so(call: Call, door: Door, kind: str) -> None:
    door.faults.add(f"transport:{ACTIVITIES}", kind)
    with pytest.raises(Unavailable, match="look before you try again"):
        call("create_activity", **NEW)
    assert door.calls == [f"POST {ACTIVITIES}"]


def test_updates_stick_booleans_too(call: Call, door: Door) -> None:
    activity = one(door, commute=False, trainer=False)["id"]
    door.forget()
    reply = call(
        "update_activity",
        id=activity,
        name="Renamed",
        commute=True,
        trainer="true",
        hide_from_home=True,
        sport_type="Hike",
    )
    assert door.calls == [f"PUT {ACTIVITIES}/{activity}"]
    again = call("get_activity_by_id", id=activity)
    for shown in (reply, again):
        assert shown["name"] == "Renamed" and shown["sport_type"] == "Hike"
        assert shown["commute"] is shown["trainer"] is shown["hide_from_home"] is True
    assert "commute" not in call("update_activity", id=activity, commute=False)


def test_an_update_with_nothing_to_change_is_refused(call: Call, door: Door) -> None:
    with pytest.raises(InvalidArguments, match="hide_from_home"):
        call("update_activity", id=5)
    assert door.calls == []


def test_write_tools_say_what_they_are() -> None:
    tools = load_tools()
    create, update = tools["create_activity"], tools["update_activity"]
    assert create.scope == update.scope == "strava:write"
    assert create.annotations["destructiveHint"] is False
    assert create.annotations["idempotentHint"] is False
    assert update.annotations["destructiveHint"] is True
    assert update.annotations["idempotentHint"] is True
    assert tools["get_activities"].annotations["readOnlyHint"] is True


# Refusals


def test_the_limit_says_when_it_resets() -> None:
    store = open_store("sqlite://:memory:")
    door = Door(store, Allowance(read_quarter=2)).warm()
    tool = load_tools()["get_activities"]
    tool.function(Context(WRITER, door=door.source), tool.load({}))
    with pytest.raises(RateLimited, match=r"resets at [0-9]{2}:(00|15|30|45) UTC") as caught:
        tool.function(Context(WRITER, door=door.source), tool.load({}))
    assert 0 < caught.value.retry_after_s <= 901
    store.close()


def test_a_refusal_of_strava_is_passed_on(call: Call, door: Door) -> None:
    door.faults.add(ACTIVITIES, "status", status=400)
    with pytest.raises(Refused, match="Injected fault"):
        call("create_activity", **NEW)


def test_nothing_is_asked_twice_for_the_time_zone(call: Call, door: Door) -> None:
    call("get_activities", date_range="today")
    first = len(door.calls)
    call("get_activities", date_range="yesterday")
    assert (first, len(door.calls)) == (2, 3)
    assert today(door.source) - date.today() <= timedelta(days=1)
