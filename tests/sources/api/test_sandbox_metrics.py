"""The metrics that the sandbox's athlete has ahead are those of their recordings."""

import json
from collections.abc import Iterator
from datetime import date

import pytest

from strava_mcp.sandbox import activities, calendar, recording
from strava_mcp.sandbox.athlete import MIRA
from strava_mcp.sources.api import sandbox_metrics
from strava_mcp.sources.kept_metrics import from_json, of_activity
from strava_mcp.sources.metrics_parts import PARTS
from strava_mcp.sources.source import Source
from strava_mcp.store import open_store
from strava_mcp.training.activity_metrics import STREAMS
from tests.rig import Rig

MAX_BYTES = 300_000
TODAY = date(2026, 11, 26)


@pytest.fixture
def source() -> Iterator[Source]:
    store = open_store("sqlite://:memory:")
    yield Rig(store).source
    store.close()


def test_they_are_those_of_the_recordings() -> None:
    """If this fails, write them again: ``python -m strava_mcp.sources.api.sandbox_metrics``."""
    recorded = [plan for plan in calendar.plans(TODAY, MIRA) if plan.is_recorded]
    recorded.sort(key=lambda plan: plan.moving_s)
    for plan in recorded[:: len(recorded) // 12]:
        summary, streams = activities.summary(plan), recording.streams(plan)
        texts = of_activity({key: streams[key] for key in STREAMS if key in streams}, summary)
        for part in PARTS:
            expected = from_json(part, json.loads(texts[part])) if part in texts else None
            assert sandbox_metrics.computed_ahead(part, [summary]) == {plan.id: expected}, plan.name


def test_they_cover_three_years_in_a_small_file() -> None:
    files = list(sandbox_metrics.FOLDER.iterdir())
    assert len(files) == len(PARTS)
    assert sum(file.stat().st_size for file in files) <= MAX_BYTES
    summaries = [activities.summary(plan) for plan in calendar.plans(TODAY) if plan.is_recorded]
    ahead = sandbox_metrics.computed_ahead("intensity", summaries)
    assert len(ahead) == len(summaries) > 500


def test_the_first_question_about_three_years_generates_no_recording(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "streams", lambda plan: pytest.fail("a recording is generated"))
    end = date(2028, 6, 30)
    listed = [activities.summary(plan) for plan in calendar.plans(end)]
    for kept in (source.intensities(listed), source.bests(listed), source.routes_taken(listed)):
        assert len(kept.values) > 400 and kept.unread == ()
    recorded = [row["id"] for row in listed if not row["manual"]]
    assert list(source.intensities(listed).values) == recorded


def test_a_changed_sport_is_measured_again(source: Source) -> None:
    listed = [row for row in source.activities(per_page=50) if row["sport_type"] == "Run"][:1]
    before = source.intensities(listed)
    changed = [listed[0] | {"sport_type": "Hike"}]
    assert sandbox_metrics.computed_ahead("intensity", changed) == {}
    after = source.intensities(changed)
    number = listed[0]["id"]
    assert before.values[number].graded_m and not after.values[number].graded_m
    assert after.values[number].heart_rate == before.values[number].heart_rate
