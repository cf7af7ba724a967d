"""Tools that read, create and update one activity, on the sandbox."""

from datetime import datetime, timedelta

import pytest

from strava_mcp.config import Config
from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments, NotFound, Refused, Unavailable
from strava_mcp.sandbox.athlete import MIRA
from strava_mcp.store import open_store
from strava_mcp.tools import load_tools
from strava_mcp.tools.local_time import time_zone
from tests.rig import Rig
from tests.tools.conftest import WRITER, Call

ACTIVITIES = "/api/v3/activities"


# Reading


def test_reading_an_activity_costs_one_call(call: Call, rig: Rig) -> None:
    activity = rig.find(sport_type="Run", manual=False)
    rig.source.keeps_metrics = False  # type: ignore[misc]
    reply = call("get_activity_by_id", id=str(activity["id"]))
    assert rig.calls == [f"GET {ACTIVITIES}/{activity['id']}"]
    assert reply["link"] == f"https://sandbox.invalid/activities/{activity['id']}"
    assert reply["name"] == activity["name"]
    assert not {"laps", "splits", "polyline", "segment_efforts"} & set(reply)


def test_full_detail_adds_splits_and_track(call: Call, rig: Rig) -> None:
    activity = next(
        a
        for a in rig.all_activities()
        if a["sport_type"] == "Run" and a["map"]["summary_polyline"] and a["distance"] > 5000
    )
    reply = call("get_activity_by_id", id=activity["id"], detail="full")
    assert reply["polyline"] == activity["map"]["summary_polyline"]
    total = sum(split["distance"] for split in reply["splits"])
    assert total == pytest.approx(activity["distance"] / 1000, abs=0.05)
    imperial = call("get_activity_by_id", id=activity["id"], detail="full", units="imperial")
    assert len(imperial["splits"]) < len(reply["splits"])


def test_every_kind_of_activity_fits_without_invented_values(call: Call, rig: Rig) -> None:
    for activity in rig.all_activities()[::23]:
        reply = call("get_activity_by_id", id=activity["id"], detail="full")
        assert ("average_heartrate" in reply) == ("average_heartrate" in activity)
        if activity.get("device_watts") is not True:
            assert "average_watts" not in reply


def test_long_description_is_truncated_with_a_hint(call: Call, rig: Rig) -> None:
    activity = rig.all_activities()[0]["id"]
    rig.source.update_activity(activity, {"description": "語" * 9000})
    brief = call("get_activity_by_id", id=activity)
    assert len(brief["description"]) == 601 and "detail=full" in brief["note"]
    full = call("get_activity_by_id", id=activity, detail="full")
    assert 601 < len(full["description"]) < 9000
    assert f"{len(full['description'])} of 9000 shown" in full["note"]


def test_an_unknown_activity_is_not_found(call: Call) -> None:
    with pytest.raises(NotFound):
        call("get_activity_by_id", id=1)


@pytest.mark.parametrize("kind", ["html", "truncated", "empty", "wrong-type"])
def test_invalid_response_raises_unavailable(call: Call, rig: Rig, kind: str) -> None:
    activity = rig.all_activities()[0]["id"]
    rig.faults.add(f"{ACTIVITIES}/", kind)
    with pytest.raises(Unavailable):
        call("get_activity_by_id", id=activity)


def test_zones_have_percentages_of_the_time(call: Call, rig: Rig) -> None:
    activity = rig.find(sport_type="Run", has_heartrate=True)
    reply = call("get_activity_zones", id=activity["id"])
    assert len(rig.calls) == 1
    heart = next(zone for zone in reply["zones"] if zone["type"] == "heartrate")
    assert sum(bucket["percent"] for bucket in heart["buckets"]) == pytest.approx(100, abs=3)
    assert "max" not in heart["buckets"][-1]
    assert reply["link"].endswith(str(activity["id"]))


# Writing

NEW = {
    "name": "Core",
    "sport_type": "weight training",
    "start_date_local": "2026-03-01T18:30:00",
    "elapsed_time": 1800,
}


def test_created_activity_can_be_read(call: Call, rig: Rig) -> None:
    reply = call("create_activity", **NEW, distance=1234.5, trainer=True, description="Plank")
    assert rig.calls == [f"POST {ACTIVITIES}"]
    again = call("get_activity_by_id", id=reply["id"])
    assert again["name"] == "Core" and again["sport_type"] == "WeightTraining"
    assert again["start_local"] == "2026-03-01T18:30:00", "local time, not shifted"
    assert again["trainer"] is True and again["description"] == "Plank"
    assert again["distance"] == 1.234
    assert again["manual"] is True


@pytest.mark.parametrize("kind, status", [("status", 503), ("status", 502), ("html", 0)])
def test_create_is_not_retried(call: Call, rig: Rig, kind: str, status: int) -> None:
    rig.faults.add(ACTIVITIES, kind, status=status)
    try:
        call("create_activity", **NEW)
    except Unavailable:
        pass
    assert rig.calls == [f"POST {ACTIVITIES}"]


