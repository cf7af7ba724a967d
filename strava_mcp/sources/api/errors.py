"""Maps Strava's error responses to exceptions whose messages say what to do."""

import json
import re
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

UNEXPECTED = "Strava's response was unexpected."

#: A part of a surrogate pair, as an escape of JSON (RFC 8259 §8.2).
SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")

#: HTTP status → exception and message. ``error_for`` adds those that depend on more.
ERRORS_BY_STATUS: Mapping[int, tuple[type[SourceError], str]] = {
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
    body: object,
    advice: str = "Try again later.",
    text: str = "",
) -> SourceError:
    """The exception for an error response of Strava.

    ``body``: the decoded JSON (a Fault of the API description); None if it was not JSON, which is
    then in ``text``. ``advice``: what to do if Strava itself failed.
    """
    detail = _detail(body)
    if status == 429:
        return _rate_limited(headers)
    if status == 403:
        return _forbidden(body, detail)
    if status == 401 and is_missing_scope(detail):
        return _missing_scope(detail)
    if status in ERRORS_BY_STATUS:
        kind, meaning = ERRORS_BY_STATUS[status]
        return kind(f"{meaning}{f' ({detail})' if detail else ''}.")
    if status == 503 and "maintenance" in (text + detail).lower():
        return Maintenance(f"Strava is down for maintenance: see status.strava.com. {advice}")
    return Unavailable(f"Strava itself has an error (HTTP {status}). {advice}")


def decode(response: requests.Response, advice: str) -> Any:
    """Return the JSON of a successful response. Raises the SourceError for any other."""
    body = parse_json(response)
    if response.status_code >= 400:
        text = response.text[:5000] if body is None else ""
        raise error_for(response.status_code, response.headers, body, advice, text)
    if body is None or response.status_code >= 300:
        raise Unavailable(f"{UNEXPECTED} {advice}")
    return body


def parse_json(response: requests.Response) -> Any:
    """The JSON of a response; None if it is not JSON.

    Half of a surrogate pair, which an escape can spell and no page or store can encode, becomes
    U+FFFD: text that was cut between the two halves of an emoji ends in one.
    """
    try:
        value = response.json()
        if SURROGATE.search(response.content):
            value = json.loads(_with_whole_pairs(json.dumps(value, ensure_ascii=False)))
        return value
    except (ValueError, RecursionError):
        return None


def _with_whole_pairs(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def is_missing_scope(text: str) -> bool:
    """Whether a Fault says that a scope was not granted, which a new access token cannot change.

    Strava responds with 401 then too, and names a permission: ``activity:read_permission``.
    """
    return "_permission" in text


def is_application_fault(body: object) -> bool:
    """Whether a Fault concerns the application's own credentials, not a token or code."""
    errors = body.get("errors") if isinstance(body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    return isinstance(first, dict) and first.get("resource") == "Application"


def _forbidden(body: object, detail: str) -> SourceError:
    text = str(body).lower()
    if "inactive" in text:
        return WrongApplication(
            "Strava says that the API application is inactive: since June 2026 it needs a "
            "subscription. Check https://www.strava.com/settings/api."
        )
    if "connected athletes" in text:
        return TooManyAthletes(
            "The API application has reached its limit of connected athletes (one if it is new). "
            "One of them can disconnect at https://www.strava.com/settings/apps, or Strava may "
            "raise the limit."
        )
    if "subscri" in text:
        kind, meaning = ERRORS_BY_STATUS[402]
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
    """The error for the limit that the headers report as used up; if none, the 15-minute limit."""
    now = time.time()
    full = [bucket for bucket in parse(headers) if bucket.used >= bucket.limit]
    unknown = Bucket("overall", "15 minutes", 0, 0, (now // QUARTER_S + 1) * QUARTER_S)
    return limit_error(max(full, key=lambda bucket: bucket.resets_at, default=unknown))


def _detail(body: object) -> str:
    """The message of a Fault with the resource, field and code of its first error."""
    if not isinstance(body, dict):
        return ""
    errors = body.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    parts = [str(body["message"])] if body.get("message") else []
    if isinstance(first, dict):
        parts.append(" ".join(str(first[k]) for k in ("resource", "field", "code") if first.get(k)))
    return ": ".join(parts)[:200]
