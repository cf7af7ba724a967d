"""export_activity over stdio, and what the files hold, from every source."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from strava_mcp import recordings
from strava_mcp.context import Context
from strava_mcp.errors import NotFound, NotSupported
from strava_mcp.geo import haversine_m
from strava_mcp.identity import READ
from strava_mcp.sources.activity_file import activity_file
from strava_mcp.sources.source import Source
from strava_mcp.tools import load_tools
from tests.rig import Rig
from tests.sources.archive.imported import archive_of
from tests.tools.conftest import Call


def first_outdoors(source: Source) -> int:
    rows = source.activities(per_page=60)
    return next(a["id"] for a in rows if a.get("start_latlng") and a["sport_type"] == "Run")


@pytest.mark.parametrize("kind", ["gpx", "tcx"])
def test_the_file_is_this_users_alone(call: Call, rig: Rig, tmp_path: Path, kind: str) -> None:
    number = first_outdoors(rig.source)
    reply = call("export_activity", id=number, format=kind)
    file = Path(reply["file"])
    assert file == tmp_path / "exports" / f"activity-{number}.{kind}"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (recording,) = recordings.read_activities(file.read_bytes())
    times = rig.source.streams(number, ("time",))["time"]["data"]
    assert list(recording.streams["time"]) == times
    activity = rig.source.activity(number)
    assert activity["name"] in file.read_text()
    assert call("export_activity", id=number, format=kind) == reply, "again"


def test_without_a_place_to_put_it(ctx: Context, rig: Rig) -> None:
    tool = load_tools()["export_activity"]
    assert tool.scope == READ
    with pytest.raises(NotSupported, match="HTTP and stdio"):
        tool.function(replace(ctx, folder=None), tool.load({"id": first_outdoors(rig.source)}))


def test_unknown_and_unrecorded_activities(call: Call, rig: Rig) -> None:
    with pytest.raises(NotFound, match="get_activities"):
        call("export_activity", id=1)
    manual = rig.find(manual=True)
    with pytest.raises(NotSupported, match="Nothing was recorded"):
        call("export_activity", id=manual["id"])


def test_estimated_power_is_left_out(rig: Rig) -> None:
    for measured in (True, False):
        ride = rig.find(sport_type="Ride", device_watts=measured)
        text = activity_file(rig.source, ride["id"], "gpx").content.decode()
        assert ("PowerInWatts" in text) == measured


@pytest.mark.parametrize("kind", ["gpx", "tcx"])
def test_home_is_hidden(sandbox_home: Path, kind: str) -> None:
    source = archive_of(sandbox_home)
    number = first_outdoors(source)
    home = source.activity(number)["start_latlng"]
    hidden = archive_of(sandbox_home, archive_hide_home=(*home, 500.0))
    whole, masked = (
        recordings.read(activity_file(one, number, kind).content)[0].streams["latlng"]
        for one in (source, hidden)
    )
    distances = [[haversine_m(home, p) for p in track if p] for track in (whole, masked)]
    assert min(distances[0]) < 500 < min(distances[1])
    assert len(distances[1]) < len(distances[0])
