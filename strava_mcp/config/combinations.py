"""Checks that involve more than one setting."""

from collections.abc import Mapping


def combination_problems(values: Mapping[str, object]) -> list[str]:
    """Describe settings that contradict each other. ``values``: fields of ``Config`` by name."""
    problems = []
    if values.get("strava_source") == "api":
        problems += [
            f"{name.upper()} must be set while STRAVA_SOURCE is api; found nothing."
            for name in ("strava_client_id", "strava_client_secret")
            if not values.get(name)
        ]
    authless_secret = values.get("authless_secret")
    if authless_secret and authless_secret in _auth_tokens(values):
        problems.append(
            "AUTHLESS_SECRET must differ from AUTH_TOKEN: it may stand in a URL, and opens less."
        )
    if values.get("archive_url") and values.get("archive_export"):
        problems.append("ARCHIVE_EXPORT must not be set together with ARCHIVE_URL: remove one.")
    if values.get("authorize_with") == "strava":
        if values.get("strava_source") != "api":
            problems.append("AUTHORIZE_WITH can be strava only while STRAVA_SOURCE is api.")
        if values.get("allow_authless"):
            problems.append(
                "ALLOW_AUTHLESS must be false while AUTHORIZE_WITH is strava: a request without a "
                "token belongs to no athlete."
            )
        if values.get("oauth_enabled") is False:
            problems.append("OAUTH_ENABLED must be true while AUTHORIZE_WITH is strava.")
    return problems


def _auth_tokens(values: Mapping[str, object]) -> tuple[str, ...]:
    tokens = values.get("auth_tokens")
    return tokens if isinstance(tokens, tuple) else ()
