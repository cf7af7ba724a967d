"""The scopes that the current access token has and an operation requires."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import g
from flask.typing import ResponseReturnValue

from strava_mcp.sandbox.errors import error_response

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]

READ_ACTIVITIES = ("activity:read", "activity:read_all")


def requires(*scopes: str) -> Callable[[View[P]], View[P]]:
    """Let a view answer only tokens with one of ``scopes``; others get 401, as from Strava."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if not has_scope(*scopes):
                error = ("AccessToken", f"{scopes[0]}_permission", "missing")
                return error_response(401, "Authorization Error", error)
            return view(*args, **kwargs)

        return checked

    return decorate


def has_scope(*scopes: str) -> bool:
    """Whether the token has one of ``scopes``."""
    return not set(scopes).isdisjoint(g.scopes)


def sees_private() -> bool:
    """Whether the token may see activities that only the athlete may see."""
    return has_scope("activity:read_all")
