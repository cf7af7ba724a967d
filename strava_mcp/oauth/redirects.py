"""Where a code may be sent: a closed list of known clients, and programs on the owner's device.

An open registration endpoint lets anybody name a redirect URI, so the list and not the client
decides. It is applied at registration, to client documents and again at every authorization.
"""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from strava_mcp.config.parsers import LOOPBACK_HOSTS

KNOWN = frozenset(
    {
        "https://claude.ai/api/mcp/auth_callback",
        "https://claude.com/api/mcp/auth_callback",
        "https://chatgpt.com/connector_platform_oauth_redirect",
        "https://vscode.dev/redirect",
        "https://insiders.vscode.dev/redirect",
        "cursor://anysphere.cursor-mcp/oauth/callback",
        "https://www.cursor.com/agents/mcp/oauth/callback",
    }
)
CHATGPT = re.compile(r"https://chatgpt\.com/connector/oauth/[A-Za-z0-9_-]+")

#: RFC 8252 §7.3, and ``localhost``, which clients use although §8.3 advises against it. Only the
#: characters that RFC 3986 has in a path; no userinfo, no fragment; a query of plain words, which
#: comes out again as it went in when the code is added.
LOOPBACK = re.compile(
    r"http://(?P<host>localhost|127\.0\.0\.1|\[::1\])(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<rest>(?:/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?(?:\?(?P<query>[A-Za-z0-9._~=&-]+))?)"
)
WORDS = re.compile(r"([A-Za-z0-9._~-]+)=[A-Za-z0-9._~-]*")
#: Parameters of the answer (RFC 6749 §4.1.2, RFC 9207 §2), of which there may be one only.
OURS = frozenset({"code", "state", "iss", "error", "error_description", "error_uri"})
DOTS = re.compile(r"(?:\.|%2e){1,2}", re.IGNORECASE)


def is_allowed(uri: str, extra: Collection[str] = ()) -> bool:
    """Whether a code may be sent there. ``extra``: OAUTH_ALLOWED_REDIRECT_URIS."""
    return uri in KNOWN or uri in extra or bool(CHATGPT.fullmatch(uri)) or is_loopback(uri)


def is_loopback(uri: str) -> bool:
    """Whether this is a program on the device where the browser runs."""
    found = LOOPBACK.fullmatch(uri)
    if found is None or int(found["port"] or 80) > 65535:
        return False
    path, query = found["rest"].partition("?")[0], found["query"]
    words = [WORDS.fullmatch(word) for word in query.split("&")] if query else []
    return all(word and word[1] not in OURS for word in words) and not any(
        DOTS.fullmatch(segment) for segment in path.split("/")
    )


def same(registered: str, requested: str) -> bool:
    """Character for character; of a loopback URI the port may differ (RFC 8252 §7.3)."""
    if registered == requested:
        return True
    if not (is_loopback(registered) and is_loopback(requested)):
        return False
    ours, theirs = LOOPBACK.fullmatch(registered), LOOPBACK.fullmatch(requested)
    assert ours and theirs
    return (ours["host"], ours["rest"]) == (theirs["host"], theirs["rest"])


def place(uri: str) -> tuple[str, str]:
    """Where a code is sent, for a person: what it is, and the host or scheme that proves it."""
    parts = urlsplit(uri)
    if parts.hostname in LOOPBACK_HOSTS:
        return "a program on this device", parts.netloc
    if parts.scheme not in ("http", "https"):
        return f"the {parts.scheme} app on this device", f"{parts.scheme}:"
    return "the website", parts.netloc
