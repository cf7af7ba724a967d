"""stravalib, an independent client, reads the sandbox without errors."""

import warnings
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask

from strava_mcp.sandbox.adapter import WSGIAdapter
from tests.sandbox.conftest import CLIENT, NOW, REFRESH
from tests.sandbox.test_uploads import GPX

stravalib = pytest.importorskip("stravalib", reason="stravalib is not installed")


@pytest.fixture
def client(app: Flask) -> Iterator[Any]:
    """stravalib's client; its requests to www.strava.com reach the sandbox."""
    session = requests.Session()
    session.mount("https://www.strava.com", WSGIAdapter(app))
    created = stravalib.Client(requests_session=session, rate_limit_requests=False)
    tokens = created.refresh_access_token(
        client_id=int(CLIENT["client_id"]),
        client_secret=CLIENT["client_secret"],
        refresh_token=REFRESH["refresh_token"],
    )
    created.access_token, created.token_expires = tokens["access_token"], NOW * 2
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="stravalib")
        yield created
    session.close()


def test_athlete_zones_stats_clubs_and_gear(client: Any) -> None:
    athlete = client.get_athlete()
    assert (athlete.firstname, athlete.premium) == ("Mira", True)
    assert len(client.get_athlete_zones().heart_rate.zones.root) == 5
    stats = client.get_athlete_stats(athlete.id)
    assert stats.all_run_totals.count > 200
    clubs = list(client.get_athlete_clubs())
    assert client.get_club(clubs[0].id).name == clubs[0].name
    bikes = [client.get_gear(bike.id) for bike in athlete.bikes]
    assert {bike.brand_name for bike in bikes} == {"Canyon", "Tour de Suisse"}
    assert client.update_athlete(weight=66.6).weight == 66.6


def test_every_activity(client: Any) -> None:
    rows = list(client.get_activities())
    assert len(rows) > 560
    assert len({activity.id for activity in rows}) == len(rows)
    starts = [activity.start_date for activity in rows]
    assert starts == sorted(starts, reverse=True)
    assert len(list(client.get_activities(after="2026-05-01", before="2026-06-01"))) > 8
    assert len(list(client.get_activities(limit=7))) == 7


def test_activities_in_detail(client: Any) -> None:
    seen: set[str] = set()
    for summary in client.get_activities(limit=200):
        sport = summary.sport_type.root
        if sport in seen:
            continue
        seen.add(sport)
        activity = client.get_activity(summary.id, include_all_efforts=True)
        assert activity.name == summary.name and activity.distance == summary.distance
        assert len(list(client.get_activity_laps(summary.id))) == len(activity.laps)
        assert len(list(client.get_activity_kudos(summary.id))) == activity.kudos_count
        assert len(list(client.get_activity_comments(summary.id))) == activity.comment_count
        zones = client.get_activity_zones(summary.id)
        assert bool(zones) == bool(activity.has_heartrate or activity.device_watts)
        if not activity.manual:
            streams = client.get_activity_streams(summary.id, types=["time", "heartrate"])
            assert streams["time"].original_size == len(streams["time"].data)
    assert len(seen) >= 8


def test_streams_thinned(client: Any) -> None:
    number = next(a.id for a in client.get_activities() if a.sport_type.root == "Ride")
    for resolution, most in (("low", 100), ("medium", 1000), ("high", 10_000)):
        streams = client.get_activity_streams(number, resolution=resolution, series_type="time")
        assert "latlng" in streams and "watts" in streams
        assert all(len(stream.data) <= most for stream in streams.values())


def test_routes_and_segments(client: Any) -> None:
    routes = list(client.get_routes(athlete_id=client.get_athlete().id))
    assert client.get_route(routes[0].id).name == routes[0].name
    assert set(client.get_route_streams(routes[0].id)) == {"latlng", "distance", "altitude"}
    starred = list(client.get_starred_segments())
    segment = client.get_segment(starred[0].id)
    assert segment.total_elevation_gain >= 0
    assert "altitude" in client.get_segment_streams(segment.id)
    efforts = list(islice(client.get_segment_efforts(segment.id), 3))
    assert len(efforts) == 3
    effort = client.get_segment_effort(efforts[0].id)
    assert effort.segment.id == segment.id
    assert "time" in client.get_effort_streams(effort.id)


def test_creating_and_updating(client: Any) -> None:
    created = client.create_activity(
        name="Kraftraum",
        sport_type="WeightTraining",
        start_date_local="2026-06-13T18:00:00Z",
        elapsed_time=2700,
    )
    assert created.manual and created.moving_time == 2700
    changed = client.update_activity(created.id, name="Kraft", trainer=True, description="Beine")
    assert (changed.name, changed.trainer, changed.description) == ("Kraft", True, "Beine")


def test_uploading(client: Any) -> None:
    uploader = client.upload_activity(BytesIO(GPX), data_type="gpx", name="Früh")
    assert uploader.is_processing
    activity = uploader.wait(timeout=120, poll_interval=0.01)
    assert activity.name == "Früh" and activity.elapsed_time == 600
    again = client.upload_activity(BytesIO(GPX), data_type="gpx")
    with pytest.raises(stravalib.exc.ActivityUploadFailed, match="duplicate"):
        again.wait(timeout=120, poll_interval=0.01)


def test_errors_are_stravalibs(client: Any) -> None:
    with pytest.raises(stravalib.exc.ObjectNotFound):
        client.get_activity(1)
    client.protocol.access_token = "wrong"
    with pytest.raises(stravalib.exc.AccessUnauthorized):
        client.get_athlete()


def test_urls_are_stravas(client: Any) -> None:
    assert urlsplit(client.protocol.resolve_url("/athlete")).netloc == "www.strava.com"
