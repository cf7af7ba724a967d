"""get_training_load as a client calls it."""

from collections.abc import Iterator
from datetime import date, timedelta
from math import exp
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.config import Config
from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments
from strava_mcp.json_types import JSON
from strava_mcp.store import open_store
from strava_mcp.tools.day_ahead import parse_day_ahead
from strava_mcp.tools.load_plan import Planned
from tests.rig import Rig
from tests.sources.archive.imported import archive_of
from tests.tools.conftest import WRITER, Call

TODAY = date(2026, 11, 26)  # a Thursday


@pytest.fixture(scope="module")
def archive(sandbox_home: Path) -> Context:
    return Context(WRITER, optional_source=archive_of(sandbox_home))


def scenarios(reply: JSON) -> dict[str, list[float]]:
    """The figures of each scenario by its name."""
    return {row[0]: row[1:] for row in reply["outlook"]["rows"]}


def test_reply_says_what_it_rests_on(call: Call, archive: Context) -> None:
    reply = call("get_training_load", context=archive, date_range="all time")
    latest = reply["latest"]
    assert latest["form_next_morning"] == pytest.approx(
        latest["fitness"] - latest["fatigue"], abs=0.11
    )
    assert reply["columns"][:4] == ["week_from", "load", "fitness", "form"]
    assert reply["rows"][-1][2] == latest["fitness"]
    assert reply["warming_up"].startswith("until ")
    assert reply["coverage"]["activities"] == 45
    assert "threshold_pace" in reply["basis"] and "Banister" in reply["method"]
    ids = {row["id"] for row in reply["hardest"]}
    assert all(call("get_activity_by_id", context=archive, id=number)["id"] for number in ids)


def test_rows_and_today_agree_over_every_range(call: Call, archive: Context) -> None:
    replies = [
        call("get_training_load", context=archive, date_range=words)
        for words in ("last 3 weeks", "last 12 weeks", "last 500 days")
    ]
    assert replies[0]["latest"] == replies[1]["latest"] == replies[2]["latest"]
    short, longer = (
        [dict(zip(reply["columns"], row, strict=True)) for row in reply["rows"]]
        for reply in replies[:2]
    )
    assert len(short) in (3, 4)
    for row in short:
        (other,) = (one for one in longer if one["week_from"] == row["week_from"])
        assert row.items() <= other.items()


def test_form_on_race_day_follows_from_what_today_shows(call: Call, archive: Context) -> None:
    reply = call("get_training_load", context=archive, until="in 3 weeks", planned="60/day")
    latest, rows = reply["latest"], scenarios(reply)
    today = date.fromisoformat(latest["date"])
    assert reply["outlook"]["until"] == f"{today + timedelta(days=21)}"
    assert reply["outlook"]["days_to_train"] == 20
    f, a = exp(-20 / 42), exp(-20 / 7)
    load, fitness, fatigue, form = rows["plan"]
    assert load == 60
    assert fitness == pytest.approx(60 + (latest["fitness"] - 60) * f, abs=0.11)
    assert fatigue == pytest.approx(60 + (latest["fatigue"] - 60) * a, abs=0.11)
    assert form == pytest.approx(fitness - fatigue, abs=0.11)
    assert rows["rest"][1] == pytest.approx(latest["fitness"] * f, abs=0.11)
    assert "as in the last 28 days" in rows
    wanted = call(
        "get_training_load", context=archive, until="in 3 weeks", planned="60/day", form=5
    )
    tapers = {name: row for name, row in scenarios(wanted).items() if "then" in name}
    assert tapers and all(row[3] == 5 for row in tapers.values())


def test_a_past_range_is_projected_from_today(call: Call, archive: Context) -> None:
    now = call("get_training_load", context=archive, until="in 2 weeks")
    past = call("get_training_load", context=archive, until="in 2 weeks", date_range="last 60 days")
    before = date.fromisoformat(now["latest"]["date"]) - timedelta(days=20)
    other = call(
        "get_training_load", context=archive, until="in 2 weeks", date_range=f"until {before}"
    )
    assert now["outlook"] == past["outlook"] == other["outlook"]
    assert other["latest"]["date"] == f"{before}"


def test_a_list_that_is_shorter_than_the_time_says_so(call: Call, archive: Context) -> None:
    reply = call("get_training_load", context=archive, until="in 10 days", planned=[50, 0, 70.5])
    assert reply["outlook"]["plan_days"].startswith("3 of 3 days used; days without a load")
    assert scenarios(reply)["plan"][0] == pytest.approx(120.5 / 9, abs=0.05)


def test_without_any_activity_nothing_is_invented(call: Call, archive: Context) -> None:
    reply = call("get_training_load", context=archive, date_range="1990", until="in 3 weeks")
    assert reply["coverage"] == {"activities": 0}
    assert "unknown: no activity" in reply["note"]
    assert not {"latest", "rows", "outlook"} & reply.keys()


