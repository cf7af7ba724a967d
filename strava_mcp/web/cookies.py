"""Our cookies: for this host only, and never readable by scripts."""

import re
from urllib.parse import urlsplit

from flask import Response, request

from strava_mcp.web.server_url import base_url

#: The cookie that forms and sign-ins are bound to, and the form of its value.
BROWSER = "browser"
BROWSER_ID = re.compile(r"[0-9a-f]{32}")


def set_cookie(
    response: Response, name: str, value: str, samesite: str = "Strict", max_age: int | None = None
) -> None:
    """Set a host-only cookie; over https it carries the ``__Host-`` prefix.

    ``max_age``: seconds until the browser drops it; None for when the browser is closed.
    """
    response.set_cookie(
        _full_name(name),
        value,
        max_age,
        secure=_is_secure(),
        httponly=True,
        samesite=samesite,
        path="/",
    )


def read_cookie(name: str) -> str:
    """The value of one of our cookies; empty if the browser did not send it."""
    return request.cookies.get(_full_name(name), "")


def browser_id() -> str:
    """The value of the cookie that forms are bound to; empty if the browser has none."""
    value = read_cookie(BROWSER)
    return value if BROWSER_ID.fullmatch(value) else ""


def _full_name(name: str) -> str:
    # With the prefix, browsers require Secure, no Domain and Path=/ (RFC 6265bis §4.1.3.2), so
    # that no other host can set the cookie. All ports of a host share its cookies (RFC 6265 §8.5):
    # with the port in their names, servers on one machine do not sign each other out.
    parts = urlsplit(base_url())
    prefix = "__Host-" if parts.scheme == "https" else ""
    suffix = f"_{parts.port}" if parts.port else ""
    return f"{prefix}strava_mcp_{name}{suffix}"


def _is_secure() -> bool:
    return base_url().startswith("https:")
