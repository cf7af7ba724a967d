"""Scopes as clients write them, and as they are granted.

``strava:write`` implies ``strava:read``; ``strava``, the original server's only scope, is an alias
for ``strava:read``.
"""

from strava_mcp.identity import READ, SCOPES, WRITE

ALIASES = {"strava": (READ,), READ: (READ,), WRITE: (READ, WRITE)}


def canonical(scope: str | None) -> str:
    """Aliases and implications written out, in one order; words that we do not know stay."""
    words = [word for given in (scope or "").split() for word in ALIASES.get(given, (given,))]
    order = {**dict.fromkeys(SCOPES, 0), **dict.fromkeys(words, 0)}
    return " ".join(word for word in order if word in words)


def grantable(scope: str | None) -> str | None:
    """What may be granted of what was asked for; None where nothing of it exists here.

    All scopes where none was named. A part may be ignored (RFC 6749 §3.3): some clients ask for
    ``offline_access`` or ``openid`` besides.
    """
    asked = canonical(scope).split()
    return " ".join(word for word in SCOPES if word in asked or not asked) or None
