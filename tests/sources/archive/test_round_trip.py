"""An export of the sandbox's athlete gives the same answers as the sandbox, through every tool that
reads, in every field that an export contains.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.context import Context
from strava_mcp.errors import NotSupported
from strava_mcp.identity import READ, Principal
from strava_mcp.json_types import JSON
from strava_mcp.sandbox.notice import SITE
from strava_mcp.sources.source import Source
from strava_mcp.store import open_store
from strava_mcp.tools import load_tools
from strava_mcp.tools.registry import Reply
from tests.clock import Clock
from tests.conftest import SHARED_COUNT
from tests.rig import Rig
from tests.season_day import YESTERDAY
from tests.sources.archive.imported import archive_of, import_sandbox

pytestmark = pytest.mark.no_cover


#: Fields that an export does not contain: what others did, ranks, visibility, options of forms, and
#: the device if the file format does not name it.
UNKNOWN = {
    *("kudos", "comments", "achievements", "personal_records", "pr_rank", "kom_rank"),
    *("segment_efforts", "visibility", "trainer", "hide_from_home", "device", "workout", "note"),
    *("since", "ftp_watts", "bio", "city", "state", "country", "measurement_preference"),
}
#: Fields that only the export has, or that are computed because it lacks them.
MORE = {"computed", "private_note", "perceived_exertion", "weather", "start_utc", "timezone_from"}
#: Fields that depend on all activities; the export has the newest.
OF_ALL = {"load", "load_from", "load_basis", "records"}
#: Fields that are unknown without a recording: the export has UTC only.
CLOCK = ("start_local", "timezone")
#: If the device wrote no ascent for a lap, this little is within the noise of its altitude.
LITTLE_M = 5
#: Sports whose splits are compared. On foot uphill, a recording without a timer rests below 30
#: minutes per mile, as on Strava; the sandbox's athlete never rests.
STEADY = ("Run", "Ride", "GravelRide", "VirtualRide", "Swim")
#: Field → maximum difference, due to rounding of the formats and to samples that were dropped (one
#: per 15 s is left).
NEAR: dict[str, float] = {
    "distance": 0.02,
    "average_heartrate": 1,
    "average_cadence": 2,
    "speed": 0.1,
    "max_speed": 0.2,
    "elevation_gain": 1,
    "elevation_low": 1,
    "elevation_high": 1,
    "elevation_change": 2,
    "calories": 1,
    "kilojoules": 1,
    "weighted_watts": 1,
    "average_watts": 1,
    "estimated_watts": 1,
    "max_watts": 1,
    "relative_effort": 1,
    "max_heartrate": 1,
}
SECONDS_NEAR = 8
KEYS = (
    *("time", "distance", "altitude", "heartrate", "velocity_smooth", "cadence", "watts"),
    *("temp", "moving", "grade_smooth", "latlng"),
)
TIME = re.compile(r"(?:(\d+):)?(\d+):(\d\d)")


@pytest.fixture(scope="module")
def live(season_clock: Clock) -> Iterator[Source]:
    """The sandbox, whose replies are like those of Strava: none says that its data is invented."""
    store = open_store("sqlite://:memory:")
    source = Rig(store).source
    source.is_invented = False
    yield source
    store.close()


@pytest.fixture(scope="module")
def archive(season_clock: Clock, season_home: Path) -> Source:
    return archive_of(season_home)


@pytest.fixture(scope="module")
def ids(archive: Source) -> list[int]:
    return [activity["id"] for activity in archive.activities(per_page=200)]


def ask(source: Source, name: str, /, **arguments: Any) -> JSON:
    tool = load_tools()[name]
    ctx = Context(Principal("test", frozenset({READ})), optional_source=source)
    reply = tool.function(ctx, tool.load(arguments))
    structured = reply.structured if isinstance(reply, Reply) else reply
    assert structured is not None
    if not source.is_invented:
        return structured
    # The archive takes the same activities for real ones: compare them as such.
    text = json.dumps(structured).replace(SITE, "https://www.strava.com")
    compared: JSON = json.loads(text)
    for part in (compared, compared.get("metadata", {})):
        part.pop("data", None)
    return compared


def seconds(text: str) -> int | None:
    """Parse a time or a pace to seconds."""
    match = TIME.fullmatch(text)
    return int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3]) if match else None


def differences(live: Any, copy: Any, where: str = "", near: float = 0) -> list[str]:
    """List where the copy differs from the original, or lacks what it should have."""
    if isinstance(live, dict) and isinstance(copy, dict):
        problems = [
            f"{where}.{key}: only in one: {live.get(key)!r} {copy.get(key)!r}"
            for key in live.keys() ^ copy.keys()
            if key not in UNKNOWN | MORE | OF_ALL
            and not (key in CLOCK and "start_utc" in copy)
            and not (key == "elevation_gain" and live.get(key, 0) <= LITTLE_M)
        ]
        for key in live.keys() & copy.keys() - UNKNOWN - OF_ALL:
            is_lap_gain = key == "elevation_gain" and "[" in where
            near = LITTLE_M if is_lap_gain else NEAR.get(key, 0)
            problems += differences(live[key], copy[key], f"{where}.{key}", near)
        return problems
    if isinstance(live, list) and isinstance(copy, list):
        if len(live) != len(copy):
            return [f"{where}: {len(live)} and {len(copy)}"]
        pairs = enumerate(zip(live, copy, strict=True))
        return [d for i, (a, b) in pairs for d in differences(a, b, f"{where}[{i}]")]
    if isinstance(live, str) and isinstance(copy, str) and seconds(live) is not None:
        apart = abs((seconds(live) or 0) - (seconds(copy) or 0))
        is_near = apart <= (
            SECONDS_NEAR if "[" in where else 0
        )  # of laps and splits, which have an index
        return [] if is_near else [f"{where}: {live} and {copy}"]
    if isinstance(live, (int, float)) and isinstance(copy, (int, float)):
        return [] if abs(live - copy) <= near + 1e-9 else [f"{where}: {live} and {copy}"]
    if where.endswith("timezone") and str(copy).startswith("(GMT"):
        return []  # indoors only the offset is known, not the zone
    return [] if live == copy else [f"{where}: {live!r} and {copy!r}"]


def test_lists(live: Source, archive: Source, ids: list[int]) -> None:
    rows = ask(archive, "get_activities", per_page=30)["activities"]
    last = rows[0]["start_local"][:10]
    arguments = {"date_range": f"{rows[-1]['start_local'][:10]}..{last}", "per_page": 200}
    there, here = (ask(source, "get_activities", **arguments) for source in (live, archive))
    assert len(here["activities"]) >= 20
    assert differences(there["activities"], here["activities"]) == []
    assert there["units"] == here["units"] and there["link"] == here["link"]


@pytest.mark.parametrize("units, count", [("metric", SHARED_COUNT), ("imperial", 15)])
def test_each_activity(
    live: Source, archive: Source, ids: list[int], units: str, count: int
) -> None:
    problems = []
    for number in ids[:count]:
        pair = (ask(s, "get_activity_by_id", id=number, units=units) for s in (live, archive))
        problems += [f"{number}{d}" for d in differences(*pair)]
    assert problems == []


@pytest.fixture(scope="module")
def whole(season_clock: Clock, tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Fourteen activities with one sample per second."""
    folder = tmp_path_factory.mktemp("whole")
    return archive_of(import_sandbox(folder, 14, every_s=1, today=YESTERDAY))


