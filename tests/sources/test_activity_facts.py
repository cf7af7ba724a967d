"""Facts of an activity whose fields are malformed."""

from typing import Any

import pytest

from strava_mcp.sources.activity_facts import facts_of


@pytest.mark.parametrize(
    "local, utc, day",
    [
        ("2026-09-27T08:26:00Z", "2026-09-27T06:26:00Z", "2026-09-27"),
        ("yesterday", "2026-09-27T06:26:00Z", "2026-09-27"),
        ("2026-02-30T08:26:00Z", None, None),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", None),
        (20260927, "", None),
    ],
)
def test_a_day_is_a_date(local: Any, utc: Any, day: str | None) -> None:
    facts = facts_of({"id": 5, "start_date_local": local, "start_date": utc})
    assert facts.day == day
