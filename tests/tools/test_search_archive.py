"""Search over an archive: texts, gear and kinds that Strava's own lists do not have."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.context import Context
from strava_mcp.sources.archive.library import FILE, Library
from strava_mcp.sources.archive.stored_activity import StoredActivity
from tests.clock import Clock
from tests.sources.archive.imported import archive_of
from tests.tools.conftest import WRITER, Call

ACTIVITIES: dict[int, dict[str, Any]] = {
    1: {"name": "Loop", "sport_type": "Ride", "distance": 21_000.0, "gear_id": "b1"},
    2: {"name": "Stadtlauf", "distance": 21_200.0, "description": "Halber in München"},
    3: {"name": "City race", "distance": 10_000.0, "moving_time": 2_400},
    4: {"name": "Hill repeats", "private_note": "Felt sick after the café"},
    5: {"name": "渋谷の朝ラン", "distance": 5_000.0},
    6: {"name": "Grace", "sport_type": "Swim", "distance": 0.0, "total_elevation_gain": 0.0},
    7: {"name": "Morning Ride", "sport_type": "Ride", "distance": 105_000.0, "commute": True},
    8: {"name": "Run with Aïcha", "distance": 10_400.0, "moving_time": 2_450},
    9: {"name": "Spin 5×1 km", "sport_type": "VirtualRide", "distance": 100_000.0, "trainer": True},
    10: {"gear_name": "Lost Pegasus", "name": "9k", "distance": 9_350.0, "moving_time": 1_900},
}
#: A Monday, and the first of ten days with an activity each.
FIRST = 1_772_409_600  # 2026-03-02T00:00:00Z


@pytest.fixture
def search(call: Call, clock: Clock, tmp_path: Path) -> Callable[[str], dict[str, Any]]:
    library = Library(tmp_path / FILE, create=True)
    for number, given in ACTIVITIES.items():
        started = FIRST + (number - 1) * 86_400 + 8 * 3600
        day = f"2026-03-{number + 1:02d}T08:00:00Z"
        summary = {
            **{"id": number, "sport_type": "Run", "start_date": day, "start_date_local": day},
            **{"distance": 8_000.0, "moving_time": 2_400, "elapsed_time": 2_500},
            **{"total_elevation_gain": 100.0 + number, "timezone": "(GMT+00:00) UTC"},
            **given,
        }
        detail = {"weather": {"condition": "Light rain"}} if number == 4 else {}
        library.put(StoredActivity(number, started, 2_500, summary, detail, f"{number}", "export"))
    library.put_items("gear", {"b1": {"id": "b1", "name": "Canyon Größe M"}})
    library.close()
    clock.freeze(FIRST + 20 * 86_400)
    context = Context(WRITER, optional_source=archive_of(tmp_path))
    return partial(call, "search", context=context)  # type: ignore[return-value]


@pytest.mark.parametrize(
    "query, expected",
    [
        ("half marathon", [2]),
        ("half marathon ride", [1]),
        ("munchen", [2]),
        ("muenchen", [2]),
        ("cafe", [4]),
        ("hill repeat", [4]),
        ("hills", [4]),
        ("lauf", [2]),
        ("朝", [5]),
        ("aicha", [8]),
        ("canyon", [1]),
        ("pegasus", [10]),
        ("runs in the rain", [4]),
        ("grosse rides", [1]),
        ("races", [3]),
        ('"hill repeats"', [4]),
        ('"repeats hill"', []),
        ("race this year", [3]),
        ("commutes", [7]),
        ("indoor", [9]),
        ("indoor rides over 50 km", [9]),
        ("rides not indoor", [7, 1]),
        ("rides without canyon", [9, 7]),
        ("100 km ride", [9, 7]),
        ("longest ride ever", [7, 9, 1]),
        ("shortest ride", [1, 9, 7]),
        ("2 longest rides", [7, 9]),
        ("fastest 10k", [8, 3]),
        ("first run", [2, 3, 4, 5, 8, 10]),
        ("biggest climb", [10, 9, 8, 7, 5, 4, 3, 2, 1]),
        ("flattest", [6, 1, 2, 3, 4, 5, 7, 8, 9, 10]),
        ("tuesdays", [9, 2]),
        ("weekend", [7, 6]),
        ("last weekend", []),
        ("between March 3 and March 5", [4, 3, 2]),
        ("swims", [6]),
        ("5x1km", [9]),
        ("5 x 1 km", [9]),
        ("not 5x1km in march 2026", [10, 8, 7, 6, 5, 4, 3, 2, 1]),
    ],
)
def test_results(search: Callable[..., dict[str, Any]], query: str, expected: list[int]) -> None:
    reply = search(query=query)
    assert [int(result["id"]) for result in reply["results"]] == expected
    assert reply["total"] == len(expected) or "2 longest" in query


def test_every_part_of_an_empty_search_is_judged(
    search: Callable[..., dict[str, Any]],
) -> None:
    assert "3 without “aicha”" in search(query="rides with aicha")["note"]
    assert "1 without “rides”" in search(query="rides with aicha")["note"]
    assert "without it, 3 match" in search(query="rides in 2025")["note"]
    assert "nothing recorded can be compared" in search(query="highest power")["note"]
