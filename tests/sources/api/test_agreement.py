"""stravalib, an independent client, and ours read the same values from the same sandbox."""

import warnings
from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from itertools import islice
from typing import Any

import pytest
import requests
from pydantic import BaseModel, RootModel

from strava_mcp.sandbox.adapter import WSGIAdapter
from strava_mcp.store import open_store
from tests.rig import Rig

stravalib = pytest.importorskip("stravalib", reason="stravalib is not installed")

#: stravalib's words for Strava's numbers (athlete_type).
WORDS = {"cyclist": 0, "runner": 1}


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    store = open_store("sqlite://:memory:")
    yield Rig(store).authorize()
    store.close()


@pytest.fixture(scope="module")
def theirs(rig: Rig) -> Iterator[Any]:
    """stravalib's client, with a valid access token."""
    session = requests.Session()
    session.mount("https://www.strava.com", WSGIAdapter(rig.app))
    session.trust_env = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        client = stravalib.Client(requests_session=session, rate_limit_requests=False)
        ours = rig.source._tokens  # type: ignore[attr-defined]
        client.access_token = ours.access(ours.key)
        client.token_expires = 9e9
        yield client
    session.close()


def compare(ours: Any, their: Any, where: str = "") -> int:
    """Assert that all values in ``their`` equal ours; return how many there are."""
    if isinstance(their, RootModel):
        return compare(ours, their.root, where)
    if isinstance(their, BaseModel):
        assert isinstance(ours, dict), where
        given = {name: getattr(their, name) for name in their.model_fields_set}
        both = {name: value for name, value in given.items() if value is not None and name in ours}
        return sum(compare(ours[name], value, f"{where}.{name}") for name, value in both.items())
    if isinstance(their, list | tuple):
        assert len(ours) == len(their), where
        return sum(compare(*pair, where) for pair in zip(ours, their, strict=True))
    if isinstance(their, dict):
        return sum(compare(ours[name], value, f"{where}.{name}") for name, value in their.items())
    if isinstance(their, Enum):
        return compare(ours, their.value, where)
    if isinstance(their, datetime):
        at = datetime.fromisoformat(ours)
        assert at.replace(tzinfo=None) == their.replace(tzinfo=None), where
    elif isinstance(their, date):
        assert ours[:10] == their.isoformat(), where
    elif their in WORDS and isinstance(ours, int):
        assert ours == WORDS[their], where
    elif isinstance(their, bool | str):
        assert str(ours) == str(their), where
    elif isinstance(their, int | float):
        assert float(ours) == pytest.approx(float(their)), where
    return 1


def test_athlete_totals_zones_clubs(rig: Rig, theirs: Any) -> None:
    ours = rig.source.athlete()
    assert compare(ours, theirs.get_athlete(), "athlete") > 20
    assert compare(rig.source.athlete_stats(ours["id"]), theirs.get_athlete_stats(), "stats") > 40
    assert compare(rig.source.athlete_zones(), theirs.get_athlete_zones(), "zones") > 15
    assert compare(rig.source.clubs(), list(theirs.get_athlete_clubs()), "clubs") > 5


def test_every_activity(rig: Rig, theirs: Any) -> None:
    ours = rig.all_activities()
    assert compare(ours, list(theirs.get_activities()), "activities") > 30 * len(ours) > 15_000


def test_one_of_each_sport_in_detail(rig: Rig, theirs: Any) -> None:
    first = {activity["sport_type"]: activity["id"] for activity in reversed(rig.all_activities())}
    assert len(first) >= 8
    for sport, number in first.items():
        ours = rig.source.activity(number, include_all_efforts=True)
        their = theirs.get_activity(number, include_all_efforts=True)
        assert compare(ours, their, sport) >= 40
        zones = rig.source.activity_zones(number)
        compare(zones, list(theirs.get_activity_zones(number)), f"{sport} zones")
        compare(ours["laps"], list(theirs.get_activity_laps(number)), f"{sport} laps")
        keys = ["time", "distance", "latlng", "altitude", "heartrate", "watts", "cadence"]
        recorded = rig.source.streams(number, keys)
        read = theirs.get_activity_streams(number, types=keys) if recorded else {}
        assert set(recorded) == set(read), sport
        for name, stream in read.items():
            compare(recorded[name]["data"], stream.data, f"{sport} {name}")


def test_gear_routes_segments(rig: Rig, theirs: Any) -> None:
    athlete = rig.source.athlete()
    for item in [*athlete["bikes"], *athlete["shoes"]]:
        assert compare(rig.source.gear(item["id"]), theirs.get_gear(item["id"]), "gear") >= 5
    routes = rig.source.routes(athlete["id"])
    assert compare(routes, list(theirs.get_routes(athlete_id=athlete["id"])), "routes") > 30
    for route in routes:
        compare(rig.source.route(route["id"]), theirs.get_route(route["id"]), "route")
    starred = rig.source.starred_segments()
    assert compare(starred, list(theirs.get_starred_segments()), "starred") > 20
    for segment in starred:
        number = segment["id"]
        compare(rig.source.segment(number), theirs.get_segment(number), "segment")
        efforts = rig.source.segment_efforts(number, per_page=200)
        compare(efforts, list(islice(theirs.get_segment_efforts(number), len(efforts))), "efforts")


def test_comparison_detects_a_difference(rig: Rig, theirs: Any) -> None:
    ours = rig.source.athlete()
    with pytest.raises(AssertionError, match="athlete.firstname"):
        compare({**ours, "firstname": "Nobody"}, theirs.get_athlete(), "athlete")
