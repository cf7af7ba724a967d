"""Parameters of requests: whole numbers, pages, booleans."""

from typing import TypeVar

from flask import request

from strava_mcp.sandbox.errors import bad_request

T = TypeVar("T")

DEFAULT_PER_PAGE, MAX_PER_PAGE = 30, 200


def int_parameter(name: str, default: float) -> float:
    """A whole number from the query string; aborts with 400 for anything else."""
    value = request.args.get(name)
    try:
        return default if value is None else int(value)
    except ValueError:
        bad_request("Application", name)


def page_parameters() -> tuple[int, int]:
    """``page`` and ``per_page`` from the query string; aborts with 400 if out of range."""
    page, per_page = int_parameter("page", 1), int_parameter("per_page", DEFAULT_PER_PAGE)
    if page < 1:
        bad_request("Application", "page")
    if not 0 < per_page <= MAX_PER_PAGE:
        bad_request("Application", "per_page")
    return int(page), int(per_page)


def paginated(items: list[T]) -> list[T]:
    """The page of a list that the query string asks for."""
    page, per_page = page_parameters()
    return items[(page - 1) * per_page : page * per_page]


def is_true(value: object) -> bool:
    """Whether a value of a form or of JSON means yes."""
    return str(value).lower() in ("true", "1")
