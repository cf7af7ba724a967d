"""analyze_activity as a client calls it."""

import re
from dataclasses import replace
from statistics import fmean
from typing import Any

import pytest

from strava_mcp.analysis.session import PARTS
from strava_mcp.errors import InvalidArguments, NotFound
from strava_mcp.tools import load_tools
from strava_mcp.tools.size import tokens
from tests.rig import Rig
from tests.tools.conftest import Call


def named(rig: Rig, part: str) -> Any:
    rows = rig.all_activities()
    return next(row for row in rows if part in row["name"] and not row["manual"])


@pytest.mark.parametrize(
    "name, text",
    [
        ("5 × 1 km", r"5 × 1\.00 km @ 3:\d\d|5 × 1\.00 km @ 4:\d\d"),
        ("4 × 5 min", r"4 × 5:00 @ [34]:\d\d"),
        ("5 × 4 min", r"5 × 4:00 @ 2\d\d W"),
        ("10 × 100 m", r"10 × 100 m @ 1:\d\d"),
        ("10 × 400 m", r"10 × 400 m @ [34]:\d\d"),
    ],
)
def test_intervals_as_a_person_writes_them(call: Call, rig: Rig, name: str, text: str) -> None:
    row = named(rig, name)
    reply = call("analyze_activity", id=row["id"])
    intervals = reply["intervals"]
    written = re.fullmatch(rf"({text}), HR (\d+), rest (\d+:\d\d)", intervals["text"])
    assert written, intervals["text"]
    rows = [dict(zip(intervals["columns"], one, strict=True)) for one in intervals["rows"]]
    assert int(written[2]) == pytest.approx(fmean(one["hr"] for one in rows), abs=1)
    assert rows[-1]["rest"] is None
    minutes, seconds = written[3].split(":")
    assert rows[0]["rest"] == f"0:{int(minutes):02d}:{seconds}"
    assert "fade_percent" in intervals and "drift" in reply["not_measured"]
    assert tokens(reply) < 1500


def test_a_race_has_a_verdict_on_its_pacing(call: Call, rig: Rig) -> None:
    row = rig.find(sport_type="Run", workout_type=1)
    reply = call("analyze_activity", id=row["id"], parts=["splits", "load"])
    splits = reply["splits"]
    assert re.match(r"even|faded by \d+\.\d %|negative split: ", splits["pacing"])
    assert splits["every"] == "1 km" and {"split", "pace", "gap"} <= set(splits["columns"])
    assert len(splits["rows"]) == -(-row["distance"] // 1000)
    assert reply["load"]["kind"] == "pace" and "threshold_pace" in reply["basis"]
    assert reply.keys().isdisjoint(("intervals", "zones", "power"))


def test_miles(call: Call, rig: Rig, ctx: Any) -> None:
    row = rig.find(sport_type="Run", workout_type=1)
    reply = call("analyze_activity", id=row["id"], units="imperial", parts="splits")
    assert reply["splits"]["every"] == "1 mi"
    assert len(reply["splits"]["rows"]) == -(-row["distance"] // 1609.344)
    again = call("analyze_activity", id=row["id"], context=replace(ctx, units="imperial"))
    assert again["splits"] == reply["splits"]


def test_every_activity_gets_an_answer_within_its_budget(call: Call, rig: Rig) -> None:
    seen: set[tuple[str, Any]] = set()
    for row in rig.all_activities():
        key = (row["sport_type"], row["workout_type"])
        if key in seen or len(seen) > 25:
            continue
        seen.add(key)
        reply = call("analyze_activity", id=row["id"])
        assert {part for part in PARTS if part in reply} | reply["not_measured"].keys() >= set(
            PARTS
        ), "every part is there, or its reason"
        assert all(reply["not_measured"].values())
        assert tokens(reply) < 1500, row["name"]


def test_an_activity_by_hand_says_that_there_is_no_recording(call: Call, rig: Rig) -> None:
    reply = call("analyze_activity", id=rig.find(manual=True)["id"])
    assert reply["not_measured"]["splits"] == "there is no recording"
    assert reply.keys().isdisjoint(("intervals", "splits", "zones", "climbs", "power", "drift"))


def test_over_the_api_it_costs_few_requests(call: Call, rig: Rig) -> None:
    rig.source.keeps_metrics = False  # type: ignore[misc]
    row = named(rig, "5 × 1 km")
    call("analyze_activity", id=row["id"])
    streams = [one for one in rig.calls if one.endswith("/streams")]
    assert 1 <= len(streams) <= 3 and len(rig.calls) <= 12


@pytest.mark.parametrize("arguments", [{}, {"id": 0}, {"id": 5, "parts": ["vo2max"]}])
def test_wrong_arguments(arguments: Any) -> None:
    with pytest.raises(InvalidArguments):
        load_tools()["analyze_activity"].load(arguments)


def test_an_unknown_id(call: Call) -> None:
    with pytest.raises(NotFound, match="get_activities"):
        call("analyze_activity", id=123)


def test_coverage_is_that_of_the_raw_streams(call: Call, rig: Rig) -> None:
    row = rig.find(sport_type="Ride", device_watts=True)
    streams = rig.source.streams(row["id"], ("time", "heartrate", "watts", "latlng"))
    time = streams["time"]["data"]
    coverage = call("analyze_activity", id=row["id"], parts=["load"])["coverage"]
    assert coverage["samples"] == len(time)
    assert coverage["recorded_s"] + coverage["paused_s"] == time[-1] - time[0] + 1
    assert {"heart_rate_s", "power_s", "gps_s"} <= set(coverage)
    assert all(coverage[key] <= coverage["recorded_s"] for key in ("heart_rate_s", "power_s"))


def test_an_activity_by_hand_covers_no_samples(call: Call, rig: Rig) -> None:
    reply = call("analyze_activity", id=rig.find(manual=True)["id"])
    assert reply["coverage"] == {"samples": 0} and reply["not_measured"]
