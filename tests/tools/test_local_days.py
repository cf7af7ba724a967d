"""Lists, search and totals count by the day on which an activity started where it took place."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments
from strava_mcp.json_types import JSON
from strava_mcp.sandbox.adapter import WSGIAdapter
from strava_mcp.sandbox.app import create_app
from strava_mcp.sources import Source
from strava_mcp.sources.api.client import open_sandbox
from strava_mcp.sources.archive.library import FILE, Library
from strava_mcp.sources.archive.stored_activity import StoredActivity
from strava_mcp.store import open_store
from tests.clock import Clock
from tests.rig import UNCACHED
from tests.sources.archive.imported import archive_of
from tests.tools.conftest import WRITER, Call

ZURICH, TOKYO = "Europe/Zurich", "Asia/Tokyo"
BOULDER, LOS_ANGELES = "America/Denver", "America/Los_Angeles"
#: Zone, and the day whose first and last minutes are tried.
DAYS = [
    (TOKYO, date(2026, 3, 2)),
    (BOULDER, date(2026, 7, 15)),
    (ZURICH, date(2026, 3, 29)),  # 02:00 to 03:00 does not exist
    (ZURICH, date(2026, 10, 25)),  # 02:00 to 03:00 is there twice
    (LOS_ANGELES, date(2026, 3, 8)),
    (LOS_ANGELES, date(2026, 11, 1)),
    (ZURICH, date(2026, 1, 1)),
    (ZURICH, date(2025, 12, 31)),
    (LOS_ANGELES, date(2026, 1, 1)),
    (LOS_ANGELES, date(2025, 12, 31)),
    ("Pacific/Kiritimati", date(2026, 1, 1)),  # UTC+14
    ("Etc/GMT+12", date(2025, 12, 31)),  # UTC-12
]
Open = Callable[[list[datetime]], tuple[Source, list[int]]]


@pytest.fixture
def archive(tmp_path: Path) -> Open:
    """Open an archive with a run of 10 km at each of these times; returns their ids, too."""

    def open_with(starts: list[datetime]) -> tuple[Source, list[int]]:
        library = Library(tmp_path / FILE, create=True)
        for number, start in enumerate(starts, 1):
            library.put(_run(number, start))
        library.close()
        return archive_of(tmp_path), list(range(1, len(starts) + 1))

    return open_with


def _run(number: int, start: datetime) -> StoredActivity:
    utc = start.astimezone(UTC)
    offset = start.utcoffset() or timedelta()
    summary: JSON = {
        "id": number,
        "name": f"Run {number}",
        "sport_type": "Run",
        "start_date": f"{utc:%Y-%m-%dT%H:%M:%SZ}",
        "start_date_local": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "timezone": f"(GMT+00:00) {start.tzinfo}",
        "utc_offset": offset.total_seconds(),
        "distance": 10_000.0,
        "moving_time": 3000,
        "elapsed_time": 3000,
        "total_elevation_gain": 50.0,
    }
    return StoredActivity(number, int(utc.timestamp()), 3000, summary, {}, f"{number}", "export")


@pytest.fixture
def sandbox(clock: Clock) -> Open:
    """Open the sandbox on the test's clock with such runs, created by hand."""

    def open_with(starts: list[datetime]) -> tuple[Source, list[int]]:
        store = open_store("sqlite://:memory:")
        source = open_sandbox(UNCACHED, store, WSGIAdapter(create_app(store, now=clock.time)))
        runs = [
            source.create_activity(
                {
                    "name": f"Run {number}",
                    "sport_type": "Run",
                    "start_date_local": f"{start:%Y-%m-%dT%H:%M:%SZ}",
                    "elapsed_time": 3000,
                    "distance": 10_000.0,
                }
            )
            for number, start in enumerate(starts, 1)
        ]
        return source, [activity["id"] for activity in runs]

    return open_with


def _on(call: Call, source: Source) -> Call:
    return partial(call, context=Context(WRITER, optional_source=source))


def _listed(call: Call, own: list[int], words: str) -> list[int]:
    """Which of our runs are listed for date words, oldest first."""
    reply = call("get_activities", date_range=words, sport_type="Run", per_page=30)
    return [row["id"] for row in reversed(reply["activities"]) if row["id"] in own]


def _found(call: Call, own: list[int], query: str) -> list[int]:
    results = [int(result["id"]) for result in call("search", query=query)["results"]]
    return [number for number in reversed(results) if number in own]


@pytest.mark.parametrize("zone, day", DAYS)
def test_first_and_last_minutes_belong_to_their_local_day(
    call: Call, archive: Open, clock: Clock, zone: str, day: date
) -> None:
    at = partial(datetime, tzinfo=ZoneInfo(zone))
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    starts = [
        at(before.year, before.month, before.day, 23, 50),
        at(day.year, day.month, day.day, 0, 10),
        at(day.year, day.month, day.day, 2, 30),
        at(day.year, day.month, day.day, 2, 30, fold=1),
        at(day.year, day.month, day.day, 23, 50),
        at(after.year, after.month, after.day, 0, 10),
    ]
    source, own = archive(starts)
    ask = _on(call, source)
    clock.freeze(at(after.year, after.month, after.day, 0, 30).timestamp())
    expected = {before: [own[0]], day: own[1:5], after: [own[5]]}
    for one, numbers in expected.items():
        assert sorted(_listed(ask, own, f"{one}")) == numbers
        assert sorted(_found(ask, own, f"runs {one}")) == numbers
    # It is half past midnight for the athlete.
    for words, numbers in (("today", [own[5]]), ("yesterday", own[1:5]), ("all time", own)):
        assert sorted(_listed(ask, own, words)) == numbers
        assert sorted(_found(ask, own, f"runs {words}")) == numbers


