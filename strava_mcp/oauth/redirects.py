"""Redirect policy: codes are sent only to known clients and to programs on the user's device.

Anybody can register any redirect URI, so this list decides, not the client. It is applied at
registration, to client documents, and again at every authorization.
"""

import re
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from strava_mcp.config.parsers import LOOPBACK_HOSTS, redirect_uris

#: Each confirmed on a page, a document or the issue tracker of its vendor, never on others' pages.
KNOWN = frozenset(
    {
        "https://claude.ai/api/mcp/auth_callback",
        "https://claude.com/api/mcp/auth_callback",
        "https://chatgpt.com/connector_platform_oauth_redirect",
        "https://vscode.dev/redirect",
        "https://insiders.vscode.dev/redirect",
        "cursor://anysphere.cursor-mcp/oauth/callback",
        "https://www.cursor.com/agents/mcp/oauth/callback",
        # n8n Cloud: github.com/n8n-io/n8n-docs, credentials/formstacktrigger.md
        "https://oauth.n8n.cloud/oauth2/callback",
        # Google Antigravity: github.com/google-antigravity/antigravity-cli/issues/480
        "https://antigravity.google/oauth-callback",
    }
)
CHATGPT = re.compile(r"https://chatgpt\.com/connector/oauth/[A-Za-z0-9_-]+")

#: RFC 8252 §7.3, and ``localhost``, which clients use although §8.3 advises against it. Only path
#: characters of RFC 3986; no userinfo, no fragment; in the query only characters that need no
#: escaping, so that it stays the same when the code is appended.
LOOPBACK = re.compile(
    r"http://(?P<host>localhost|127\.0\.0\.1|\[::1\])(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<rest>(?:/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?(?:\?(?P<query>[A-Za-z0-9._~=&-]+))?)"
)
PARAMETER = re.compile(r"([A-Za-z0-9._~-]+)=[A-Za-z0-9._~-]*")
#: Parameters that the response adds (RFC 6749 §4.1.2, RFC 9207 §2); each must occur only once.
RESERVED = frozenset({"code", "state", "iss", "error", "error_description", "error_uri"})
#: Printable ASCII without quotation mark and backslash.
PRINTABLE = "".join(map(chr, {*range(0x21, 0x7F)} - {0x22, 0x5C}))
DOT_SEGMENT = re.compile(r"(?:\.|%2e){1,2}", re.IGNORECASE)

#: What is true of loopback redirects and of an app's own scheme (RFC 8252 §8.1, §8.3).
ANY_PROGRAM = "Any program on this computer can claim this address."


class Destination(NamedTuple):
    """Where a code is sent: the kind of app, its host or scheme, and what to know about it."""

    kind: str
    address: str
    warning: str = ""


def is_allowed(uri: str, extra: Collection[str] = ()) -> bool:
    """Whether codes may be sent to a URI. ``extra``: OAUTH_ALLOWED_REDIRECT_URIS."""
    return uri in KNOWN or uri in extra or bool(CHATGPT.fullmatch(uri)) or is_loopback(uri)


def is_loopback(uri: str) -> bool:
    """Whether a URI is that of a program on the device where the browser runs."""
    match = LOOPBACK.fullmatch(uri)
    if match is None or int(match["port"] or 80) > 65535:
        return False
    path, query = match["rest"].partition("?")[0], match["query"]
    parameters = [PARAMETER.fullmatch(item) for item in query.split("&")] if query else []
    return all(item and item[1] not in RESERVED for item in parameters) and not any(
        DOT_SEGMENT.fullmatch(segment) for segment in path.split("/")
    )


def matches(registered: str, requested: str) -> bool:
    """Whether two URIs are equal, except for the port of a loopback URI (RFC 8252 §7.3)."""
    if registered == requested:
        return True
    if not (is_loopback(registered) and is_loopback(requested)):
        return False
    one, other = LOOPBACK.fullmatch(registered), LOOPBACK.fullmatch(requested)
    assert one and other
    return (one["host"], one["rest"]) == (other["host"], other["rest"])


def can_be_added(uri: str) -> bool:
    """Whether OAUTH_ALLOWED_REDIRECT_URIS may have this URI."""
    try:
        return redirect_uris(uri) == (uri,)
    except ValueError:
        return False


def printable(uri: str, max_length: int) -> str:
    """A URI that anybody may have sent, in the characters of an error_description (RFC 6749 §5.2).

    Everything else is percent-encoded: a Cyrillic letter or a change of direction shows.
    """
    encoded = quote(uri[:max_length], safe=PRINTABLE, errors="backslashreplace")
    is_cut = len(uri) > max_length or len(encoded) > max_length
    return encoded[:max_length] + "..." if is_cut else encoded


def host_of(uri: str) -> str:
    """The website that a URI sends to; empty for programs on a device."""
    parts = urlsplit(uri)
    return (parts.hostname or "") if parts.scheme == "https" else ""


def describe(uri: str) -> Destination:
    """Where a code is sent, for a person to read."""
    parts = urlsplit(uri)
    if parts.hostname in LOOPBACK_HOSTS:
        return Destination("a program on this device", parts.netloc, ANY_PROGRAM)
    if parts.scheme not in ("http", "https"):
        kind = f"the {parts.scheme} app on this device"
        return Destination(kind, f"{parts.scheme}:", ANY_PROGRAM)
    return Destination("the website", parts.netloc)
