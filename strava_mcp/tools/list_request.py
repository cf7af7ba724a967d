"""A request for a list of activities: its arguments, or those that its cursor carries."""

from dataclasses import dataclass
from datetime import date

from marshmallow import fields

from strava_mcp.errors import InvalidArguments
from strava_mcp.json_types import JSON
from strava_mcp.tools.activity_filters import FilterArguments
from strava_mcp.tools.arguments import Flag
from strava_mcp.tools.cursors import INVALID_CURSOR, Cursor, check_repeated, parse_cursor
from strava_mcp.tools.dates import check_date_words
from strava_mcp.tools.fields import BoundedNumber, described, no_cache_field, units_field, unlisted
from strava_mcp.tools.list_fields import SortOrder
from strava_mcp.tools.pages import MAX_PAGE

DEFAULT_PER_PAGE, MAX_PER_PAGE = 30, 200
#: What a call with a cursor may change.
CHANGEABLE = ("per_page", "units")


class CarriedArguments(FilterArguments):
    """The arguments of get_activities that a cursor carries."""

    sort = SortOrder(**described("newest, oldest, distance, speed, elevation_gain …; asc"))
    with_load = Flag(**described("adds load and records"))
    per_page = BoundedNumber(1, MAX_PER_PAGE, "1 to 200", **described("default 30, up to 200"))
    units = units_field()


class ListArguments(CarriedArguments):
    """Arguments of ``get_activities``."""

    page = BoundedNumber(1, MAX_PAGE, f"1 to {MAX_PAGE:,}", load_default=1, **unlisted())
    cursor = fields.String(**described("from the last reply"))
    no_cache = no_cache_field()


CARRIED = CarriedArguments()


@dataclass(frozen=True)
class ListRequest:
    """What to list: loaded CarriedArguments, and the page or the cursor where it starts."""

    arguments: JSON
    units: str
    page: int = 1
    cursor: Cursor | None = None

    @classmethod
    def from_arguments(cls, arguments: JSON, units: str) -> "ListRequest":
        """Read loaded ListArguments. Raises InvalidArguments if they contradict the cursor.

        ``units``: those of the server's setting.
        """
        carried = {name: arguments[name] for name in CARRIED.fields if name in arguments}
        page, cursor = arguments["page"], None
        if "cursor" in arguments:
            cursor = parse_cursor(arguments["cursor"])
            if page != 1:
                raise InvalidArguments({"page": "A cursor says where to continue: omit page."})
            check_repeated(cursor, {k: v for k, v in carried.items() if k not in CHANGEABLE})
            carried = _arguments_of(cursor) | carried
        return cls(carried, carried.get("units", units), page, cursor)

    @property
    def per_page(self) -> int:
        """The number of rows to list."""
        return int(self.arguments.get("per_page", DEFAULT_PER_PAGE))

    @property
    def date_words(self) -> str | None:
        """The words of ``date_range``, as the cursor fixed them."""
        words: str | None = self.arguments.get("date_range")
        return self.cursor.days if self.cursor else words


def _arguments_of(cursor: Cursor) -> JSON:
    """The arguments in a cursor, validated again because a client can forge one."""
    try:
        if cursor.days:
            check_date_words(cursor.days, date.today())
        return CARRIED.read(cursor.arguments)
    except (InvalidArguments, ValueError) as exc:
        raise InvalidArguments({"cursor": INVALID_CURSOR}) from exc
