"""Ids of activities, routes, segments and so on: as numbers, as text, or as the URL of a page.

Imports nothing heavy, because prompts and resources read ids too.
"""

import re
from typing import NamedTuple

MAX_ID = 2**63 - 1
#: Integers up to this are exact in clients that parse numbers as floating point (IEEE 754).
MAX_EXACT = 2**53
MAX_LENGTH = 2000

#: A page on strava.com or of the sandbox, a link into the app, or a bare path: its kind, and which.
PAGE = re.compile(
    r"(?:(?:https?://)?(?:(?:[a-z0-9-]+\.)?strava\.com|sandbox\.invalid)/+|strava://|/)?"
    r"(?:api/v3/)?([a-z_]+)/+([^/?#\s]+)(?:[/?#].*)?",
    re.ASCII | re.IGNORECASE,
)
SHARE_LINK = re.compile(r"(?:https?://)?strava\.app\.link/.*", re.IGNORECASE)
#: Their URLs may have a name before the number: ``/segments/hawk-hill-229781``.
NAMED_PAGES = ("routes", "segments")
GEAR_PREFIXES = {"bikes": "b", "shoes": "g"}


class Kind(NamedTuple):
    """What an id belongs to.

    ``name``: what it is called, such as ``the id of a route``. ``form``: what a valid one looks
    like, to follow the name. ``source``: which tools show valid ones, as a sentence for errors.
    """

    name: str
    form: str
    source: str

    @property
    def rule(self) -> str:
        """What a value has to be, as a sentence for errors."""
        return f"Must be {self.name}{self.form}."


def _number_or(url: str) -> str:
    return f", a number above 0, or the URL of its page such as {url}"


KINDS = {
    "activity": Kind(
        "the id of an activity",
        _number_or("https://www.strava.com/activities/1234567890"),
        "get_activities and search list the ids of activities.",
    ),
    "athlete": Kind(
        "the id of an athlete",
        _number_or("https://www.strava.com/athletes/123456"),
        "get_athlete shows the athlete's own id.",
    ),
    "club": Kind(
        "the id of a club",
        _number_or("https://www.strava.com/clubs/123456"),
        "get_clubs lists the ids of the athlete's clubs.",
    ),
    "gear": Kind(
        "the id of a bike or of shoes",
        ", such as b1234567 or g1234567, or the URL of its page",
        "get_athlete lists the ids of bikes and shoes.",
    ),
    "route": Kind(
        "the id of a route",
        " as text, digits in quotation marks, or the URL of its page such as "
        "https://www.strava.com/routes/3150000000000000001",
        "get_routes lists the ids of routes.",
    ),
    "segment": Kind(
        "the id of a segment",
        _number_or("https://www.strava.com/segments/123456"),
        "list_starred_segments lists the ids of starred segments; efforts of an activity have ids "
        "of segments too.",
    ),
    "upload": Kind(
        "the id of an upload",
        ", a number above 0",
        "create_upload returns the id of an upload.",
    ),
}
#: First part of a page's path → the kind of the id in it.
PAGES = {
    "activities": "activity",
    "athletes": "athlete",
    "bikes": "gear",
    "clubs": "club",
    "gear": "gear",
    "pros": "athlete",
    "routes": "route",
    "segments": "segment",
    "shoes": "gear",
}


def parse_id(noun: str, value: object) -> int:
    """The id of a ``noun`` (a key of KINDS, not gear). Raises ValueError saying what is valid."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= MAX_EXACT:
        value = int(value)  # models write 7.0 too
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    else:
        _, text = _page_and_id(noun, value)
        number = int(text) if re.fullmatch("[0-9]{1,19}", text) else 0
    if not 0 < number <= MAX_ID:
        raise ValueError(KINDS[noun].rule)
    return number


def parse_gear_id(value: object) -> str:
    """The id of a bike (``b…``) or of shoes (``g…``). Raises ValueError saying what is valid."""
    page, text = _page_and_id("gear", value)
    gear_id = GEAR_PREFIXES.get(page, "") + text
    if not re.fullmatch("[bg][0-9]{1,19}", gear_id):
        raise ValueError(KINDS["gear"].rule)
    return gear_id


def _page_and_id(noun: str, value: object) -> tuple[str, str]:
    """The first part of a URL's path, and the id in it; for other text, ``""`` and the text.

    Raises ValueError for the page of another kind, and for links that contain no id.
    """
    text = value.strip() if isinstance(value, str) and len(value) <= MAX_LENGTH else ""
    if SHARE_LINK.fullmatch(text):
        raise ValueError("A share link contains no id: open it, and give the URL it leads to.")
    match = PAGE.fullmatch(text)
    if not match:
        return "", text
    page, name = match[1].lower(), match[2]
    kind = PAGES.get(page)
    if kind != noun:
        other = KINDS[kind].name.removeprefix("the id of ") if kind else "something else"
        raise ValueError(f"This is the page of {other}. {KINDS[noun].rule}")
    return page, name.rpartition("-")[2] if page in NAMED_PAGES else name
