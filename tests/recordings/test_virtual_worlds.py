"""Recordings of virtual worlds and of trainers, by sport, sub-sport, maker and program."""

from typing import Any

import pytest

from strava_mcp.recordings import read
from strava_mcp.recordings.recording import Recording
from strava_mcp.recordings.virtual_worlds import is_virtual_world
from tests.recordings.fit_maker import MORNING, activity, file_id, fit, ride

WATOPIA = (-11.6357, 166.9722)


def fit_of(head: dict[str, Any] | None = None, **session: Any) -> Recording:
    """Read a FIT file with a track. ``head``: fields of its file_id."""
    messages = activity(*ride(60), **session)
    (recording,) = read(fit([file_id(**head), *messages[1:]] if head else messages))
    return recording


def gpx(creator: str, kind: str) -> bytes:
    points = "".join(
        f'<trkpt lat="{WATOPIA[0] + s / 9000}" lon="{WATOPIA[1]}"><ele>{s}</ele>'
        f"<time>2025-04-01T14:55:{s:02d}Z</time></trkpt>"
        for s in range(0, 60, 5)
    )
    return (
        f'<gpx creator="{creator}" version="1.1" xmlns="http://www.topografix.com/GPX/1/1">'
        f"<trk><type>{kind}</type><trkseg>{points}</trkseg></trk></gpx>"
    ).encode()


def tcx(program: str) -> bytes:
    points = "".join(
        f"<Trackpoint><Time>2025-04-01T14:55:{s:02d}Z</Time><DistanceMeters>{8 * s}"
        "</DistanceMeters></Trackpoint>"
        for s in range(0, 60, 5)
    )
    return (
        '<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"'
        '><Activities><Activity Sport="Biking"><Id>2025-04-01T14:55:00Z</Id>'
        f'<Lap StartTime="2025-04-01T14:55:00Z"><Track>{points}</Track></Lap>'
        f"<Creator><Name>{program}</Name></Creator></Activity></Activities>"
        "</TrainingCenterDatabase>"
    ).encode()


@pytest.mark.parametrize(
    "head, session, sport",
    [
        (None, {"sub_sport": "virtual_activity"}, "VirtualRide"),
        (None, {"sub_sport": "virtual_activity", "sport": "running"}, "VirtualRun"),
        ({"manufacturer": "zwift", "product": 0}, {}, "VirtualRide"),
        ({"manufacturer": "mywhoosh", "product": 0}, {"sub_sport": "road"}, "VirtualRide"),
        ({"manufacturer": "virtualtraining"}, {"sub_sport": "indoor_cycling"}, "VirtualRide"),
        ({"manufacturer": "RGT_cycling", "product": 0}, {}, "VirtualRide"),
        ({"manufacturer": "bkool", "product_name": "Simulator"}, {}, "VirtualRide"),
        (
            {"manufacturer": "peaksware", "product_name": "TrainingPeaks Virtual"},
            {},
            "VirtualRide",
        ),
        ({"manufacturer": "development", "product_name": "ROUVY"}, {}, "VirtualRide"),
        ({"manufacturer": "zwift", "product": 0}, {"sport": "running"}, "VirtualRun"),
        ({"manufacturer": "zwift", "product": 0}, {"sport": "walking"}, "Walk"),
    ],
)
def test_virtual_worlds_of_fit_files(
    head: dict[str, Any] | None, session: dict[str, Any], sport: str
) -> None:
    recording = fit_of(head, **session)
    assert (recording.is_indoor, recording.sport) == (True, sport)


@pytest.mark.parametrize(
    "sport, sub_sport",
    [("running", "treadmill"), ("cycling", "indoor_cycling"), ("fitness_equipment", "elliptical")],
)
def test_machines_are_indoors(sport: str, sub_sport: str) -> None:
    recording = fit_of(sport=sport, sub_sport=sub_sport)
    assert recording.is_indoor and not (recording.sport or "").startswith("Virtual")


@pytest.mark.parametrize("sub_sport", ["generic", "road", "mountain", "track_cycling"])
def test_rides_of_bicycle_computers_are_outdoors(sub_sport: str) -> None:
    assert not fit_of(sub_sport=sub_sport).is_indoor


@pytest.mark.parametrize(
    "data, sport",
    [
        (gpx("Rouvy", "cycling"), "VirtualRide"),
        (gpx("StravaGPX", "VirtualRide"), "VirtualRide"),
        (gpx("StravaGPX Zwift", "Ride"), "VirtualRide"),
        (tcx("Zwift"), "VirtualRide"),
        (tcx("Kinomap"), "VirtualRide"),
    ],
)
def test_virtual_worlds_of_xml_files(data: bytes, sport: str) -> None:
    (recording,) = read(data)
    assert (recording.is_indoor, recording.sport) == (True, sport)


@pytest.mark.parametrize("data", [gpx("StravaGPX iPhone", "cycling"), tcx("Garmin Edge 530")])
def test_other_xml_files_are_outdoors(data: bytes) -> None:
    (recording,) = read(data)
    assert (recording.is_indoor, recording.sport) == (False, "Ride")


@pytest.mark.parametrize(
    "name",
    [
        *("Zwift", "ZWIFT", "zwift", "Zwift Run", "MyWhoosh", "My Whoosh", "indieVelo", "FulGaz"),
        *(
            "TrainingPeaks Virtual",
            "tpvirtual",
            "TP Virtual",
            "RGT_cycling",
            "Tacx App",
            "ifit_com",
        ),
        *("virtualtraining", "Virtual Training", "ROUVY AR", "BKOOL Cycling", "real_velo"),
        *("the_sufferfest", "Wahoo SYSTM"),
    ],
)
def test_names_of_virtual_worlds(name: str) -> None:
    assert is_virtual_world(None, name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "Garmin Edge 530", "Mi Fit", "Samsung Gear Fit2", "Amazfit GTR", "Wahoo ELEMNT"),
        *("TrainingPeaks", "Strava", "peaksware", "StravaGPX Android", "Real Steel", "Cycle Pro"),
    ],
)
def test_names_of_other_devices(name: str) -> None:
    assert not is_virtual_world(name) and not is_virtual_world(None)


@pytest.mark.parametrize(
    "offset_s",
    [
        *(-13 * 3600, 15 * 3600, 14 * 3600 + 900, -12 * 3600 - 900),
        *(1234, 5 * 3600 + 420, 90_000, -(MORNING + 3600)),  # the last one: a local time of 0
    ],
)
def test_impossible_offsets_are_ignored(offset_s: int) -> None:
    times = {"timestamp": MORNING + 3600, "local_timestamp": MORNING + 3600 + offset_s}
    (recording,) = read(fit(activity(*ride(60), ("ACTIVITY", times))))
    assert recording.offset_s is None


@pytest.mark.parametrize("offset_s", [-12 * 3600, 14 * 3600, -12_600, 20_700, 0, -25_200])
def test_offsets_of_time_zones_are_kept(offset_s: int) -> None:
    times = {"timestamp": MORNING + 3600, "local_timestamp": MORNING + 3600 + offset_s}
    (recording,) = read(fit(activity(*ride(60), ("ACTIVITY", times))))
    assert recording.offset_s == offset_s
