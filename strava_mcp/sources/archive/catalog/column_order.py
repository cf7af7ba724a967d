"""Finding the columns of activities.csv by their order, whatever the language of their headers.

The order is the same in every language; columns were added at the end and, before 2022, in two more
places. Five headers occur twice: the display column among the first ones, and the column in base
units. The repetition shows where the columns in base units begin, and which ones are missing.
"""

from collections.abc import Iterable, Sequence
from itertools import islice

from strava_mcp.sources.archive.catalog import dates
from strava_mcp.sources.archive.catalog.headers import ColumnPositions, normalize
from strava_mcp.sources.archive.catalog.numbers import parse_number

FIRST = ("id", "date", "name", "type", "description", "elapsed_time", "distance")
#: The columns from the second elapsed time on; ``-`` is not read.
IN_BASE_UNITS = """
elapsed_time moving_time distance max_speed average_speed total_elevation_gain - elev_low elev_high
- - - - - average_cadence max_heartrate average_heartrate max_watts average_watts calories - \
average_temp suffer_score total_work - - - - perceived_exertion sport - weighted_average_watts
- - - commute - from_upload grade_adjusted_distance observation_time condition temperature
apparent_temperature dew_point humidity pressure wind_speed wind_gust wind_bearing
precipitation_intensity - - - bike gear precipitation_probability precipitation_type cloud_cover
- uv_index - - - - flagged - - - - - - - - training_load intensity - - - - - race long_run
""".split()
#: In 2019 and 2020, two columns before the weighted average power were missing.
ADDED_LATER = slice(29, 31)
#: Position of the second elapsed time → of the first commute, in the versions of 2020 and today.
COMMUTE_IN_VERSION = {13: 8, 15: 9}
#: Columns after the last header that occurs twice: only values show that they are where expected.
TAIL = frozenset(IN_BASE_UNITS[36:]) - {"-"}
MIN_FITTING = 0.9
#: Exports without columns in base units have ten.
MAX_COLUMNS_BY_VALUES, MAX_ROWS_BY_VALUES = 40, 10_000


def columns_by_order(header: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Return the positions of the columns by our name; empty unless headers are repeated."""
    heads = [normalize(head) for head in header]
    begin = _second(heads, FIRST.index("elapsed_time"))
    if begin is None or _second(heads, FIRST.index("distance")) != begin + 2:
        return {}
    columns, commute = _columns_in_base_units(heads, begin)
    positions = {name: (begin + at,) for at, name in enumerate(columns) if name != "-"}
    positions = {name: at for name, at in positions.items() if at[0] < len(heads)}
    display = {name: at for at, name in enumerate(FIRST)}
    # The last ones before the columns in base units are gear, file, and the two weights.
    display |= {"gear_name": begin - 4, "file": begin - 3, "athlete_weight": begin - 2}
    for name in ("max_heartrate", "suffer_score"):
        at = heads.index(heads[positions[name][0]]) if name in positions else begin
        if len(FIRST) <= at < begin:
            display[name] = at
    if commute is not None:
        display["commute"] = commute
        if commute + 1 == begin - 5:
            display["private_note"] = commute + 1
    return positions | {name: (at, *positions.get(name, ())) for name, at in display.items()}


def _columns_in_base_units(heads: Sequence[str], begin: int) -> tuple[list[str], int | None]:
    """Return the columns in base units of this version, and the position of the display commute."""
    older = [*IN_BASE_UNITS[: ADDED_LATER.start], *IN_BASE_UNITS[ADDED_LATER.stop :]]
    for columns in (IN_BASE_UNITS, older):
        at = begin + columns.index("commute")
        if at < len(heads) and len(FIRST) <= heads.index(heads[at]) < begin:
            return columns, heads.index(heads[at])
    # The header ends before the second commute. What comes after the other repeated headers is
    # the same in all versions up to here.
    return IN_BASE_UNITS[: ADDED_LATER.start], COMMUTE_IN_VERSION.get(begin)


def _second(heads: Sequence[str], first: int) -> int | None:
    """Return the position at which a header occurs again."""
    if first >= len(heads) or not heads[first]:
        return None
    return next((at for at in range(first + 1, len(heads)) if heads[at] == heads[first]), None)


def combine(by_name: ColumnPositions, by_order: ColumnPositions) -> ColumnPositions:
    """Add the columns that only their order shows, if most headers are where the order has them.

    A measured column whose header is elsewhere is left out: exports of 2020 in Dutch have the
    headers of two columns interchanged.
    """
    shared = by_name.keys() & by_order.keys()
    different = {name for name in shared if by_name[name] != by_order[name]}
    if len(different) > (1 - MIN_FITTING) * len(shared):
        return by_name
    named = {name: at for name, at in by_name.items() if name in FIRST or name not in different}
    taken = {at for columns in by_name.values() for at in columns}
    added = {
        name: columns
        for name, columns in by_order.items()
        if name not in shared and not taken & set(columns)
    }
    return named | added


def columns_by_values(width: int, rows: Iterable[Sequence[str]]) -> dict[str, tuple[int, ...]]:
    """Find the columns of an export without columns in base units (2018, 2019) by their values.

    Return nothing unless nearly all rows begin like an activity.
    """
    width = min(width, MAX_COLUMNS_BY_VALUES)
    matches = {kind: [0] * width for kind in PREDICATES}
    filled = [0] * width
    for cells in islice(rows, MAX_ROWS_BY_VALUES):
        for at, text in enumerate(cells[:width]):
            if text := text.strip():
                filled[at] += 1
                for kind, fits in PREDICATES.items():
                    matches[kind][at] += fits(text)
    fitting = {
        kind: {at for at in range(width) if filled[at] and counts[at] >= MIN_FITTING * filled[at]}
        for kind, counts in matches.items()
    }
    if not {0, 5, 6} <= fitting["number"] or 1 not in fitting["date"]:
        return {}
    positions: dict[str, tuple[int, ...]] = {name: (at,) for at, name in enumerate(FIRST)}
    for name in ("commute", "file"):
        if columns := fitting[name] - set(range(len(FIRST))):
            positions[name] = (min(columns),)
    gear = positions.get("file", (0,))[0] - 1
    if gear >= len(FIRST) and gear not in fitting["commute"]:
        positions["gear_name"] = (gear,)
    return positions


def _is_number(text: str) -> bool:
    try:
        parse_number(text)
    except ValueError:
        return False
    return True


def _is_date(text: str) -> bool:
    try:
        dates.parse_date(text)
    except ValueError:
        return False
    return True


def _is_file(text: str) -> bool:
    return text.startswith("activities/")


def _is_flag(text: str) -> bool:
    return text.casefold() in ("true", "false")


PREDICATES = {"number": _is_number, "date": _is_date, "file": _is_file, "commute": _is_flag}
