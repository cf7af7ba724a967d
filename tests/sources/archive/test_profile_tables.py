"""The profile tables of an export: in every language, incomplete, and damaged."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_mcp.sources.archive import profile_tables
from strava_mcp.sources.archive.catalog import SkippedRow
from strava_mcp.sources.archive.catalog.entry import Entry
from strava_mcp.sources.archive.export import Export, open_export
from strava_mcp.sources.archive.route_files import ListedRoute
from strava_mcp.sources.source import FIRST_OWN_ID

PROFILE = "Athlete ID,Email Address,First Name,Last Name,Sex,Description,Weight,City,State,Country"
GERMAN_PROFILE = (
    "Athleten-ID,E-Mail-Adresse,Vorname,Nachname,Geschlecht,Beschreibung,Gewicht,Ort,"
    "Bundesland,Land"
)
MIRA = "9001,mira@example.com,Mira,Berg,F,Hills.,61.5,Zürich,ZH,Switzerland"
BIKES = "Bike Name,Bike Brand,Bike Model,Bike Default Sport Types"
SHOES = "Shoe Name,Shoe Brand,Shoe Model,Shoe Default Sport Types"
CLUBS = "Club Name,Club Description,Club Type,Club Sport,City,Country,State,Club Website"


def table(*lines: str) -> list[list[str]]:
    return [line.split(",") for line in lines]


@pytest.mark.parametrize("header", [PROFILE, GERMAN_PROFILE, "ид,почта,имя,фам,пол,о,вес,г,р,с"])
def test_athlete_without_email_address(header: str) -> None:
    assert profile_tables.athlete(table(header, MIRA)) == {
        **{"id": 9001, "firstname": "Mira", "lastname": "Berg", "sex": "F", "bio": "Hills."},
        **{"weight": 61.5, "city": "Zürich", "state": "ZH", "country": "Switzerland"},
    }


def test_profile_with_missing_columns_is_read_by_headers() -> None:
    profile = profile_tables.athlete(table("First Name,Last Name,City", "Mira,Berg,Zürich"))
    assert profile == {"firstname": "Mira", "lastname": "Berg", "city": "Zürich"}


def test_email_address_is_never_read() -> None:
    profile = profile_tables.athlete(table("a,b,c,d", "1,Mira,mira@example.com,Berg"))
    assert profile == {"id": 1, "lastname": "Berg"}


@pytest.mark.parametrize("text, sex", [("Male", "M"), ("weiblich", "F"), ("M", "M"), ("?", None)])
def test_sex_is_a_strava_code(text: str, sex: str | None) -> None:
    assert profile_tables.athlete(table("Sex", text)).get("sex") == sex


@pytest.mark.parametrize("text", ["", "NaN", "-3", "5000", "heavy"])
def test_implausible_weight_is_left_out(text: str) -> None:
    assert profile_tables.athlete(table("First Name,Weight", f"Mira,{text}")) == {
        "firstname": "Mira"
    }


def test_gear_has_its_strava_id_if_an_activity_gives_it() -> None:
    bikes = table(BIKES, "Commuter,Demo,Urban 8,Ride", "Racer,Demo,,Ride")
    shoes = table(SHOES, "Racer,Asics,Novablast,Run")
    items = profile_tables.gear(bikes, shoes, {"Commuter": "b77", "Racer": "g88"})
    assert items == [
        {"id": "b77", "name": "Commuter", "brand_name": "Demo", "model_name": "Urban 8"},
        {"id": f"b{FIRST_OWN_ID + 1}", "name": "Racer", "brand_name": "Demo"},
        {"id": "g88", "name": "Racer", "brand_name": "Asics", "model_name": "Novablast"},
    ]


@pytest.mark.parametrize(
    "header, row",
    [
        ("Fahrradname,Fahrradmarke,Fahrradmodell", "Patria,Patria,Ranger"),
        ("имя,марка,модель", "Patria,Patria,Ranger"),
        ("Bike ID,Bike Name,Bike Brand,Bike Model", "b1,Patria,Patria,Ranger"),
    ],
)
def test_bikes_with_other_headers(header: str, row: str) -> None:
    (item,) = profile_tables.gear(table(header, row), [], {})
    assert (item["name"], item["brand_name"], item["model_name"]) == (
        *("Patria", "Patria"),
        "Ranger",
    )


def test_shoes_without_a_name_are_named_by_brand_and_model() -> None:
    (item,) = profile_tables.gear([], table(SHOES, ",Asics,Novablast,Run", ",,,"), {})
    assert item["name"] == "Asics Novablast"


def test_gear_ids_are_collected_from_activities() -> None:
    entries: list[Entry | SkippedRow] = [
        Entry(1, {"gear_name": "Commuter", "gear_id": "b77"}),
        Entry(2, {"gear_name": "Old"}),
        SkippedRow(4, "no id"),
        Entry(3, {"gear_id": "g5"}),
    ]
    assert profile_tables.gear_ids(entries) == {"Commuter": "b77"}


def test_clubs_and_memberships() -> None:
    clubs = table(CLUBS, "Lunch Runners,At noon,casual_club,Running,Oslo,Norway,,")
    members = table("Join Date,Club Name", "x,Lunch Runners", "x,Night Riders", "x,")
    rows = profile_tables.clubs(clubs, members)
    assert rows == [
        {
            **{"name": "Lunch Runners", "description": "At noon", "club_type": "casual_club"},
            **{"city": "Oslo", "country": "Norway", "id": FIRST_OWN_ID, "resource_state": 2},
            "sport_type": "running",
        },
        {"name": "Night Riders", "id": FIRST_OWN_ID + 1, "resource_state": 2},
    ]


def test_a_club_keeps_the_id_that_an_export_gives() -> None:
    (club,) = profile_tables.clubs(table("Club ID,Club Name,Member Count", "900,Runners,412"), [])
    assert club == {"id": 900, "name": "Runners", "resource_state": 2}


@pytest.mark.parametrize(
    "header, row",
    [
        ("Segment ID,Segment Name,Date", "229781,Hawk Hill,1/2/2024"),
        ("Segment-ID,Segmentname,Datum", "229781,Hawk Hill,09.12.2022"),
        ("дата,сегмент,ссылка", "6 мая 2024,Hawk Hill,https://www.strava.com/segments/229781"),
        ("Name,Link", "Hawk Hill,https://www.strava.com/segments/229781?filter=overall"),
        ("дата,номер,сегмент", "5/6/2024,229781,Hawk Hill"),
    ],
)
def test_segments_of_every_header(header: str, row: str) -> None:
    rows = profile_tables.segments(table(header, row))
    assert rows == [{"id": 229781, "name": "Hawk Hill", "resource_state": 2}]


def test_segment_needs_an_id_but_no_name() -> None:
    rows = profile_tables.segments(table("Segment ID,Date", ",May 6 2024", "7,May 6 2024"))
    assert rows == [{"id": 7, "name": "Segment 7", "resource_state": 2}]


def test_routes_are_listed_by_file() -> None:
    rows = table("Route Name,Route Filename", "Round,routes/1.gpx", "Lost,", ",routes/2.gpx")
    assert profile_tables.routes(rows) == [
        ("Round", "routes/1.gpx"),
        ("routes/2.gpx", "routes/2.gpx"),
    ]


@pytest.mark.parametrize("rows", [[], [[]], [[""]], table(PROFILE), [["a"], [], [""]]])
def test_empty_tables(rows: list[list[str]]) -> None:
    assert profile_tables.athlete(rows) == {}
    assert profile_tables.gear(rows, rows, {}) == profile_tables.clubs(rows, rows) == []
    assert profile_tables.segments(rows) == profile_tables.routes(rows) == []


cells = st.lists(st.lists(st.text(max_size=12) | st.sampled_from(["7", "Name", "Sex"]), max_size=8))


@given(cells)
def test_any_table(rows: list[list[str]]) -> None:
    profile_tables.athlete(rows)
    assert all(item["name"] is not None for item in profile_tables.gear(rows, rows, {}))
    assert all(item["id"] > 0 for item in profile_tables.clubs(rows, rows))
    assert all(item["id"] > 0 and item["name"] for item in profile_tables.segments(rows))
    profile_tables.routes(rows)


def export(folder: Path, **files: str | bytes) -> dict[str, Any]:
    (folder / "activities.csv").write_text("Activity ID\n")
    for name, content in files.items():
        written = content if isinstance(content, bytes) else content.encode()
        (folder / f"{name}.csv").write_bytes(written)
    with open_export(folder) as opened:
        return profile_tables.read(opened, {"Commuter": "b77"})


def test_a_whole_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(_: Export, listed: Iterable[ListedRoute]) -> dict[str, Any]:
        return {route.file: {"name": route.name} for route in listed}

    monkeypatch.setattr(profile_tables.route_files, "read", read)
    tables = export(
        tmp_path,
        profile=f"\ufeff{PROFILE}\r\n{MIRA}\r\n",
        bikes=f'{BIKES}\n"Commuter",Demo,"Urban, 8",Ride\n',
        shoes=f"{SHOES}\n",
        starred_segments="Segment ID,Segment Name,Date\n229781,Hawk Hill,x\n",
        memberships="Join Date,Club Name\nx,Runners\n",
        routes="Route Name,Route Filename\nRound,routes/1.gpx\n",
    )
    assert tables["athlete"]["athlete"]["firstname"] == "Mira"
    assert tables["gear"]["b77"]["model_name"] == "Urban, 8"
    assert tables["clubs"][str(FIRST_OWN_ID)]["name"] == "Runners"
    assert tables["starred_segments"]["229781"]["starred"] is True
    assert tables["routes"]["routes/1.gpx"]["name"] == "Round"
    assert "example.com" not in str(tables)


def test_export_without_profile_tables(tmp_path: Path) -> None:
    kinds = ("athlete", "gear", "clubs", "starred_segments", "routes")
    assert export(tmp_path) == {kind: {} for kind in kinds}


@pytest.mark.parametrize("content", [b"", b"\0\xff\xfe", b'"open', b"a\n" * 30_000])
def test_damaged_tables_are_ignored(tmp_path: Path, content: bytes) -> None:
    names = ("profile", "bikes", "shoes", "clubs", "memberships", "starred_segments", "routes")
    tables = export(tmp_path, **dict.fromkeys(names, content))
    assert len(tables["gear"]) <= 2 * profile_tables.MAX_ROWS and not tables["routes"]


def test_oversized_table_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile_tables, "MAX_BYTES", 100)
    assert export(tmp_path, profile=f"{PROFILE}\n{MIRA}\n")["athlete"] == {}
