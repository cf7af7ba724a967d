"""What Strava's refusals mean, in one table, in words that say what to do."""

import time
from collections.abc import Mapping
from typing import Any

from strava_mcp.errors import (
    MissingScope,
    NotConnected,
    NotFound,
    RateLimited,
    Refused,
    Retired,
    SourceError,
    Unavailable,
)

WINDOW_S = 15 * 60
DAY_S = 24 * 3600

#: HTTP status → what it means for the athlete. 403 and 429 need a closer look, below.
MEANINGS: Mapping[int, tuple[type[SourceError], str]] = {
    400: (Refused, "Strava did not accept the request"),
    401: (NotConnected, "Strava no longer accepts the stored tokens: connect Strava again"),
    402: (Refused, "Strava wants a subscription for this"),
    404: (NotFound, "Strava has nothing there, or it is not visible to this athlete"),
    409: (Refused, "Strava already has this"),
    410: (Retired, "Strava has withdrawn this part of its API"),
    413: (Refused, "Strava says that this is too large"),
}


def error_of(
    status: int, headers: Mapping[str, str], body: Any, advice: str = "Try again later."
) -> SourceError:
    """The error for a reply of Strava that is not a success.

    ``body``: the decoded Fault of the API description, or None where it was not JSON. ``advice``:
    what to do where Strava itself failed.
    """
    detail = _detail(body)
    if status == 429:
        return _rate_limited(headers)
    if status == 403:
        return _forbidden(body, detail)
    if status == 401 and lacks_permission(detail):
        return _missing_scope(detail)
    if status in MEANINGS:
        kind, meaning = MEANINGS[status]
        return kind(f"{meaning}{f' ({detail})' if detail else ''}.")
    return Unavailable(f"Strava itself has an error (HTTP {status}). {advice}")


def lacks_permission(text: str) -> bool:
    """Whether a Fault is about a scope that was not granted.

    Its field is then the scope's permission, as in ``activity:read_permission``. Strava answers
    401 for that too, and a new token would not help.
    """
    return "_permission" in text


def _forbidden(body: Any, detail: str) -> SourceError:
    if "inactive" in str(body).lower():
        return Refused(
            "Strava says that the API application is inactive: since June 2026 it needs a "
            "subscription. Check https://www.strava.com/settings/api."
        )
    if lacks_permission(detail) or "scope" in detail.lower():
        return _missing_scope(detail)
    return Refused(f"Strava does not allow this{f' ({detail})' if detail else ''}.")


def _missing_scope(detail: str) -> MissingScope:
    return MissingScope(
        f"The Strava connection was not granted what this needs ({detail}): "
        "connect again and leave every box ticked."
    )


def _rate_limited(headers: Mapping[str, str]) -> RateLimited:
    """Limits reset at :00, :15, :30, :45, and at midnight UTC for the day's."""
    now = time.time()
    wait_s = int(WINDOW_S - now % WINDOW_S) + 1
    which = "15-minute"
    for kind in ("", "Read"):
        used = _numbers(headers.get(f"X-{kind}RateLimit-Usage"))
        allowed = _numbers(headers.get(f"X-{kind}RateLimit-Limit"))
        if len(used) == len(allowed) == 2 and used[1] >= allowed[1]:
            wait_s, which = int(DAY_S - now % DAY_S) + 1, "daily"
    at = time.strftime("%H:%M", time.gmtime(now + wait_s))
    minutes = -(-wait_s // 60)
    text = f"Strava's {which} limit of calls is used up; it resets at {at} UTC, in {minutes} min."
    return RateLimited(f"{text} Wait until then: calls in between count too.", wait_s)


def _numbers(header: str | None) -> list[int]:
    parts = (header or "").split(",")
    return [int(part) for part in parts if part.strip().isdigit()]


def _detail(body: Any) -> str:
    """What a Fault says: ``message`` and the first error's field and code."""
    if not isinstance(body, dict):
        return ""
    errors = body.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    said = [str(body.get("message", ""))] if body.get("message") else []
    if isinstance(first, dict):
        said.append(" ".join(str(first[k]) for k in ("resource", "field", "code") if first.get(k)))
    return ": ".join(said)[:200]
