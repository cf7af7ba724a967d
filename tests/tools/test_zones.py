"""get_athlete_zones as a client calls it."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.analysis.athlete_settings import AthleteSettings
from strava_mcp.context import Context
from strava_mcp.errors import Unavailable
from strava_mcp.tools.size import tokens
from tests.rig import Rig
from tests.sources.archive.imported import archive_of
from tests.tools.conftest import WRITER, Call


def test_zones_set_on_strava(call: Call, rig: Rig) -> None:
    original = rig.source.athlete_zones()
    reply = call("get_athlete_zones")
    for kind in ("heart_rate", "power"):
        assert reply[kind][:-1] == original[kind]["zones"][:-1]
        assert reply[kind][-1] == {
            "min": original[kind]["zones"][-1]["min"]
        }, "it has no upper bound"
        assert reply["zones_from"][kind] == "set on Strava"
    assert reply["heart_rate"][0]["min"] == 0
    assert reply["units"] == "heart_rate bpm, power W, pace min/km"
    assert reply["thresholds"]["ftp"] == f"{rig.source.athlete()['ftp']} W, strava: set on Strava"
    assert tokens(reply) < 1500


def test_zones_of_given_thresholds(call: Call) -> None:
    call("set_athlete_thresholds", ftp=250, lthr=170, threshold_pace="4:00", since="2026-01-01")
    reply = call("get_athlete_zones")
    power = [(zone["min"], zone.get("max")) for zone in reply["power"]]
    assert power[:3] == [(0, 137), (138, 187), (188, 224)] and power[-1] == (375, None)
    assert reply["power"][3]["zone"] == "Threshold"
    rates = [(zone["min"], zone.get("max")) for zone in reply["heart_rate"]]
    assert rates[:4] == [(0, 144), (145, 152), (153, 161), (162, 169)], "85, 90, 95, 100 % of 170"
    assert reply["pace"][0] == {"zone": "1 Recovery", "fastest": "5:10"}
    assert reply["pace"][1] == {"zone": "2 Aerobic", "slowest": "5:10", "fastest": "4:34"}
    assert reply["zones_from"]["power"] == "Coggan: from ftp (given)"
    assert reply["thresholds"]["ftp"] == "250 W, given: set by the athlete, 2026-01-01"
    imperial = call("get_athlete_zones", units="imperial")
    assert imperial["pace"][0]["fastest"] == "8:18" and imperial["units"].endswith("min/mi")
    assert imperial["thresholds"]["threshold_pace"].startswith("6:26 /mi, given")


def test_an_archive_has_zones_too(call: Call, rig: Rig, sandbox_home: Path) -> None:
    settings = AthleteSettings(rig.store, "archive:1")
    archive = Context(WRITER, optional_source=archive_of(sandbox_home), settings=settings)
    settings.set("ftp", 250, date(2026, 1, 1))
    reply = call("get_athlete_zones", context=archive)
    assert reply["zones_from"]["heart_rate"].startswith("Friel, running: from lthr (")
    assert "export does not contain the zones set on Strava" in reply["note"]
    assert reply["power"][1] == {"zone": "Endurance", "min": 138, "max": 187}
    assert "activity" in reply["thresholds"]["threshold_pace"] and "link" not in reply
    assert reply["coverage"]["activities"] > 40 and tokens(reply) < 1500


def test_zones_need_no_scope_but_say_so(call: Call, rig: Rig) -> None:
    rig.restrict_scopes("read", "activity:read_all")
    reply = call("get_athlete_zones")
    assert "profile:read_all" in reply["note"] and reply["thresholds"] and "power" in reply


@pytest.mark.parametrize("answer", [{}, {"heart_rate": None}, {"power": {"zones": []}}])
def test_missing_zones_are_computed(call: Call, rig: Rig, monkeypatch: Any, answer: Any) -> None:
    monkeypatch.setattr(rig.source, "athlete_zones", lambda: answer)
    reply = call("get_athlete_zones")
    assert reply["zones_from"]["power"] == "Coggan: from ftp (strava)"


@pytest.mark.parametrize(
    "zone", [{}, {"min": "0 or so", "max": 115}, {"min": None}, {"min": -5}, 7]
)
def test_zone_without_a_lower_bound_raises_unavailable(
    call: Call, rig: Rig, monkeypatch: Any, zone: Any
) -> None:
    monkeypatch.setattr(rig.source, "athlete_zones", lambda: {"power": {"zones": [zone]}})
    with pytest.raises(Unavailable, match="invalid zone"):
        call("get_athlete_zones")


def test_server_without_a_store_answers(call: Call, ctx: Context) -> None:
    reply = call("get_athlete_zones", context=replace(ctx, settings=None))
    assert "given" not in str(reply["thresholds"])
