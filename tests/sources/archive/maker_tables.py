"""The other files of an export: profile, bikes, shoes, routes, segments, clubs, and ignored files.

The English headers of profile, bikes, shoes, routes and clubs are those of real exports. The German
ones are our translations in the same order; no real ones were available.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from strava_mcp.sandbox import gear
from strava_mcp.sandbox.athlete import MIRA, Athlete
from strava_mcp.sandbox.clubs import CLUBS
from strava_mcp.sandbox.routes import ROUTES, gpx
from strava_mcp.sandbox.segments import SEGMENTS
from strava_mcp.sandbox.state import INITIALLY_STARRED
from tests.sources.archive.maker_csv import Wording

PICTURE = "media/3f1c8a52-0000-4000-8000-6d1e5b0f9c11.jpg"
SHOE_IDS = ("g21570002", "g21572023", "g21572024", "g21572025", "g21572026")
ENGLISH = {
    "profile.csv": "Athlete ID,Email Address,First Name,Last Name,Sex,Description,Weight,City,"
    "State,Country",
    "bikes.csv": "Bike Name,Bike Brand,Bike Model,Bike Default Sport Types",
    "shoes.csv": "Shoe Name,Shoe Brand,Shoe Model,Shoe Default Sport Types",
    "routes.csv": "Route Name,Route Filename",
    "starred_segments.csv": "Segment ID,Segment Name,Date",
    "clubs.csv": "Club Name,Club Description,Club Type,Club Sport,City,Country,State,"
    "Club Website,Cover Photo,Club Picture",
}
GERMAN = {
    "profile.csv": "Athleten-ID,E-Mail-Adresse,Vorname,Nachname,Geschlecht,Beschreibung,Gewicht,"
    "Ort,Bundesland,Land",
    "bikes.csv": "Fahrradname,Fahrradmarke,Fahrradmodell,Standardsportarten des Fahrrads",
    "shoes.csv": "Schuhname,Schuhmarke,Schuhmodell,Standardsportarten des Schuhs",
    "routes.csv": "Name der Route,Dateiname der Route",
    "starred_segments.csv": "Segment-ID,Segmentname,Datum",
    "clubs.csv": "Name des Clubs,Beschreibung des Clubs,Clubart,Sportart des Clubs,Ort,Land,"
    "Bundesland,Website des Clubs,Titelbild,Bild des Clubs",
}
OTHERS = {
    "comments.csv": "Activity ID,Comment Date,Comment\n",
    "followers.csv": "Follower Athlete ID,Follow Status,Favorite Status\n",
    "goals.csv": "Goal Type,Activity Type,Goal,Start Date,End Date,Segment ID,Time Period,"
    "Interval Time\n",
    "privacy_zones.csv": "",
    "messaging.json": "{}",
}


def tables(athlete: Athlete, wording: Wording) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each file. Only Mira has gear and routes."""
    owns = athlete is MIRA
    rows: dict[str, list[list[Any]]] = {
        "profile.csv": [_profile(athlete)],
        "bikes.csv": [_thing(gear_id, "Ride") for gear_id in gear.BIKES if owns],
        "shoes.csv": [_thing(gear_id, "Run") for gear_id in SHOE_IDS if owns],
        "routes.csv": [
            [route.name, f"routes/{n}.gpx"] for n, route in enumerate(ROUTES.values(), 1) if owns
        ],
        "starred_segments.csv": [
            [number, SEGMENTS[number].name, "May 1, 2024, 10:00:00 AM"]
            for number in INITIALLY_STARRED
        ],
        "clubs.csv": [
            [club["name"], "", "", club["sport_type"], club["city"], club["country"]]
            for club in CLUBS
        ],
    }
    headers = GERMAN if wording == "german" else ENGLISH
    for name, lines in rows.items():
        yield name, _table(headers[name].split(","), lines)
    for number, route in enumerate(ROUTES.values(), 1):
        if owns:
            yield f"routes/{number}.gpx", gpx(route).encode()
    for name, text in OTHERS.items():
        yield name, text.encode()
    yield PICTURE, b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(64) + b"\xff\xd9"


def _profile(athlete: Athlete) -> list[Any]:
    return [
        *(athlete.id, f"{athlete.seed}@example.com", athlete.firstname, athlete.lastname),
        *(athlete.sex, "Invented athlete of the sandbox.", athlete.weight_kg),
        *("Zürich", "Zürich", "Switzerland"),
    ]


def _thing(gear_id: str, sport: str) -> list[Any]:
    item = gear.gear(gear_id)
    assert item
    return [item["name"], item["brand_name"], item["model_name"], sport]


def _table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([*row, *[""] * (len(header) - len(row))] for row in rows)
    return text.getvalue().encode()
