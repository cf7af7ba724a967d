"""Activities over the API: lists, details, scopes, creating and changing."""

from collections.abc import Callable
from typing import Any

import pytest

from strava_mcp.json_types import JSON
from strava_mcp.sandbox.calendar import plans
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sports import SPORTS
from tests.sandbox.conftest import NOW, TODAY, Caller, Clock

NEW = {
    "name": "Yoga auf dem Dach",
    "sport_type": "Yoga",
    "start_date_local": "2026-06-14T07:30:00Z",
    "elapsed_time": "1800",
}


def everything(caller: Caller, **query: Any) -> list[JSON]:
    """All pages of the list."""
    rows: list[JSON] = []
    page = 1
    while batch := caller.get("/athlete/activities", page=page, per_page=200, **query):
        rows, page = rows + batch, page + 1
    return rows


def test_list_holds_each_activity_once_newest_first(athlete: Caller) -> None:
    rows = everything(athlete)
    done = [p for p in plans(TODAY) if p.began_at + p.elapsed_s <= NOW]
    assert {item["id"] for item in rows} == {plan.id for plan in done[-len(rows) :]}
    assert len(rows) >= len(done) - 2
    dates = [item["start_date"] for item in rows]
    assert dates == sorted(dates, reverse=True)
    assert athlete.get("/athlete/activities")[0] == rows[0]
    assert len(athlete.get("/athlete/activities")) == 30


def test_after_sorts_oldest_first_and_before_bounds(athlete: Caller) -> None:
    rows = everything(athlete)
    middle = next(p for p in plans(TODAY) if p.id == rows[300]["id"])
    later = everything(athlete, after=int(middle.began_at))
    assert [item["id"] for item in later] == [item["id"] for item in rows[299::-1]]
    earlier = everything(athlete, before=int(middle.began_at))
    assert [item["id"] for item in earlier] == [item["id"] for item in rows[301:]]


@pytest.mark.parametrize(
    "query", ["per_page=201", "per_page=0", "page=0", "page=x", "before=²", "after=1.5"]
)
def test_list_rejects_parameters_out_of_range(athlete: Caller, query: str) -> None:
    reply = athlete.call("GET", f"/athlete/activities?{query}")
    assert reply.status_code == 400
    assert reply.json and reply.json["errors"][0]["field"] == query.partition("=")[0]


def test_an_activity_appears_when_it_is_over(athlete: Caller, clock: Clock) -> None:
    newest = next(p for p in reversed(plans(TODAY)) if p.began_at < NOW)
    clock.now = newest.began_at + newest.elapsed_s - 1
    assert athlete.call("GET", f"/activities/{newest.id}").status_code == 404
    assert newest.id not in {item["id"] for item in everything(athlete)}
    clock.now += 1
    assert athlete.get("/athlete/activities")[0]["id"] == newest.id
    assert athlete.get(f"/activities/{newest.id}")["id"] == newest.id


def test_detail_agrees_with_the_summary(athlete: Caller, sample: list[Plan]) -> None:
    summaries = {item["id"]: item for item in everything(athlete)}
    for plan in sample[::3]:
        if plan.id not in summaries:
            continue
        detail = athlete.get(f"/activities/{plan.id}")
        for name, value in summaries[plan.id].items():
            if name not in ("resource_state", "map"):
                assert detail[name] == value, name
        line = summaries[plan.id]["map"]["summary_polyline"]
        assert detail["map"]["summary_polyline"] == line
        assert detail["laps"] == athlete.get(f"/activities/{plan.id}/laps")
        assert (detail.get("gear") or {}).get("id") == detail["gear_id"]


def test_virtual_rides_are_on_an_island_in_the_pacific(athlete: Caller) -> None:
    """As at Strava: their positions are not where the athlete was, their time zone is."""
    rows = [row for row in everything(athlete) if row["sport_type"] == "VirtualRide"]
    recorded = [row for row in rows if not row["manual"]]
    assert recorded
    for row in recorded:
        assert row["start_latlng"] == [-11.6368, 166.9723] and row["map"]["summary_polyline"]
        assert row["timezone"].endswith("Europe/Zurich") and row["trainer"]


