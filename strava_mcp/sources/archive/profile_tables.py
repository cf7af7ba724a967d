"""The smaller tables of an export: the athlete, bikes and shoes, routes, segments, clubs.

Columns are found by the words that exports were seen with, else by where they stand. The readers
take rows with the header first and are content with whatever is missing. Nothing is read that
could be used to write to the athlete or to sign in: no address, no telephone number, no device.

The export gives gear and clubs no ids, and so they get our own, from ``FIRST_OWN_ID`` on; gear has
Strava's own where an activity tells it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.sources.archive import route_files
from strava_mcp.sources.archive.catalog import dates
from strava_mcp.sources.archive.catalog.entry import Entry
from strava_mcp.sources.archive.catalog.headers import plain
from strava_mcp.sources.archive.catalog.numbers import parse_number
from strava_mcp.sources.archive.catalog.table import Row, SkippedRow, UnreadableTable, rows
from strava_mcp.sources.archive.export import Export
from strava_mcp.sources.source import FIRST_OWN_ID

Table = Sequence[Sequence[str]]

MAX_BYTES = 16 << 20
MAX_ROWS = 20_000
ID = re.compile(r"([1-9][0-9]{0,17})")
LINK = re.compile(r"\S*/segments/([1-9][0-9]{0,17})(?:[/?#]\S*)?")
ADDRESS = re.compile(r"\S+@\S+")
CLUB_SPORTS = ("cycling", "running", "triathlon", "other")
MIN_WEIGHT_KG, MAX_WEIGHT_KG = 20.0, 400.0
#: The words for a sex in the languages of exports → Strava's letter.
SEXES = {
    **dict.fromkeys(("m", "male", "man", "männlich", "homme", "masculin", "hombre", "uomo"), "M"),
    **dict.fromkeys(
        ("f", "female", "woman", "weiblich", "femme", "féminin", "mujer", "donna"), "F"
    ),
}
#: Our name → the words over its column, and where it stands where no word is known.
Columns = Mapping[str, tuple[tuple[str, ...], int | None]]
PROFILE: Columns = {
    "id": (("athlete id", "athleten-id"), 0),
    "firstname": (("first name", "vorname", "prénom"), 2),
    "lastname": (("last name", "nachname", "nom"), 3),
    "sex": (("sex", "gender", "geschlecht", "sexe"), 4),
    "bio": (("description", "beschreibung"), 5),
    "weight": (("weight", "gewicht", "poids"), 6),
    "city": (("city", "stadt", "ort", "ville"), 7),
    "state": (("state", "bundesland", "région"), 8),
    "country": (("country", "land", "pays"), 9),
}
BIKES: Columns = {
    "name": (("bike name", "fahrradname", "nom du vélo"), 0),
    "brand_name": (("bike brand", "fahrradmarke", "marque du vélo"), 1),
    "model_name": (("bike model", "fahrradmodell", "modèle du vélo"), 2),
}
SHOES: Columns = {
    "name": (("shoe name", "schuhname"), 0),
    "brand_name": (("shoe brand", "schuhmarke"), 1),
    "model_name": (("shoe model", "schuhmodell"), 2),
}
CLUBS: Columns = {
    "id": (("club id",), None),
    "name": (("club name", "clubname", "name des clubs", "nom du club"), 0),
    "description": (("club description",), 1),
    "club_type": (("club type",), 2),
    "sport_type": (("club sport",), 3),
    "city": (("city", "stadt", "ville"), 4),
    "country": (("country", "land", "pays"), 5),
    "state": (("state", "bundesland", "région"), 6),
}
MEMBERSHIPS: Columns = {"name": (CLUBS["name"][0], 1)}
SEGMENTS: Columns = {
    "id": (("segment id", "segment-id", "id du segment"), None),
    "name": (("segment name", "name", "segmentname", "nom du segment"), None),
}


def read(export: Export, gear_ids: Mapping[str, str] | None = None) -> dict[str, dict[str, JSON]]:
    """What the athlete has, by kind and then by id, each in Strava's shape.

    Kinds: ``athlete`` (under that word itself, DetailedAthlete), ``gear`` (SummaryGear; bikes' ids
    begin with ``b``), ``clubs`` (SummaryClub), ``starred_segments`` (SummarySegment), ``routes``
    (see ``routefiles``). ``gear_ids``: see the function of that name.
    """
    found = athlete(_table(export, "profile.csv"))
    bikes, shoes = _table(export, "bikes.csv"), _table(export, "shoes.csv")
    joined = clubs(_table(export, "clubs.csv"), _table(export, "memberships.csv"))
    starred = segments(_table(export, "starred_segments.csv"))
    return {
        "athlete": {"athlete": found} if found else {},
        "gear": {item["id"]: item for item in gear(bikes, shoes, gear_ids or {})},
        "clubs": {str(item["id"]): item for item in joined},
        "starred_segments": {str(item["id"]): item | {"starred": True} for item in starred},
        "routes": route_files.read(export, routes(_table(export, "routes.csv"))),
    }


def gear_ids(entries: Iterable[Entry | SkippedRow]) -> dict[str, str]:
    """Names of gear → Strava's ids of it, as far as activities tell both; the last one counts."""
    facts = (entry.fields for entry in entries if isinstance(entry, Entry))
    pairs = ((item.get("gear_name"), item.get("gear_id")) for item in facts)
    return {name: identity for name, identity in pairs if name and identity}


