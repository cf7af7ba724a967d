"""Scopes: as requested by clients, and as granted.

``strava:write`` implies ``strava:read``. ``strava``, the only scope of the original server, is an
alias for ``strava:read``.
"""

from strava_mcp.identity import READ, SCOPES, WRITE

ALIASES = {"strava": (READ,), READ: (READ,), WRITE: (READ, WRITE)}


def canonical(scope: str | None) -> str:
    """Expand aliases and implied scopes, in a fixed order. Unknown scopes are kept."""
    expanded = [item for name in (scope or "").split() for item in ALIASES.get(name, (name,))]
    order = {**dict.fromkeys(SCOPES), **dict.fromkeys(expanded)}
    return " ".join(name for name in order if name in expanded)


def grantable(scope: str | None) -> str | None:
    """The part of a requested scope that exists here, or None; all scopes if none is requested.

    Unknown scopes may be ignored (RFC 6749 §3.3): some clients also request ``offline_access`` or
    ``openid``.
    """
    requested = canonical(scope).split()
    return " ".join(name for name in SCOPES if name in requested or not requested) or None
