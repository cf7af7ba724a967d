"""Recordings of real devices are read as an independent decoder reads them."""

from pathlib import Path

import pytest

from strava_mcp.recordings import read
from tests.recordings import fit_peer

FILES = {
    "fit": (
        *("Edge810-Vector-2013-08-16-15-35-10", "activity-small-fenix2-run"),
        *("developer-types-sample", "garmin-edge-820-bike", "garmin-fenix-5-bike"),
        *("garmin-fenix-5-run", "garmin-fenix-5-walk", "sample-activity"),
        *("sample-activity-indoor-trainer", "invalid-activity-filecrc"),
        *("invalid-activity-settings-corruptheader", "invalid-activity-unexpected-eof"),
    ),
    # Those in which other values than the decoded ones are right have tests of their own.
    "imports_that_fail": (
        *("01_pulse_in_later_part_of_chain", "02_virtual_ride_zone_of_virtual_world"),
        *("04_pool_lap_of_131067_s_and_rest_laps", "12_average_speed_not_of_its_distance"),
    ),
}
PATHS = [f"{folder}/{name}.fit" for folder, names in FILES.items() for name in names]
TOLERANCE = 0.005
#: Names of the profile → sport types, for the files above.
SPORTS = {
    **{
        ("running", "generic"): "Run",
        ("cycling", "generic"): "Ride",
        ("walking", "generic"): "Walk",
    },
    **{("cycling", "virtual_activity"): "VirtualRide", ("swimming", "lap_swimming"): "Swim"},
    **{
        ("running", "treadmill"): "Run",
        ("cycling", "commuting"): "Ride",
        ("cycling", "indoor_cycling"): "Ride",
    },
}


@pytest.mark.parametrize("path", PATHS)
def test_same_values(shared: Path, path: str) -> None:
    data = (shared / "data" / path).read_bytes()
    (recording,) = read(data)
    peer = fit_peer.read(data)
    assert recording.start
    start = int(recording.start.timestamp())
    assert start == peer.starts[0]
    assert recording.sport == SPORTS[peer.sports[0]]
    assert len(recording.laps) == peer.laps
    times = [start + second for second in recording.streams["time"]]
    assert peer.seconds <= set(times)
    for key, seconds in peer.seconds_with.items():
        values = recording.streams.get(key, [None] * len(times))
        ours = {time for time, value in zip(times, values, strict=True) if value is not None}
        assert len(seconds - ours) <= TOLERANCE * len(seconds), key
    for key, value in recording.totals.items():
        if key in peer.totals[0]:
            # Durations are whole seconds.
            assert value == pytest.approx(peer.totals[0][key], rel=TOLERANCE, abs=0.5), key
    assert recording.totals.keys() >= {"elapsed_time", "distance"} & peer.totals[0].keys() or (
        not peer.totals[0]["distance"]
    )