def athlete(table: Table) -> JSON:
    """profile.csv as a DetailedAthlete, weight in kg; empty where there is none."""
    profile = next(iter(_records(table, PROFILE)), {})
    found: JSON = {
        name: text
        for name, text in profile.items()
        if name not in ("id", "sex", "weight") and not ADDRESS.fullmatch(text)
    }
    if identity := ID.fullmatch(profile.get("id", "")):
        found["id"] = int(identity[1])
    if sex := SEXES.get(profile.get("sex", "").casefold()):
        found["sex"] = sex
    try:
        weight = parse_number(profile.get("weight", ""))
    except ValueError:
        return found
    return found | ({"weight": weight} if MIN_WEIGHT_KG <= weight <= MAX_WEIGHT_KG else {})


def gear(bikes: Table, shoes: Table, ids: Mapping[str, str]) -> list[JSON]:
    """bikes.csv and shoes.csv: id, name, brand_name, model_name. ``ids``: of names."""
    found: list[JSON] = []
    for letter, table, columns in (("b", bikes, BIKES), ("g", shoes, SHOES)):
        for record in _records(table, columns):
            name = record.get("name") or " ".join(record.values())
            own = f"{letter}{FIRST_OWN_ID + len(found)}"
            known = ids.get(name, own)
            found.append({"id": known if known[0] == letter else own, **record, "name": name})
    return found


def clubs(table: Table, memberships: Table) -> list[JSON]:
    """clubs.csv, and the clubs that only memberships.csv names (SummaryClub)."""
    found = {record["name"]: record for record in _records(table, CLUBS) if "name" in record}
    for record in _records(memberships, MEMBERSHIPS):
        if "name" in record:
            found.setdefault(record["name"], record)
    return [_club(record, FIRST_OWN_ID + n) for n, record in enumerate(found.values())]


def _club(record: Mapping[str, str], own_id: int) -> JSON:
    identity = ID.fullmatch(record.get("id", ""))
    club: JSON = {**record, "id": int(identity[1]) if identity else own_id, "resource_state": 2}
    sport = str(club.pop("sport_type", "")).casefold()
    return club | ({"sport_type": sport} if sport in CLUB_SPORTS else {})


def segments(table: Table) -> list[JSON]:
    """segments.csv or starred_segments.csv: id and name (SummarySegment).

    Where no word over a column is known, the id is a link to the segment or the first whole number,
    and the name the first text that is neither that nor a date.
    """
    found = []
    for record, cells in zip(_records(table, SEGMENTS), _filled(table), strict=True):
        links = [match for cell in cells if (match := LINK.fullmatch(cell))]
        numbers = [match for cell in cells if (match := ID.fullmatch(cell))]
        identity = ID.fullmatch(record.get("id", "")) or next(iter(links + numbers), None)
        if identity is None:
            continue
        name = record.get("name") or next(filter(_is_name, cells), f"Segment {identity[1]}")
        found.append({"id": int(identity[1]), "name": name, "resource_state": 2})
    return found


def _is_name(text: str) -> bool:
    """Whether a cell is words: no number, no link, no date."""
    if "://" in text or LINK.fullmatch(text) or not any(letter.isalpha() for letter in text):
        return False
    try:
        dates.parse_date(text)
    except ValueError:
        return True
    return False


def routes(table: Table) -> list[JSON]:
    """routes.csv: the name of each route, and its file within the export."""
    found = []
    for cells in _filled(table):
        file = next((cell for cell in cells if cell.startswith("routes/")), None)
        if file:
            name = next((cell for cell in cells if cell != file), file)
            found.append({"name": name, "file": file})
    return found


def _table(export: Export, name: str) -> Table:
    """The rows of a table; none where it is missing or cannot be read."""
    if name not in export.names:
        return []
    try:
        some = islice(rows(lambda: export.open(name, MAX_BYTES)), MAX_ROWS)
        return [row.cells for row in some if isinstance(row, Row)]
    except (CorruptFile, UnreadableTable):
        return []


def _filled(table: Table) -> list[list[str]]:
    """The rows below the header, without space around what they say."""
    found = ([cell.strip() for cell in cells] for cells in table[1:])
    return [[cell for cell in cells if cell] for cells in found if any(cells)]


def _records(table: Table, columns: Columns) -> list[dict[str, str]]:
    """The rows below the header by our names; what is empty has none."""
    places = _places(table[0] if table else (), columns)
    found = []
    for cells in table[1:]:
        if any(cell.strip() for cell in cells):
            said = {name: cells[at].strip() for name, at in places.items() if at < len(cells)}
            found.append({name: text for name, text in said.items() if text})
    return found


def _places(header: Sequence[str], columns: Columns) -> dict[str, int]:
    """Where each column is: by its words, else as usual, if those that have words are, too."""
    heads = [plain(head) for head in header]
    found = {
        name: heads.index(word)
        for name, (words, _) in columns.items()
        for word in reversed(words)
        if word in heads
    }
    if all(columns[name][1] in (at, None) for name, at in found.items()):
        usual = ((name, position) for name, (_, position) in columns.items())
        found = {name: at for name, at in usual if at is not None} | found
    return found
