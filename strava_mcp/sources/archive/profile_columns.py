"""Columns of the smaller tables of an export: their headers by language, and their usual positions.

Only columns that are listed here are read. Email addresses, telephone numbers and devices are not
among them.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from strava_mcp.sources.archive.catalog.headers import normalize

Table = Sequence[Sequence[str]]
Record = dict[str, str]


class Column(NamedTuple):
    """The known headers of a column, lowercase, and its position if none of them is present."""

    headers: tuple[str, ...]
    position: int | None = None


#: Our name of each column → the column.
Columns = Mapping[str, Column]
PROFILE: Columns = {
    "id": Column(("athlete id", "athleten-id"), 0),
    "firstname": Column(("first name", "vorname", "prénom"), 2),
    "lastname": Column(("last name", "nachname", "nom"), 3),
    "sex": Column(("sex", "gender", "geschlecht", "sexe"), 4),
    "bio": Column(("description", "beschreibung"), 5),
    "weight": Column(("weight", "gewicht", "poids"), 6),
    "city": Column(("city", "stadt", "ort", "ville"), 7),
    "state": Column(("state", "bundesland", "région"), 8),
    "country": Column(("country", "land", "pays"), 9),
}
BIKES: Columns = {
    "name": Column(("bike name", "fahrradname", "nom du vélo"), 0),
    "brand_name": Column(("bike brand", "fahrradmarke", "marque du vélo"), 1),
    "model_name": Column(("bike model", "fahrradmodell", "modèle du vélo"), 2),
}
SHOES: Columns = {
    "name": Column(("shoe name", "schuhname"), 0),
    "brand_name": Column(("shoe brand", "schuhmarke"), 1),
    "model_name": Column(("shoe model", "schuhmodell"), 2),
}
CLUBS: Columns = {
    "id": Column(("club id",)),
    "name": Column(("club name", "clubname", "name des clubs", "nom du club"), 0),
    "description": Column(("club description",), 1),
    "club_type": Column(("club type",), 2),
    "sport_type": Column(("club sport",), 3),
    "city": Column(("city", "stadt", "ville"), 4),
    "country": Column(("country", "land", "pays"), 5),
    "state": Column(("state", "bundesland", "région"), 6),
}
MEMBERSHIPS: Columns = {"name": Column(CLUBS["name"].headers, 1)}
SEGMENTS: Columns = {
    "id": Column(("segment id", "segment-id", "id du segment")),
    "name": Column(("segment name", "name", "segmentname", "nom du segment")),
}


def records(table: Table, columns: Columns) -> list[Record]:
    """Return the rows below the header by our column names, without empty cells and rows."""
    positions = _positions(table[0] if table else (), columns)
    result = []
    for cells in table[1:]:
        if any(cell.strip() for cell in cells):
            row = {name: cells[at].strip() for name, at in positions.items() if at < len(cells)}
            result.append({name: text for name, text in row.items() if text})
    return result


def texts(table: Table) -> list[list[str]]:
    """Return the rows below the header, without empty cells and rows."""
    rows = ([cell.strip() for cell in cells] for cells in table[1:])
    return [[cell for cell in cells if cell] for cells in rows if any(cells)]


def _positions(header: Sequence[str], columns: Columns) -> dict[str, int]:
    """Find each column by its header, else at its usual position.

    Usual positions are used only if the columns found by header are at theirs.
    """
    headers = [normalize(text) for text in header]
    by_header = {
        name: headers.index(candidate)
        for name, column in columns.items()
        for candidate in reversed(column.headers)
        if candidate in headers
    }
    if any(columns[name].position not in (at, None) for name, at in by_header.items()):
        return by_header
    usual = {name: column.position for name, column in columns.items()}
    return {name: at for name, at in usual.items() if at is not None} | by_header
