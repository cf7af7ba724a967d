"""Why ``/training`` cannot draw, in the words of a page, and where to go from there."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from flask import request

from strava_mcp.errors import InvalidArguments, NotFound, RateLimited
from strava_mcp.page_design import Link
from strava_mcp.web.pages import HOME
from strava_mcp.web.training_page import DEFAULT_VIEW, TITLES

#: Argument of an address → what the page calls it.
LABELS = {
    "view": "View",
    "ids": "Activity",
    "date_range": "Period",
    "sport": "Sport",
    "until": "Day ahead",
    "planned": "Plan",
    "units": "Units",
    "zoom_from": "Stretch",
    "zoom_to": "Stretch",
}
MAX_NAMED, MAX_NAME_LENGTH = 3, 40
NEWEST = Link("/training?view=activity", "Your newest activity")


class Problem(NamedTuple):
    """``message``: what is wrong and what to do; ``links``: addresses that work."""

    status: int
    message: str
    links: list[Link]
    retry_after_s: int = 0


def problem_of(error: Exception, given: Mapping[str, str]) -> Problem:
    """What the page says about an error. ``given``: the arguments of the address."""
    if isinstance(error, InvalidArguments):
        return Problem(400, _invalid(error, given), [_usual_link(given)])
    if isinstance(error, NotFound):
        return Problem(404, str(error), [NEWEST if "ids" in given or "sport" in given else HOME])
    retry_after_s = error.retry_after_s if isinstance(error, RateLimited) else 0
    return Problem(503, str(error), [_same_link()], retry_after_s)


def _invalid(error: InvalidArguments, given: Mapping[str, str]) -> str:
    """One sentence for each argument, and one for all that the page does not know."""
    unknown = [name for name in given if name not in LABELS]
    sentences = [
        f"{LABELS[name]} ({name}): {text}" for name, text in error.fields.items() if name in LABELS
    ]
    if unknown:
        names = ", ".join(name[:MAX_NAME_LENGTH] for name in unknown[:MAX_NAMED])
        more = f" and {len(unknown) - MAX_NAMED} more" if len(unknown) > MAX_NAMED else ""
        sentences.append(
            f"Unknown argument in the address: {names}{more}. "
            f"This page knows {', '.join(LABELS)}."
        )
    return " ".join(sentences)


def _usual_link(given: Mapping[str, str]) -> Link:
    """The same view as it is without any choice; an activity for those to compare."""
    view = given.get("view", DEFAULT_VIEW)
    if view == "compare":
        return Link("/training?view=activity", "Choose an activity")
    view = view if view in TITLES else DEFAULT_VIEW
    return Link(f"/training?{urlencode({'view': view})}", f"Show {TITLES[view].lower()}")


def _same_link() -> Link:
    query = urlencode(request.args.to_dict(flat=False), doseq=True)
    return Link(f"/training?{query}" if query else "/training", "Try again")