def test_private_activities_need_read_all(
    athlete: Caller, caller: Callable[..., Caller], sample: list[Plan]
) -> None:
    everyone = caller("read", "activity:read", "activity:write")
    visible_ids = {item["id"] for item in everything(everyone)}
    hidden = [item for item in everything(athlete) if item["id"] not in visible_ids]
    assert hidden and all(item["visibility"] == "only_me" for item in hidden)
    assert all(item["private"] for item in hidden)
    number = hidden[0]["id"]
    for path in ("", "/laps", "/zones", "/comments", "/kudos", "/streams?keys=time"):
        assert everyone.call("GET", f"/activities/{number}{path}").status_code == 404, path
    assert everyone.call("PUT", f"/activities/{number}", json={"name": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/athlete/activities", "activity:read"),
        ("GET", "/activities/1", "activity:read"),
        ("GET", "/activities/1/streams?keys=time", "activity:read"),
        ("GET", "/activities/1/zones", "activity:read"),
        ("POST", "/activities", "activity:write"),
        ("PUT", "/activities/1", "activity:write"),
        ("POST", "/uploads", "activity:write"),
        ("GET", "/uploads/1", "activity:write"),
        ("GET", "/athlete/zones", "profile:read_all"),
        ("PUT", "/athlete", "profile:write"),
        ("PUT", "/segments/7011001/starred", "profile:write"),
        ("GET", "/segment_efforts/1/streams?keys=time", "read_all"),
    ],
)
def test_each_operation_needs_its_scope(
    caller: Callable[..., Caller], method: str, path: str, scope: str
) -> None:
    refused = caller("read").call(method, path)
    assert refused.status_code == 401
    error = {"resource": "AccessToken", "field": f"{scope}_permission", "code": "missing"}
    assert refused.json == {"message": "Authorization Error", "errors": [error]}
    assert caller("read", scope).call(method, path).status_code != 401


def test_detailed_athlete_requires_its_scope(
    athlete: Caller, caller: Callable[..., Caller]
) -> None:
    assert "ftp" not in caller("read").get("/athlete")
    detail = athlete.get("/athlete")
    assert detail["ftp"] > 0 and detail["clubs"] and detail["bikes"] and detail["shoes"]


def test_created_activity_is_kept(athlete: Caller) -> None:
    reply = athlete.call("POST", "/activities", data=NEW | {"commute": "1", "distance": "10.5"})
    assert reply.status_code == 201 and reply.json
    created = reply.json
    assert created["manual"] and created["commute"] and not created["trainer"]
    assert (created["type"], created["sport_type"]) == ("Yoga", "Yoga")
    assert created["start_date_local"] == "2026-06-14T07:30:00Z"
    assert created["start_date"] == "2026-06-14T05:30:00Z"
    assert (created["moving_time"], created["distance"]) == (1800, 10.5)
    assert athlete.get(f"/activities/{created['id']}") == created
    listed = [item for item in everything(athlete) if item["id"] == created["id"]]
    assert len(listed) == 1 and listed[0]["resource_state"] == 2
    assert "laps" not in listed[0]
    assert athlete.call("GET", f"/activities/{created['id']}/streams?keys=time").status_code == 404
    assert athlete.get(f"/activities/{created['id']}/laps") == []


@pytest.mark.parametrize("sport", SPORTS)
def test_every_sport_of_the_schemas_is_accepted(athlete: Caller, sport: str) -> None:
    reply = athlete.call("POST", "/activities", data=NEW | {"sport_type": sport})
    assert reply.status_code == 201 and reply.json
    assert reply.json["sport_type"] == sport


def test_create_accepts_fields_in_the_query_string(athlete: Caller) -> None:
    reply = athlete.call("POST", "/activities", query_string=NEW)
    assert reply.status_code == 201


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", None),
        ("sport_type", "MoonWalk"),
        ("start_date_local", "yesterday"),
        ("start_date_local", "0001-01-01T00:00:00"),
        ("elapsed_time", "0"),
        ("elapsed_time", "nan"),
        ("elapsed_time", "²"),
        ("elapsed_time", "1e300"),
        ("distance", "far"),
        ("distance", "-1"),
    ],
)
def test_create_rejects_invalid_fields(athlete: Caller, field: str, value: str | None) -> None:
    before = len(everything(athlete))
    form = {k: v for k, v in (NEW | {field: value}).items() if v is not None}
    reply = athlete.call("POST", "/activities", data=form)
    assert reply.status_code == 400 and reply.json
    assert reply.json["errors"][0]["field"] == field
    assert len(everything(athlete)) == before


def test_update_changes_detail_and_list(athlete: Caller) -> None:
    number = athlete.get("/athlete/activities")[3]["id"]
    changes = {
        "name": "Renamed ✅",
        "description": "New words",
        "sport_type": "TrailRun",
        "commute": True,
        "hide_from_home": True,
        "gear_id": "g21570002",
    }
    reply = athlete.call("PUT", f"/activities/{number}", json=changes)
    assert reply.status_code == 200 and reply.json
    assert {name: reply.json[name] for name in changes} == changes
    assert reply.json["type"] == "Run" and reply.json["gear"]["name"] == "Trail shoes"
    assert athlete.get(f"/activities/{number}") == reply.json
    listed = next(item for item in everything(athlete) if item["id"] == number)
    assert (listed["name"], listed["commute"]) == ("Renamed ✅", True)
    assert "description" not in listed
    again = athlete.call("PUT", f"/activities/{number}", json={"gear_id": "none"})
    assert again.json and again.json["gear_id"] is None and again.json["commute"] is True


def test_booleans_in_a_form_are_ignored(athlete: Caller) -> None:
    number = athlete.get("/athlete/activities")[3]["id"]
    was = athlete.get(f"/activities/{number}")["trainer"]
    sent = {"trainer": str(not was).lower(), "name": "1"}
    reply = athlete.call("PUT", f"/activities/{number}", data=sent)
    assert reply.status_code == 200 and reply.json
    assert reply.json["trainer"] == was and reply.json["name"] == "1"