def test_laps_splits_and_best_efforts(live: Source, whole: Source) -> None:
    problems, seen = [], set()
    for row in whole.activities():
        pair = [ask(s, "get_activity_by_id", id=row["id"], detail="full") for s in (live, whole)]
        for part in ("laps", "splits", "best_efforts"):
            if part == "splits" and row["sport_type"] not in STEADY:
                continue
            there, here = (reply.get(part, []) for reply in pair)
            for split in there if part == "splits" else ():
                split.pop("average_heartrate", None)  # the sandbox's includes pauses
            for split in here if part == "splits" else ():
                split.pop("average_heartrate", None)
            if there and (here or part != "laps"):  # GPX has no laps
                problems += [f"{row['id']}.{d}" for d in differences(there, here, part)]
                seen.add(part)
    assert problems == []
    assert seen == {"laps", "splits", "best_efforts"}


def test_recordings_sample_by_sample(live: Source, whole: Source) -> None:
    # GPX has no distance: it is measured along rounded positions.
    near = {"distance": 0.01, "altitude": 0.001}
    compared = set()
    for row in whole.activities():
        if row["manual"]:
            continue
        there, here = (source.streams(row["id"], KEYS) for source in (live, whole))
        assert here["time"]["data"] == there["time"]["data"]
        for key in here.keys() & there.keys() - {"latlng", "moving"}:
            apart = [abs(a - b) for a, b in zip(there[key]["data"], here[key]["data"], strict=True)]
            if key in ("grade_smooth", "velocity_smooth"):  # GPX has neither: they are computed
                assert sum(apart) / len(apart) < {"grade_smooth": 1, "velocity_smooth": 0.1}[key]
                compared.add(key)
                continue
            largest = max(map(abs, there[key]["data"]))
            assert max(apart) <= near.get(key, 0) * max(1000, largest), (row["id"], key)
            compared.add(key)
        if row["sport_type"] == "VirtualRide":
            assert "latlng" in there and "latlng" not in here
            continue
        for a, b in zip(*(s.get("latlng", {}).get("data", []) for s in (there, here)), strict=True):
            assert a == pytest.approx(b, abs=2e-6)
        if "moving" in here:
            pairs = zip(there["moving"]["data"], here["moving"]["data"], strict=True)
            # Uphill, the sandbox's runner moves slower than 30 minutes per mile, which is resting.
            share = 0.07 if row["sport_type"] == "TrailRun" else 0.02
            assert sum(a != b for a, b in pairs) <= share * len(there["moving"]["data"]) + 2
    assert compared >= {"distance", "heartrate", "altitude", "velocity_smooth", "cadence", "watts"}


