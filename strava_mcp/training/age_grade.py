"""Age grade: the time against the age standard, for road races.

Tables of 2025 by Alan Jones (https://github.com/AlanLyttonJones/Age-Grade-Tables, CC0), approved by
USATF's Masters Long Distance Running. The age standard is the open standard divided by the factor
of the age.
"""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypedDict

from strava_mcp.training.heart_rate_load import Sex
from strava_mcp.training.unmeasurable import Unmeasurable

TABLE_YEAR = 2025
TABLES = Path(__file__).with_name("age_factors.json")
#: A race counts as one of the distances of the table within this share of it.
TOLERANCE = 0.01


class Table(TypedDict):
    """The table of one sex. ``distances_m`` and ``standards_s`` (open) go together; ``factors``:
    one row per age from ``first_age``, in ten-thousandths.
    """

    distances_m: list[float]
    standards_s: list[float]
    first_age: int
    factors: list[list[int]]


class AgeGrade(NamedTuple):
    """``share``: of the age standard, 1 is the standard. ``standard_s``: that standard in s."""

    share: float
    standard_s: float


def age_grade(distance_m: float, time_s: float, age: int, sex: Sex) -> AgeGrade:
    """The age grade of a road race.

    Raises Unmeasurable for a distance that the table does not have, and for other ages than 5 to
    100.
    """
    table = _tables()[sex]
    row = age - table["first_age"]
    if not 0 <= row < len(table["factors"]):
        raise Unmeasurable("the tables are for ages from 5 to 100")
    nearest = min(table["distances_m"], key=lambda metres: abs(metres - distance_m))
    if abs(nearest - distance_m) > TOLERANCE * nearest:
        raise Unmeasurable("the tables have road race distances only")
    column = table["distances_m"].index(nearest)
    standard_s = table["standards_s"][column] / (table["factors"][row][column] / 10_000)
    return AgeGrade(standard_s / time_s, standard_s)


@cache
def _tables() -> dict[Sex, Table]:
    tables: dict[Sex, Table] = json.loads(TABLES.read_text("ascii"))
    return tables