@pytest.mark.parametrize("zone", [TOKYO, BOULDER, ZURICH, LOS_ANGELES])
@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 3, 29), date(2026, 11, 1)])
def test_totals_count_local_days(
    call: Call, archive: Open, clock: Clock, zone: str, today: date
) -> None:
    at = partial(datetime, tzinfo=ZoneInfo(zone))
    recent = today - timedelta(days=27)
    eve = recent - timedelta(days=1)
    starts = [
        at(today.year - 1, 12, 31, 23, 50),
        at(today.year, 1, 1, 0, 10),
        at(eve.year, eve.month, eve.day, 23, 50),
        at(recent.year, recent.month, recent.day, 0, 10),
        at(today.year, today.month, today.day, 0, 10),
    ]
    source, own = archive(starts)
    ask = _on(call, source)
    clock.freeze(at(today.year, today.month, today.day, 0, 30).timestamp())
    stats = ask("get_athlete_stats")
    assert stats["dates"] == {
        "last_4_weeks": f"{recent}..{today}",
        "this_year": f"{today.year}-01-01..{today}",
    }
    for period, words in (
        ("last_4_weeks", "last 4 weeks"),
        ("this_year", "ytd"),
        ("this_year", "this year"),
        ("all_time", "all time"),
    ):
        listed = _listed(ask, own, words)
        assert stats[period]["run"]["count"] == len(listed), words
        assert stats[period]["run"]["distance"] == 10.0 * len(listed)
        assert _found(ask, own, f"runs {words}") == listed
    assert own[0] not in _listed(ask, own, "ytd") and own[1] in _listed(ask, own, "ytd")
    recent_runs = _listed(ask, own, "last 4 weeks")
    assert own[2] not in recent_runs and own[3] in recent_runs and own[4] in recent_runs


def test_new_year_of_the_sandbox(call: Call, sandbox: Open, clock: Clock) -> None:
    at = partial(datetime, tzinfo=ZoneInfo(ZURICH))
    clock.freeze(at(2026, 1, 1, 0, 59).timestamp())  # 23:59 on 31 December in UTC
    source, own = sandbox([at(2025, 12, 31, 23, 50), at(2026, 1, 1, 0, 10)])
    ask = _on(call, source)
    assert ask("get_athlete_stats")["this_year"]["run"]["count"] == 1
    for words in ("2026", "ytd", "today"):
        assert _listed(ask, own, words) == _found(ask, own, f"runs {words}") == own[1:]
    for words in ("2025", "yesterday", "last year"):
        assert _listed(ask, own, words) == own[:1]


def test_stats_of_the_sandbox_count_the_same_days_as_its_lists(
    call: Call, sandbox: Open, clock: Clock
) -> None:
    at = partial(datetime, tzinfo=ZoneInfo(ZURICH))
    # Two weeks in Boulder are among the last four.
    clock.freeze(at(2026, 7, 30, 23, 30).timestamp())
    source, _ = sandbox([])
    ask = _on(call, source)
    stats = ask("get_athlete_stats")
    for period, words in (("last_4_weeks", "last 4 weeks"), ("this_year", "ytd")):
        page = ask("get_activities", date_range=words, sport_type="Run,TrailRun")
        count = len(page["activities"])
        while "cursor" in page:
            page = ask("get_activities", cursor=page["cursor"])
            count += len(page["activities"])
        assert stats[period]["run"]["count"] == count
    assert "Strava's own" in stats["note"]


@pytest.mark.parametrize("zone", [TOKYO, BOULDER, ZURICH])
def test_before_and_after_are_local_to_the_athlete(
    call: Call, archive: Open, clock: Clock, zone: str
) -> None:
    at = partial(datetime, tzinfo=ZoneInfo(zone))
    source, own = archive([at(2026, 3, 28, 23, 50), at(2026, 3, 29), at(2026, 3, 29, 23, 50)])
    ask = _on(call, source)
    clock.freeze(at(2026, 4, 1).timestamp())
    listed: Callable[..., list[int]] = lambda **bounds: [  # noqa: E731
        row["id"] for row in reversed(ask("get_activities", **bounds)["activities"])
    ]
    assert listed(after="2026-03-29") == own[1:]
    assert listed(before="2026-03-29") == own[:1]
    assert listed(after="2026-03-29", before="2026-03-29T23:50") == own[1:2]
    moment: Any = at(2026, 3, 29, 23, 50)
    assert listed(after=moment.astimezone(UTC).isoformat()) == []
    assert listed(before=moment.isoformat()) == own[:2]
    assert listed(before=int(moment.timestamp()) + 1) == own
    with pytest.raises(InvalidArguments, match="after: Is later than before"):
        listed(after="2026-03-30", before="2026-03-29")


def test_a_list_of_today_continues_where_utc_is_still_at_yesterday(
    call: Call, archive: Open, clock: Clock
) -> None:
    tomorrow = date.today() + timedelta(days=1)
    at = datetime(tomorrow.year, tomorrow.month, tomorrow.day, 8, tzinfo=ZoneInfo(TOKYO))
    source, own = archive([at, at + timedelta(minutes=70)])
    ask = _on(call, source)
    clock.freeze((at + timedelta(hours=3)).timestamp())
    first = ask("get_activities", date_range="today", per_page=1)
    rest = ask("get_activities", cursor=first["cursor"])
    assert [row["id"] for row in (*first["activities"], *rest["activities"])] == own[::-1]
