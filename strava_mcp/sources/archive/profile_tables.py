"""The smaller tables of an export: the athlete, bikes and shoes, routes, segments and clubs.

Columns are found by header, else by position (``profile_columns``). All of them are optional.

The export has no ids of gear and clubs, so they get ids of ours, from ``FIRST_OWN_ID`` on; gear has
Strava's id if an activity gives it.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import islice

from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.sources.archive import route_files
from strava_mcp.sources.archive.catalog import dates
from strava_mcp.sources.archive.catalog.entry import Entry
from strava_mcp.sources.archive.catalog.numbers import parse_number
from strava_mcp.sources.archive.catalog.table import Row, SkippedRow, UnreadableTable, read_rows
from strava_mcp.sources.archive.export import Export
from strava_mcp.sources.archive.profile_columns import (
    BIKES,
    CLUBS,
    MEMBERSHIPS,
    PROFILE,
    SEGMENTS,
    SHOES,
    Record,
    Table,
    records,
    texts,
)
from strava_mcp.sources.source import FIRST_OWN_ID

MAX_BYTES = 4 << 20
MAX_ROWS = 20_000
ID = re.compile(r"([1-9][0-9]{0,17})")
#: Within a text without spaces. Neither pattern may match in several ways: cells are long.
LINK = re.compile(r"/segments/([1-9][0-9]{0,17})(?![^/?#])")
EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
CLUB_SPORTS = ("cycling", "running", "triathlon", "other")
MIN_WEIGHT_KG, MAX_WEIGHT_KG = 20.0, 400.0
#: Words of several languages → Strava's code.
SEXES = {
    **dict.fromkeys(("m", "male", "man", "männlich", "homme", "masculin", "hombre", "uomo"), "M"),
    **dict.fromkeys(
        ("f", "female", "woman", "weiblich", "femme", "féminin", "mujer", "donna"), "F"
    ),
}


def read(export: Export, gear_ids: Mapping[str, str] | None = None) -> dict[str, dict[str, JSON]]:
    """Read all tables: kind → id → item in Strava's shape.

    Kinds: ``athlete`` (DetailedAthlete, its only id is ``athlete``), ``gear`` (SummaryGear; ids of
    bikes begin with ``b``), ``clubs`` (SummaryClub), ``starred_segments`` (SummarySegment),
    ``routes`` (see ``route_files``). ``gear_ids``: as the function of that name returns them.
    """
    profile = athlete(_table(export, "profile.csv"))
    bikes, shoes = _table(export, "bikes.csv"), _table(export, "shoes.csv")
    joined = clubs(_table(export, "clubs.csv"), _table(export, "memberships.csv"))
    starred = segments(_table(export, "starred_segments.csv"))
    return {
        "athlete": {"athlete": profile} if profile else {},
        "gear": {item["id"]: item for item in gear(bikes, shoes, gear_ids or {})},
        "clubs": {str(item["id"]): item for item in joined},
        "starred_segments": {str(item["id"]): item | {"starred": True} for item in starred},
        "routes": route_files.read(export, routes(_table(export, "routes.csv"))),
    }


def gear_ids(entries: Iterable[Entry | SkippedRow]) -> dict[str, str]:
    """Return Strava's ids of gear by name, from activities that have both; the last one wins."""
    fields = (entry.fields for entry in entries if isinstance(entry, Entry))
    pairs = ((item.get("gear_name"), item.get("gear_id")) for item in fields)
    return {name: gear_id for name, gear_id in pairs if name and gear_id}


def athlete(table: Table) -> JSON:
    """Read profile.csv as a DetailedAthlete, weight in kg; empty without a row."""
    profile = next(iter(records(table, PROFILE)), {})
    result: JSON = {
        name: text
        for name, text in profile.items()
        if name not in ("id", "sex", "weight") and not EMAIL.fullmatch(text)
    }
    if athlete_id := ID.fullmatch(profile.get("id", "")):
        result["id"] = int(athlete_id[1])
    if sex := SEXES.get(profile.get("sex", "").casefold()):
        result["sex"] = sex
    try:
        weight = parse_number(profile.get("weight", ""))
    except ValueError:
        return result
    return result | ({"weight": weight} if MIN_WEIGHT_KG <= weight <= MAX_WEIGHT_KG else {})