@pytest.mark.parametrize("kind", ["reset", "silence"])
def test_create_with_unknown_outcome_says_to_check_first(call: Call, rig: Rig, kind: str) -> None:
    rig.faults.add(ACTIVITIES, kind)
    with pytest.raises(Unavailable, match="look before you try again"):
        call("create_activity", **NEW)
    assert rig.calls == [f"POST {ACTIVITIES}"]


@pytest.mark.parametrize("hours", [2, 30])
def test_start_in_the_future_is_refused(call: Call, rig: Rig, hours: int) -> None:
    """By the clock of the place of the latest activity, which a test of every zone would miss."""
    zone = time_zone(rig.source)
    rig.forget_calls()
    start = datetime.now(zone).replace(tzinfo=None) + timedelta(hours=hours)
    with pytest.raises(InvalidArguments) as caught:
        call("create_activity", **NEW | {"start_date_local": start.isoformat()})
    assert list(caught.value.fields) == ["start_date_local"]
    assert not [sent for sent in rig.calls if sent.startswith("POST")]


def test_start_an_hour_ago_is_accepted(call: Call, rig: Rig) -> None:
    zone = time_zone(rig.source)
    start = (datetime.now(zone) - timedelta(hours=1)).replace(tzinfo=None, microsecond=0)
    reply = call("create_activity", **NEW | {"start_date_local": start.isoformat()})
    assert reply["start_local"] == start.isoformat()


@pytest.mark.parametrize("tool", ["create_activity", "update_activity"])
def test_type_must_not_contradict_the_sport(tool: str) -> None:
    load = load_tools()[tool].load
    given = NEW if tool == "create_activity" else {"id": 5}
    for sport, old in (("GravelRide", "Ride"), ("TrailRun", "Run"), ("Yoga", "Yoga")):
        assert load({**given, "sport_type": sport, "type": old})["type"] == old
    with pytest.raises(InvalidArguments) as caught:
        load({**given, "sport_type": "Run", "type": "Ride"})
    assert "sport_type" in caught.value.fields["type"]


def test_gear_of_an_update_is_an_id_or_none() -> None:
    load = load_tools()["update_activity"].load
    assert load({"id": 5, "gear_id": "none"})["gear_id"] == "none"
    page = "https://www.strava.com/bikes/77"
    assert load({"id": 5, "gear_id": page})["gear_id"] == "b77"
    with pytest.raises(InvalidArguments, match="b1234567"):
        load({"id": 5, "gear_id": "my road bike"})


def test_update_saves_every_field(call: Call, rig: Rig) -> None:
    activity = rig.find(commute=False, trainer=False)["id"]
    rig.forget_calls()
    reply = call(
        "update_activity",
        id=activity,
        name="Renamed",
        commute=True,
        trainer="true",
        hide_from_home=True,
        sport_type="Hike",
    )
    assert rig.calls == [f"PUT {ACTIVITIES}/{activity}"]
    again = call("get_activity_by_id", id=activity)
    for rendered in (reply, again):
        assert rendered["name"] == "Renamed" and rendered["sport_type"] == "Hike"
        assert rendered["commute"] is rendered["trainer"] is rendered["hide_from_home"] is True
    assert "commute" not in call("update_activity", id=activity, commute=False)


def test_update_without_changes_is_rejected(call: Call, rig: Rig) -> None:
    with pytest.raises(InvalidArguments, match="hide_from_home"):
        call("update_activity", id=5)
    assert rig.calls == []


def test_write_tools_are_annotated() -> None:
    tools = load_tools()
    create, update = tools["create_activity"], tools["update_activity"]
    assert create.scope == update.scope == "strava:write"
    assert create.annotations["destructiveHint"] is False
    assert create.annotations["idempotentHint"] is False
    assert update.annotations["destructiveHint"] is True
    assert update.annotations["idempotentHint"] is True
    assert tools["get_activities"].annotations["readOnlyHint"] is True


def test_rejection_by_strava_is_reported(call: Call, rig: Rig) -> None:
    rig.faults.add(ACTIVITIES, "status", status=400)
    with pytest.raises(Refused, match="Injected fault"):
        call("create_activity", **NEW)


def test_no_cache_reads_again_and_refreshes_the_cache(call: Call) -> None:
    """The activity was changed on Strava's own page, without a webhook event."""
    store = open_store("sqlite://:memory:")
    rig = Rig(store, config=Config())
    context = Context(WRITER, optional_source=rig.source)
    number = call("get_activities", context=context)["activities"][0]["id"]
    call("get_activity_by_id", context=context, id=number)
    rig.sandbox.state_for(MIRA).change(number, {"name": "Changed there"})
    for name, arguments in (("get_activities", {}), ("get_activity_by_id", {"id": number})):
        assert "Changed there" not in str(call(name, context=context, **arguments))
        assert "Changed there" in str(call(name, context=context, no_cache=True, **arguments))
        assert "Changed there" in str(call(name, context=context, **arguments))
    store.close()