def test_sports_are_named_as_a_part(call: Call, archive: Context) -> None:
    reply = call("get_training_load", context=archive, sport="runs")
    assert "These sports only" in reply["note"]
    assert "ftp" not in reply["basis"]


@pytest.fixture
def limited() -> Iterator[Rig]:
    store = open_store("sqlite://:memory:")
    rig = Rig(store, config=Config(strava_cache_s=3600))
    rig.source.keeps_metrics = False  # type: ignore[misc]
    yield rig.authorize()
    store.close()


@pytest.mark.no_cover
def test_reads_of_the_live_api_are_bounded(call: Call, limited: Rig) -> None:
    ctx = Context(WRITER, optional_source=limited.source)
    unread = []
    for _ in range(2):
        limited.forget_calls()
        reply = call("get_training_load", context=ctx, date_range="last 60 days")
        assert sum(name.endswith("/streams") for name in limited.calls) <= 30
        unread.append(reply["coverage"].get("recordings_not_read_yet", 0))
    assert unread[1] == 0, "the newest first, so the second question reads none of this period"


def test_a_year_is_a_short_reply(call: Call) -> None:
    reply = call("get_training_load", date_range="last 365 days")
    assert len(reply["rows"]) in (53, 54) and len(reply["columns"]) == 5
    assert reply["rows"][0][0].count("-") == 1
    months = call("get_training_load", date_range="all time")
    assert months["columns"][0] == "month" and len(months["rows"]) in (36, 37)


@pytest.mark.parametrize(
    "arguments, field, problem",
    [
        ({"planned": "60/day"}, "until", "need the day"),
        ({"form": 5}, "until", "need the day"),
        ({"until": "2020-01-01"}, "until", "not after today"),
        ({"until": "today"}, "until", "not after today"),
        ({"until": "in 3 years"}, "until", "a day to come"),
        ({"until": "2090-01-01"}, "until", "within 366 days"),
        ({"until": "next month"}, "until", "a day to come"),
        ({"until": "in 3 weeks", "planned": "60"}, "planned", "60/day or 400/week"),
        ({"until": "in 3 weeks", "planned": "lots"}, "planned", "60/day or 400/week"),
        ({"until": "in 3 weeks", "planned": "2000/day"}, "planned", "at most 1000"),
        ({"until": "in 3 weeks", "planned": "-5/day"}, "planned", "60/day"),
        ({"until": "in 3 weeks", "planned": [True]}, "planned", "60/day"),
        ({"until": "in 3 weeks", "planned": "999x60"}, "planned", "366 days"),
        ({"until": "in 3 weeks", "form": 90}, "form", "from 0 to 50"),
        ({"sport": "quidditch"}, "sport", "Unknown sport"),
        ({"date_range": "whenever"}, "date_range", "Not a span"),
    ],
)
def test_wrong_arguments(
    call: Call, archive: Context, arguments: Any, field: str, problem: str
) -> None:
    with pytest.raises(InvalidArguments) as raised:
        call("get_training_load", context=archive, **arguments)
    assert problem in str(raised.value.fields[field])


@pytest.mark.parametrize(
    "words, expected",
    [
        ("2026-12-17", date(2026, 12, 17)),
        ("in 3 weeks", date(2026, 12, 17)),
        ("In 10 days", date(2026, 12, 6)),
        ("3 weeks from now", date(2026, 12, 17)),
        ("in two months", date(2027, 1, 26)),
        ("tomorrow", date(2026, 11, 27)),
        ("Sunday", date(2026, 11, 29)),
        ("next Sunday", date(2026, 11, 29)),
        ("Thursday", date(2026, 12, 3)),
        ("17 May", date(2027, 5, 17)),
        ("December 6, 2026", date(2026, 12, 6)),
        ("27 November", date(2026, 11, 27)),
    ],
)
def test_days_to_come(words: str, expected: date) -> None:
    assert parse_day_ahead(words, TODAY) == expected


@pytest.mark.parametrize("words", ["", "x" * 500, "in 0 weeks", "2026-02-30", "2026", "last week"])
def test_words_that_are_no_day_to_come(words: str) -> None:
    with pytest.raises(ValueError, match="day"):
        parse_day_ahead(words, TODAY)


@pytest.mark.parametrize(
    "written, loads, mean",
    [
        ("60/day", 10, 60),
        ("60 per day", 10, 60),
        ("60 TSS a day", 10, 60),
        ("420/week", 10, 60),
        ("420 weekly", 10, 60),
        ("60, 0, 80", 3, 140 / 3),
        ("[60, 0, 80]", 3, 140 / 3),
        ([60, 0, 80.0], 3, 140 / 3),
        ([70], 1, 70),
        (["420/week", "350/week"], 10, 57),
        ("3x60, 2x30", 5, 48),
        ("420/week then 5 x 0", 10, 42),
        ("0/day", 10, 0),
    ],
)
def test_plans(written: Any, loads: int, mean: float) -> None:
    days = Planned().deserialize(written).days(10)
    assert len(days) == loads and sum(days) / len(days) == pytest.approx(mean)
