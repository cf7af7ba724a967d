"""The metrics that every source keeps: computed from all samples, once, and in one way."""

import json
from pathlib import Path

from strava_mcp.config import Config
from strava_mcp.json_types import JSON
from strava_mcp.sources import kept_metrics
from strava_mcp.sources.archive.importing import complete_metrics
from strava_mcp.sources.archive.library import FILE, Library
from strava_mcp.sources.archive.privacy import PrivacyZone
from strava_mcp.sources.source import Source
from strava_mcp.store import open_store
from strava_mcp.training.activity_metrics import STREAMS, metrics
from strava_mcp.training.route_likeness import cell_centre
from tests.rig import Rig
from tests.sources.archive.imported import archive_of, import_sandbox

COUNT = 8


def recorded(source: Source) -> list[JSON]:
    return [a for a in source.activities() if not a["manual"]][:COUNT]


def test_metrics_are_those_of_the_recording(source: Source) -> None:
    listed = recorded(source)
    intensities = source.intensities(listed, 30)
    bests, routes = source.bests(listed, 30), source.routes_taken(listed, 30)
    assert intensities.unread == bests.unread == routes.unread == ()
    assert set(intensities.values) == set(bests.values) == {a["id"] for a in listed}
    assert routes.values.keys() <= intensities.values.keys()
    for activity in listed:
        number = activity["id"]
        streams = {k: s["data"] for k, s in source.streams(number, STREAMS).items()}
        has_power = activity.get("device_watts") is True
        efforts = source.activity(number).get("best_efforts") if source.name == "archive" else None
        expected = metrics(
            streams, activity["sport_type"], has_measured_power=has_power, efforts=efforts
        )
        assert intensities.values[number] == expected.intensity
        assert bests.values[number] == expected.bests
        route = routes.values.get(number)
        assert (route and route.cells) == (expected.route and expected.route.cells)


def test_a_request_may_cost_no_more_than_asked() -> None:
    store = open_store("sqlite://:memory:")
    api = Rig(store, config=Config(strava_cache_s=3600)).source
    api.keeps_metrics = False  # type: ignore[misc]
    api.measured = None  # type: ignore[attr-defined]
    listed = recorded(api)
    first = api.intensities(listed, 3)
    assert len(first.values) == 3 and len(first.unread) == len(listed) - 3
    assert list(first.values) == [a["id"] for a in listed[:3]], "in the order given"
    again = api.intensities(listed, 3)
    assert len(again.values) == 6, "what was read is not read again"
    assert api.bests(listed, 0).values.keys() == again.values.keys(), "one reading, every part"
    store.close()


def test_entries_by_hand_have_none(source: Source) -> None:
    by_hand = [a for a in source.activities(per_page=200) if a["manual"]][:1]
    assert source.intensities(by_hand, 30) == ({}, ())


def test_an_older_library_is_brought_up_to_date(tmp_path: Path) -> None:
    home = import_sandbox(tmp_path, 6)
    source = archive_of(home)
    listed = recorded(source)
    before = source.intensities(listed)
    library = Library(home / FILE)
    rows = library._file
    with rows.transaction() as connection:
        connection.execute("DELETE FROM metrics")
    assert len(library.without_metrics()) == len(listed)
    complete_metrics(library)
    assert library.without_metrics() == [] and source.intensities(listed) == before
    with rows.transaction() as connection:
        connection.execute("UPDATE metrics SET version = 0")
    assert source.intensities(listed) == before, "on demand"
    assert library.without_metrics() == []
    library.close()


def test_hidden_positions_are_in_no_route(source: Source) -> None:
    listed = recorded(source)
    outdoors = next(a for a in listed if a.get("start_latlng"))
    route = source.routes_taken([outdoors], 30).values[outdoors["id"]]
    zone = PrivacyZone(*outdoors["start_latlng"], 400)
    text = json.dumps(kept_metrics._route_to_json(route))
    hidden = kept_metrics.without_positions(text, zone.contains)
    assert hidden
    rest = kept_metrics.from_json("route", json.loads(hidden))
    assert rest.cells < route.cells and None in rest.waypoints
    assert not any(zone.contains(cell_centre(cell)) for cell in rest.cells)
    everywhere = PrivacyZone(*outdoors["start_latlng"], 1_000_000)
    assert kept_metrics.without_positions(text, everywhere.contains) is None