def gear(bikes: Table, shoes: Table, ids: Mapping[str, str]) -> list[JSON]:
    """Read bikes.csv and shoes.csv: id, name, brand_name, model_name. ``ids``: by name."""
    result: list[JSON] = []
    for prefix, table, columns in (("b", bikes, BIKES), ("g", shoes, SHOES)):
        for record in records(table, columns):
            name = record.get("name") or " ".join(record.values())
            own_id = f"{prefix}{FIRST_OWN_ID + len(result)}"
            strava_id = ids.get(name, own_id)
            gear_id = strava_id if strava_id[0] == prefix else own_id
            result.append({"id": gear_id, **record, "name": name})
    return result


def clubs(table: Table, memberships: Table) -> list[JSON]:
    """Read clubs.csv, and clubs that only memberships.csv lists (SummaryClub)."""
    by_name = {record["name"]: record for record in records(table, CLUBS) if "name" in record}
    for record in records(memberships, MEMBERSHIPS):
        if "name" in record:
            by_name.setdefault(record["name"], record)
    return [_club(record, FIRST_OWN_ID + n) for n, record in enumerate(by_name.values())]


def _club(record: Record, own_id: int) -> JSON:
    club_id = ID.fullmatch(record.get("id", ""))
    club: JSON = {**record, "id": int(club_id[1]) if club_id else own_id, "resource_state": 2}
    sport = str(club.pop("sport_type", "")).casefold()
    return club | ({"sport_type": sport} if sport in CLUB_SPORTS else {})


def segments(table: Table) -> list[JSON]:
    """Read starred_segments.csv: id and name (SummarySegment).

    In an unknown language, the id is that of a link to the segment or the first whole number, and
    the name is the first text that is neither of these nor a date.
    """
    result = []
    for record, cells in zip(records(table, SEGMENTS), texts(table), strict=True):
        links = [match for cell in cells if (match := _link(cell))]
        numbers = [match for cell in cells if (match := ID.fullmatch(cell))]
        segment_id = ID.fullmatch(record.get("id", "")) or next(iter(links + numbers), None)
        if segment_id is None:
            continue
        name = record.get("name") or next(filter(_is_name, cells), f"Segment {segment_id[1]}")
        result.append({"id": int(segment_id[1]), "name": name, "resource_state": 2})
    return result


def _link(text: str) -> re.Match[str] | None:
    """Match a cell that is a link to a segment."""
    return LINK.search(text) if len(text.split(maxsplit=1)) == 1 else None


def _is_name(text: str) -> bool:
    """Whether a cell is neither a number nor a link nor a date."""
    if "://" in text or _link(text) or not any(char.isalpha() for char in text):
        return False
    try:
        dates.parse_date(text)
    except ValueError:
        return True
    return False


def routes(table: Table) -> list[route_files.ListedRoute]:
    """Read routes.csv: the name of each route, and its file within the export."""
    result = []
    for cells in texts(table):
        file = next((cell for cell in cells if cell.startswith("routes/")), None)
        if file:
            name = next((cell for cell in cells if cell != file), file)
            result.append(route_files.ListedRoute(name, file))
    return result


def _table(export: Export, name: str) -> Table:
    """Read a table; no rows if it is missing or unreadable."""
    if name not in export.names:
        return []
    try:
        rows = islice(read_rows(lambda: export.open(name, MAX_BYTES)), MAX_ROWS)
        return [row.cells for row in rows if isinstance(row, Row)]
    except (CorruptFile, UnreadableTable):
        return []