def test_stream_statistics(live: Source, whole: Source) -> None:
    for row in whole.activities():
        if row["manual"]:
            continue
        there, here = (ask(s, "get_activity_streams", id=row["id"]) for s in (live, whole))
        assert there["samples"] == here["samples"]
        assert here["link"] == there["link"]
        for key in here["streams"].keys() & there["statistics"].keys() - {"velocity_smooth"}:
            assert here["statistics"][key] == pytest.approx(
                there["statistics"][key], rel=0.02, abs=1
            )


def test_athlete_and_gear(live: Source, archive: Source) -> None:
    there, here = (ask(source, "get_athlete") for source in (live, archive))
    assert (there["id"], there["name"], there["sex"]) == (here["id"], here["name"], here["sex"])
    assert there["weight"] == here["weight"] and there["link"] == here["link"]
    names = {item["name"] for item in there["bikes"] + there["shoes"]}
    assert {item["name"] for item in here["bikes"] + here["shoes"]} >= names
    worn = {a["gear_id"] for a in archive.activities(per_page=200) if a.get("gear_id")}
    for gear_id in worn:
        pair = [ask(source, "get_gear", id=gear_id) for source in (live, archive)]
        for key in ("id", "name", "brand", "model"):
            assert pair[0][key] == pair[1][key]


def test_routes_clubs_and_segments(live: Source, archive: Source) -> None:
    there, here = (ask(source, "get_routes")["routes"] for source in (live, archive))
    assert [route["name"] for route in here] == [route["name"] for route in there]
    for route, other in zip(here, there, strict=True):
        assert route["distance"] == pytest.approx(other["distance"], rel=0.01)
        assert ask(archive, "export_route", id=route["id"])["bytes"] > 1000
    clubs = [{c["name"] for c in ask(s, "get_clubs")["clubs"]} for s in (live, archive)]
    assert clubs[0] == clubs[1]
    starred = [ask(s, "list_starred_segments")["segments"] for s in (live, archive)]
    assert [(s["id"], s["name"]) for s in starred[0]] == [(s["id"], s["name"]) for s in starred[1]]


def test_search_and_fetch(live: Source, archive: Source, ids: list[int]) -> None:
    row = archive.activities(per_page=1)[0]
    day = row["start_date_local"][:10]
    there, here = (ask(s, "search", query=f"{row['sport_type']} {day}") for s in (live, archive))
    assert here["results"] == there["results"] and here["results"]
    documents = [ask(source, "fetch", id=str(row["id"])) for source in (live, archive)]
    assert documents[0]["title"] == documents[1]["title"]
    there, here = (document["metadata"] for document in documents)
    assert differences({key: there[key] for key in here}, here) == []


@pytest.mark.parametrize(
    "name, arguments",
    [
        ("get_activity_zones", {}),
        ("get_activity_social", {}),
        ("star_segment", {"id": 7011001}),
        ("create_activity", None),
        ("update_activity", {"name": "Another"}),
    ],
)
def test_unsupported_tools_are_refused(
    archive: Source, ids: list[int], name: str, arguments: JSON | None
) -> None:
    given: JSON = {"id": ids[0], **arguments} if arguments is not None else {}
    if name == "create_activity":
        given = {"name": "x", "sport_type": "Run", "elapsed_time": 60}
        given["start_date_local"] = "2026-03-01T10:00:00"
    with pytest.raises(NotSupported, match="export"):
        ask(archive, name, **given)


def test_data_that_only_the_export_has(archive: Source, ids: list[int]) -> None:
    replies = [ask(archive, "get_activity_by_id", id=number) for number in ids]
    for key in ("private_note", "perceived_exertion", "weather", "gear", "computed"):
        assert any(key in reply for reply in replies), key
    status = ask(archive, "get_connection_status")
    assert status["source"] == "archive" and status["activities"] == SHARED_COUNT
    latest = archive.activities(per_page=1)[0]["start_date"][:10]
    assert latest in status["freshness"]


def test_lists_have_the_exertion_that_loads_rest_on(archive: Source) -> None:
    """Else an activity without heart rate has a load by itself, and none in a list or a week."""
    rows = archive.activities(per_page=SHARED_COUNT)
    exertions = [row.get("perceived_exertion") for row in rows]
    assert any(exertions)
    assert exertions == [archive.activity(row["id"]).get("perceived_exertion") for row in rows]


def test_segment_without_efforts(archive: Source) -> None:
    number = archive.starred_segments()[0]["id"]
    assert "does not contain efforts" in ask(archive, "get_segment", id=number)["note"]


def test_files_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    home = import_sandbox(tmp_path, count=2, every_s=60)
    modes = {path.name: path.stat().st_mode & 0o777 for path in home.iterdir()}
    assert modes and set(modes.values()) == {0o600}
