"""Reading Strava's list page by page, while it changes and where it is not as documented."""

from typing import Any

import pytest

from strava_mcp.errors import RateLimited
from strava_mcp.json_types import JSON
from strava_mcp.sources.activity_query import ActivityQuery, Condition
from strava_mcp.sources.activity_scan import scan

EVER = ActivityQuery((Condition("start", "<", 2_000_000_000),), limit=1000)


def row(number: int, **values: Any) -> JSON:
    """An activity: a greater number is a later one."""
    start = f"2026-{1 + number // 28:02}-{1 + number % 28:02}T08:00:00Z"
    return {"id": number, "start_date": start, "distance": 1000.0, **values}


def pages(*batches: list[JSON]) -> Any:
    """Reads one batch after the other; the list ends with an empty one."""

    def read_page(before: int | None, page: int, per_page: int) -> list[JSON]:
        return batches[page - 1] if page <= len(batches) else []

    return read_page


def test_an_activity_that_came_in_between_two_pages_shifts_one_that_counts_once() -> None:
    first = [row(number) for number in (9, 8, 7)]
    matches = scan(pages(first, [row(number) for number in (7, 6, 5)]), EVER)
    assert [one["id"] for one in matches.rows] == [9, 8, 7, 6, 5]
    assert matches.total and matches.total.count == 5 and matches.total.distance_m == 5000


def test_only_an_empty_page_is_the_end() -> None:
    odd = [row(number, start_date=None) for number in (6, 5)]
    matches = scan(pages([row(7)], odd, [row(4)]), EVER)
    assert [one["id"] for one in matches.rows] == [7, 4] and matches.is_complete


def test_a_limit_after_the_first_page_leaves_a_part() -> None:
    def read_page(before: int | None, page: int, per_page: int) -> list[JSON]:
        if page == 2:
            raise RateLimited("used up", 60)
        return [row(9), row(8)]

    matches = scan(read_page, EVER)
    assert not matches.is_complete
    assert [one["id"] for one in matches.rows] == [9], "others may have begun in the last second"


@pytest.mark.parametrize("max_pages, is_complete", [(3, False), (5, True)])
def test_pages_are_bounded(max_pages: int, is_complete: bool) -> None:
    batches = [[row(number)] for number in (9, 8, 7, 6)]
    assert scan(pages(*batches), EVER, max_pages).is_complete is is_complete
