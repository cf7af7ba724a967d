"""An athlete's zones: whose they are, and their bounds from published shares."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.analysis.athlete_settings import AthleteSettings
from strava_mcp.analysis.subject import MAX_READS, Subject
from strava_mcp.analysis.zones import athlete_zones
from strava_mcp.config import Config
from strava_mcp.store import open_store
from tests.rig import Rig
from tests.season_day import YESTERDAY as TODAY
from tests.sources.archive.imported import archive_of

DAY = date(2026, 1, 1)


@pytest.fixture
def settings() -> Iterator[AthleteSettings]:
    store = open_store("sqlite://:memory:")
    yield AthleteSettings(store, "archive:1")
    store.close()


@pytest.fixture
def archive(season_home: Path, settings: AthleteSettings) -> Subject:
    return Subject(archive_of(season_home), TODAY, settings)


@pytest.fixture
def rig() -> Iterator[Rig]:
    store = open_store("sqlite://:memory:")
    yield Rig(store, config=Config(strava_cache_s=3600)).authorize()
    store.close()


def test_zones_of_what_the_athlete_gives(archive: Subject, settings: AthleteSettings) -> None:
    settings.update({"ftp": 250, "lthr": 175, "threshold_pace": 240}, DAY)
    answer = athlete_zones(archive)
    assert answer.problem and "zones set on Strava" in answer.problem
    assert {zones.basis for zones in answer.zones.values()} == {"given"}
    lows = {kind: [zone.low for zone in each.zones] for kind, each in answer.zones.items()}
    # Allen and Coggan's table for 250 W; Friel's for 175 bpm and 4:00 /km
    assert lows["power"] == pytest.approx([0, 137.5, 187.5, 225, 262.5, 300, 375])
    assert lows["heart_rate_ride"] == pytest.approx([0, 141.75, 157.5, 164.5, 175, 180.25, 185.5])
    assert lows["heart_rate"][:5] == pytest.approx([0, 148.75, 157.5, 166.25, 175])
    slow = [zone.high for zone in answer.zones["pace"].zones][:3]
    assert slow == pytest.approx([309.6, 273.6, 254.4])
    for each in answer.zones.values():
        assert [z.high for z in each.zones[:-1]] == [z.low for z in each.zones[1:]]


def test_estimates_are_those_of_the_recordings(archive: Subject) -> None:
    """The maximal heart rate, from the raw samples: the highest that no 10 s fall below."""
    answer = athlete_zones(archive)
    maximum = answer.thresholds["max_hr"]
    assert maximum.basis == "estimated" and maximum.activity
    streams = archive.source.streams(maximum.activity, ["time", "heartrate"])
    rates = dict(zip(streams["time"]["data"], streams["heartrate"]["data"], strict=True))
    assert maximum.value <= max(rate for rate in rates.values() if rate)
    assert maximum.value >= max(rate for rate in rates.values() if rate) - 3
    assert answer.zones["pace"].basis == "estimated"
    first = str(TODAY - timedelta(days=90))
    rows = archive.source.activities(per_page=200)
    expected = sum(first <= row["start_date_local"][:10] <= str(TODAY) for row in rows)
    assert answer.coverage.activities == expected


def test_zones_set_on_strava_count_before_estimates(rig: Rig, settings: AthleteSettings) -> None:
    theirs = rig.source.athlete_zones()
    subject = Subject(rig.source, TODAY, settings)
    answer = athlete_zones(subject)
    for kind in ("heart_rate", "power"):
        bounds = [zone.low for zone in answer.zones[kind].zones]
        assert bounds == [zone["min"] for zone in theirs[kind]["zones"]]
        assert (answer.zones[kind].threshold, answer.zones[kind].basis) == (None, "strava")
    assert "heart_rate_ride" not in answer.zones and answer.zones["pace"].author == "Friel, running"
    settings.set("lthr", 165, DAY)
    given = athlete_zones(subject)
    assert given.zones["heart_rate"].basis == "given" and given.zones["power"].basis == "strava"


def test_each_recording_that_costs_a_request_is_read_once(rig: Rig) -> None:
    """At most so many per answer; what another test of this process measured costs nothing."""
    rig.source.keeps_metrics = False  # type: ignore[misc]
    rig.source.measured = None  # type: ignore[attr-defined]
    subject, read = Subject(rig.source, TODAY), set()
    for _ in range(5):
        rig.forget_calls()
        unread = athlete_zones(subject).coverage.unread
        streams = [call for call in rig.calls if call.endswith("/streams")]
        assert len(streams) <= MAX_READS and not read & set(streams)
        read |= set(streams)
    assert unread == 0 and not streams


def test_nothing_is_known_of_a_newcomer(
    archive: Subject, settings: AthleteSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive.source, "athlete", lambda: {"id": 1})
    before = Subject(archive.source, date(2001, 1, 1), settings)
    answer = athlete_zones(before)
    assert answer.zones == {} and set(answer.thresholds) == {"rest_hr"}
    expected: set[Any] = {"ftp", "lthr", "max_hr", "threshold_pace", "css", "weight"}
    assert set(answer.unknown) == expected | {"sex", "birth_year"}
    assert answer.coverage.activities == 0 and all(answer.unknown.values())
