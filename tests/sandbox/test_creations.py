"""Activities that a caller adds keep their start, whatever the local date was."""

from datetime import datetime, timedelta

import pytest

from strava_mcp.sandbox.athlete import MIRA
from strava_mcp.sandbox.creations import NewActivity, local_start, uploaded_activity


@pytest.mark.parametrize(
    "midnight",
    [
        datetime(2026, 3, 29),  # the clocks go forward
        datetime(2025, 7, 12),  # two weeks in Japan begin
        datetime(2026, 1, 1),
    ],
)
def test_upload_starts_when_it_did(midnight: datetime) -> None:
    for minutes in (-180, -150, -90, -10, 10):
        start_utc = midnight + timedelta(minutes=minutes)
        new = NewActivity("Run", "Run", local_start(start_utc), 3600)
        activity = uploaded_activity(MIRA, 1, 2, new)
        assert activity["start_date"] == f"{start_utc:%Y-%m-%dT%H:%M:%SZ}", minutes
