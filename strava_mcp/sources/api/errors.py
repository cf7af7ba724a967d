"""What Strava's refusals mean, in one table, in words that say what to do."""

import time
from collections.abc import Mapping
from typing import Any

import requests

from strava_mcp.errors import (
    Maintenance,
    MissingScope,
    NeedsSubscription,
    NotConnected,
    NotFound,
    RateLimited,
    Refused,
    Retired,
    SourceError,
    TooManyAthletes,
    Unavailable,
    WrongApplication,
)
from strava_mcp.sources.api.rate_limits import QUARTER_S, Bucket, limit_error, parse

UNEXPECTED = "Strava answered something unexpected."

#: HTTP status → what it means for the athlete. 403 and 429 need a closer look, below.
MEANINGS: Mapping[int, tuple[type[SourceError], str]] = {
    400: (Refused, "Strava did not accept the request"),
    401: (
        NotConnected,
        "Strava no longer accepts the stored tokens: connect Strava again, with "
        "`flask strava connect` or by signing in",
    ),
    402: (
        NeedsSubscription,
        "Only athletes with Strava's paid subscription have this: strava.com/subscribe",
    ),
    404: (NotFound, "Strava has nothing there, or it is not visible to this athlete"),
    409: (Refused, "Strava already has this"),
    410: (Retired, "Strava has withdrawn this part of its API: nothing here brings it back"),
    413: (Refused, "Strava says that this is too large"),
}


def error_for(
    status: int,
    headers: Mapping[str, str],
    body: Any,
    advice: str = "Try again later.",
    text: str = "",
) -> SourceError:
    """The error for a reply of Strava that is not a success.

    ``body``: the decoded Fault of the API description, or None where it was not JSON. ``advice``:
    what to do where Strava itself failed. ``text``: what came where it was not JSON.
    """
    detail = _detail(body)
    if status == 429:
        return _rate_limited(headers)
    if status == 403:
        return _forbidden(body, detail)
    if status == 401 and is_missing_scope(detail):
        return _missing_scope(detail)
    if status in MEANINGS:
        kind, meaning = MEANINGS[status]
        return kind(f"{meaning}{f' ({detail})' if detail else ''}.")
    if status == 503 and "maintenance" in (text + detail).lower():
        return Maintenance(f"Strava is being worked on: see status.strava.com. {advice}")
    return Unavailable(f"Strava itself has an error (HTTP {status}). {advice}")


def decode(response: requests.Response, advice: str) -> Any:
    """The JSON of a success. Raises the SourceError of anything else."""
    body = parse_json(response)
    if response.status_code >= 400:
        text = response.text[:5000] if body is None else ""
        raise error_for(response.status_code, response.headers, body, advice, text)
    if body is None or response.status_code >= 300:
        raise Unavailable(f"{UNEXPECTED} {advice}")
    return body


def parse_json(response: requests.Response) -> Any:
    """The JSON of a reply; None where it is none."""
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None


def is_missing_scope(text: str) -> bool:
    """Whether a Fault is about a scope that was not granted.

    Its field is then the scope's permission, as in ``activity:read_permission``. Strava answers
    401 for that too, and a new token would not help.
    """
    return "_permission" in text


def is_application_fault(body: Any) -> bool:
    """Whether a Fault is about the application's own credentials, not about a token or code."""
    errors = body.get("errors") if isinstance(body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    return isinstance(first, dict) and first.get("resource") == "Application"


def _forbidden(body: Any, detail: str) -> SourceError:
    said = str(body).lower()
    if "inactive" in said:
        return WrongApplication(
            "Strava says that the API application is inactive: since June 2026 it needs a "
            "subscription. Check https://www.strava.com/settings/api."
        )
    if "connected athletes" in said:
        return TooManyAthletes(
            "The API application may have no more athletes connected; a new one may have one. "
            "The other can leave at https://www.strava.com/settings/apps, or Strava may allow more."
        )
    if "subscri" in said:
        kind, meaning = MEANINGS[402]
        return kind(f"{meaning}.")
    if is_missing_scope(detail) or "scope" in detail.lower():
        return _missing_scope(detail)
    return Refused(f"Strava does not allow this{f' ({detail})' if detail else ''}.")


def _missing_scope(detail: str) -> MissingScope:
    return MissingScope(
        f"The Strava connection was not granted what this needs ({detail}): "
        "connect again and leave every box ticked."
    )


def _rate_limited(headers: Mapping[str, str]) -> RateLimited:
    """The limit that the headers show as used up; without any, the one that resets first."""
    now = time.time()
    found = [bucket for bucket in parse(headers) if bucket.used >= bucket.limit]
    unknown = Bucket("overall", "15 minutes", 0, 0, (now // QUARTER_S + 1) * QUARTER_S)
    return limit_error(max(found, key=lambda bucket: bucket.resets_at, default=unknown))


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