def test_old_type_field_changes_the_sport(athlete: Caller) -> None:
    number = athlete.get("/athlete/activities")[3]["id"]
    reply = athlete.call("PUT", f"/activities/{number}", json={"type": "Workout"})
    assert reply.json and reply.json["sport_type"] == "Workout"
    both = {"type": "Run", "sport_type": "Squash"}
    reply = athlete.call("PUT", f"/activities/{number}", json=both)
    assert reply.json and (reply.json["type"], reply.json["sport_type"]) == ("Workout", "Squash")


@pytest.mark.parametrize(
    "body", [{"sport_type": "MoonWalk"}, {"name": ""}, {"gear_id": "b1"}, ["name"], "x"]
)
def test_update_rejects_invalid_fields(athlete: Caller, body: Any) -> None:
    number = athlete.get("/athlete/activities")[0]["id"]
    before = athlete.get(f"/activities/{number}")
    assert athlete.call("PUT", f"/activities/{number}", json=body).status_code == 400
    assert athlete.get(f"/activities/{number}") == before


def test_created_activity_can_be_updated(athlete: Caller) -> None:
    created = athlete.call("POST", "/activities", data=NEW).json or {}
    reply = athlete.call("PUT", f"/activities/{created['id']}", json={"description": "Om"})
    assert reply.json and reply.json["description"] == "Om"


def test_kudos_and_comments_match_their_counts(athlete: Caller) -> None:
    for item in athlete.get("/athlete/activities")[:8]:
        kudos = athlete.get(f"/activities/{item['id']}/kudos", per_page=200)
        comments = athlete.get(f"/activities/{item['id']}/comments")
        assert (len(kudos), len(comments)) == (item["kudos_count"], item["comment_count"])
        assert athlete.get(f"/activities/{item['id']}/kudos", page=9) == []


def test_stats_are_sums_over_the_list(athlete: Caller) -> None:
    rows = everything(athlete)
    stats = athlete.get(f"/athletes/{athlete.get('/athlete')['id']}/stats")
    runs = [item for item in rows if item["type"] == "Run"]
    this_year = [item for item in runs if item["start_date"] >= "2026"]
    for name, items in (("all_run_totals", runs), ("ytd_run_totals", this_year)):
        assert stats[name]["count"] == len(items)
        assert stats[name]["distance"] == pytest.approx(sum(i["distance"] for i in items), abs=1)
        assert stats[name]["moving_time"] == sum(i["moving_time"] for i in items)
    assert 0 < stats["recent_run_totals"]["count"] < stats["ytd_run_totals"]["count"]
    rides = [item for item in rows if item["type"] in ("Ride", "VirtualRide")]
    assert stats["biggest_ride_distance"] == max(item["distance"] for item in rides)


def test_stats_of_other_athletes_are_refused(athlete: Caller) -> None:
    assert athlete.call("GET", "/athletes/7/stats").status_code == 403


def test_gear_distance_is_that_of_its_activities(athlete: Caller) -> None:
    owner = athlete.get("/athlete")
    rows = everything(athlete)
    for item in owner["bikes"] + owner["shoes"]:
        metres = sum(a["distance"] for a in rows if a["gear_id"] == item["id"])
        assert item["distance"] == pytest.approx(metres, abs=1)
        assert athlete.get(f"/gear/{item['id']}")["distance"] == item["distance"]
    assert athlete.call("GET", "/gear/b1").status_code == 404
    assert athlete.call("GET", "/gear/g2157abcd").status_code == 404


def test_weight_is_kept(athlete: Caller) -> None:
    assert athlete.call("PUT", "/athlete", data={"weight": "67.2"}).status_code == 200
    assert athlete.get("/athlete")["weight"] == 67.2
    for wrong in ("heavy", "nan", "-1", "1e9"):
        assert athlete.call("PUT", "/athlete", data={"weight": wrong}).status_code == 400
    for value in ("9" * 400, "9" * 5000, "[1]", '"9"'):
        for body in (value, f'{{"weight": {value}}}', f'{{"starred": {value}}}'):
            sent = {"data": body, "content_type": "application/json"}
            for path in ("/athlete", "/segments/7011002/starred"):
                assert athlete.call("PUT", path, **sent).status_code in (200, 400)
    assert athlete.get("/athlete")["weight"] == 67.2
    assert athlete.call("PUT", "/athlete").status_code == 400


@pytest.mark.parametrize("number", [0, 1, 11_999_999_999, 30_000_000_001, 10**18])
def test_unknown_activities_are_not_found(athlete: Caller, number: int) -> None:
    reply = athlete.call("GET", f"/activities/{number}")
    assert reply.status_code == 404
    error = {"resource": "Activity", "field": "id", "code": "not found"}
    assert reply.json == {"message": "Record Not Found", "errors": [error]}
