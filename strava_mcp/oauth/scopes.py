"""Scopes: as requested by clients, and as granted.

``strava:write`` implies ``strava:read``. ``strava``, the only scope of the original server, is an
alias for ``strava:read``.
"""

from strava_mcp.identity import READ, SCOPES, WRITE

ALIASES = {"strava": (READ,), READ: (READ,), WRITE: (READ, WRITE)}


def canonical(scope: str | None) -> str:
    """Expand aliases and implied scopes, in a fixed order; empty if no scope is requested.

    Unknown scopes are ignored, as RFC 6749 §3.3 allows: many clients also request
    ``offline_access`` or ``openid``. If there are no others, ``strava:read`` is what they get.
    """
    requested = (scope or "").split()
    expanded = {item for name in requested for item in ALIASES.get(name, ())}
    return " ".join(name for name in SCOPES if name in expanded) or (READ if requested else "")


def grantable(scope: str | None) -> str:
    """What may be granted of a requested scope; all scopes if none is requested."""
    return canonical(scope) or " ".join(SCOPES)
