"""What every operation asks first: may the token do this, and is the question well formed?"""

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn, TypeVar

from flask import abort, g, request

from strava_mcp.sandbox.parts import fault_reply

Answer = Callable[..., Any]
Found = TypeVar("Found")

READ = ("activity:read", "activity:read_all")
MAX_PER_PAGE = 200


def needs(*scopes: str) -> Callable[[Answer], Answer]:
    """Let a call through that was granted any of ``scopes``, else answer as Strava does: 401."""

    def wrap(view: Answer) -> Answer:
        @wraps(view)
        def checked(**arguments: Any) -> Any:
            if not granted(*scopes):
                error = ("AccessToken", f"{scopes[0]}_permission", "missing")
                return fault_reply(401, "Authorization Error", error)
            return view(**arguments)

        return checked

    return wrap


def granted(*scopes: str) -> bool:
    """Whether the token has any of ``scopes``."""
    return not set(scopes).isdisjoint(g.scopes)


def sees_private() -> bool:
    """Whether activities that only the athlete may see are to be shown."""
    return granted("activity:read_all")


def found(value: Found | None, resource: str) -> Found:
    """The value. Answers 404 where there is none."""
    if value is None:
        abort(fault_reply(404, "Record Not Found", (resource, "id", "not found")))
    return value


def bad(resource: str, field: str, code: str = "invalid") -> NoReturn:
    """Answer 400: a field is missing or invalid."""
    abort(fault_reply(400, "Bad Request", (resource, field, code)))


def number(name: str, default: float) -> float:
    """A whole number of the query. Answers 400 for anything else."""
    value = request.args.get(name)
    try:
        return default if value is None else int(value)
    except ValueError:
        bad("Application", name)


def page() -> tuple[int, int]:
    """``page`` and ``per_page`` of the query. Answers 400 outside of what is allowed."""
    which, size = number("page", 1), number("per_page", 30)
    if which < 1:
        bad("Application", "page")
    if not 0 < size <= MAX_PER_PAGE:
        bad("Application", "per_page")
    return int(which), int(size)


def paged(items: list[Any]) -> list[Any]:
    """The part of a list that the query asks for."""
    which, size = page()
    return items[(which - 1) * size : which * size]


def is_true(value: object) -> bool:
    """Whether a value of a form or of JSON means yes."""
    return str(value).lower() in ("true", "1")
