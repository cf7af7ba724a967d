"""The audience of tokens (RFC 8707): the URLs that mean this server.

With PUBLIC_URL there is one base URL. Without it, every loopback URL leads to this server, so all
of them are one audience: a token that a client got at ``localhost`` is valid at ``127.0.0.1``.
"""

import re

from strava_mcp.oauth.metadata import PATHS

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
LOOPBACK = re.compile(rf"(https?://)(?:{'|'.join(map(re.escape, LOOPBACK_NAMES))})(:[0-9]+)?")


def resources(base_url: str, public_url: str) -> frozenset[str]:
    """Every ``resource`` (RFC 8707 §2) that means this server.

    ``base_url``: the URL that the client uses. Without ``public_url``, its other loopback names are
    included, but no other port, where another program listens.
    """
    bases = [base_url]
    if not public_url and (match := LOOPBACK.fullmatch(base_url)):
        bases = [f"{match[1]}{name}{match[2] or ''}" for name in LOOPBACK_NAMES]
    return frozenset(base + path for base in bases for path in (*PATHS, "/"))


def includes(audience: str, public_url: str) -> bool:
    """Whether a token for ``audience``, the base URL it was issued at, is valid here."""
    if public_url:
        return audience == public_url
    return LOOPBACK.fullmatch(audience) is not None
