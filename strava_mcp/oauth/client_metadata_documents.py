"""Client ID metadata documents: a client whose ID is the https address of a document about it.

The address comes from anybody, so fetching it is a way to make this server reach where it should
not (SSRF). What is fetched: https, from public addresses only, connected to the very address that
was checked, no redirects, 5 KB, 3 seconds in all.
Source: draft-ietf-oauth-client-id-metadata-document; RFC 9728 has the like advice in §7.7.
"""

import hashlib
import json
import re
import time
from urllib.parse import urlsplit

from strava_mcp.errors import StravaMcpError
from strava_mcp.json_types import JSON
from strava_mcp.oauth.exact_limiter import ExactLimiter
from strava_mcp.oauth.safe_fetch import FetchError, fetch
from strava_mcp.store import Store

NAMESPACE = "document"
MAX_URL_LENGTH = 512
MAX_NAME_LENGTH = 100
#: How long a document is taken as unchanged, whatever its Cache-Control says, and a failure to get
#: one as lasting.
MIN_CACHE_S, CACHE_S, MAX_CACHE_S, FAILURE_S = 300, 3600, 3600, 60
WINDOW_S = 300
PER_KEY, OVERALL = 10, 60
#: Documents of well-known clients: what others ask for never uses up their turn.
KNOWN = frozenset({"https://claude.ai/oauth/mcp-oauth-client-metadata"})

URL = re.compile(
    r"https://[A-Za-z0-9.-]+(?::(?P<port>[0-9]{1,5}))?/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*"
)
DOTS = re.compile(r"/(?:\.|%2e){1,2}(?:/|$|\?)", re.IGNORECASE)


class BadDocument(StravaMcpError):
    """The document cannot be had, or does not describe a client that we can serve."""


class Documents:
    """The documents of clients, kept in the store for a while."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._fetches = ExactLimiter("document", store, WINDOW_S, PER_KEY, OVERALL)

    def load(self, url: str, network: str | None) -> JSON:
        """``client_name`` and ``redirect_uris`` of a client. Raises BadDocument.

        ``network``: whose limit a fetch counts against; None where nothing may be fetched.
        """
        check_url(url)
        key = hashlib.sha256(url.encode()).hexdigest()
        record = self._store.get(NAMESPACE, key)
        if record is None:
            if network is None or (url not in KNOWN and self._fetches.hit(network)):
                raise BadDocument("Too many client documents were asked for; try again later.")
            value, lifetime = _fetched(url)
            self._store.put(NAMESPACE, key, value, time.time() + lifetime)
        else:
            value = record.value
        if "problem" in value:
            raise BadDocument(value["problem"])
        return value


def _fetched(url: str) -> tuple[JSON, int]:
    """What to keep of a document, or the ``problem`` with it, and for how many seconds."""
    try:
        body, cache_control = fetch(url)
        return read(url, body), lifetime_s(cache_control)
    except FetchError as exc:
        return {"problem": f"The document that describes the client: {exc}"}, FAILURE_S
    except BadDocument as exc:
        return {"problem": str(exc)}, FAILURE_S


def is_document(client_id: str) -> bool:
    """Whether a client ID is the address of a document."""
    return client_id.startswith("https://")


def host_of(url: str) -> str:
    """The host that vouches for the document."""
    return urlsplit(url).hostname or ""


def check_url(url: str) -> None:
    """Raise BadDocument unless the URL can be a client ID: a path, no fragment, no dot segments."""
    shape = URL.fullmatch(url) if len(url) <= MAX_URL_LENGTH else None
    if shape is None or DOTS.search(url) or not 0 < int(shape["port"] or 443) < 65536:
        raise BadDocument("The client ID is not the https address of a client document.")


def read(url: str, body: bytes) -> JSON:
    """What we need of a document. Raises BadDocument."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise BadDocument("The document that describes the client is not JSON.") from None
    if not isinstance(found, dict) or found.get("client_id") != url:
        raise BadDocument("The document does not name its own address as client_id.")
    if found.get("token_endpoint_auth_method", "none") != "none" or "client_secret" in found:
        raise BadDocument("The document wants a client secret or key; only public clients do here.")
    uris, name = found.get("redirect_uris"), found.get("client_name")
    if not isinstance(uris, list) or not all(
        isinstance(uri, str) and uri.isascii() and uri.isprintable() for uri in uris
    ):
        raise BadDocument("The document has no list of redirect_uris.")
    if name is not None and not isinstance(name, str):
        raise BadDocument("The client_name of the document is not text.")
    shown = "".join(letter for letter in (name or "") if letter.isprintable())
    return {"client_name": shown[:MAX_NAME_LENGTH], "redirect_uris": uris}


def lifetime_s(cache_control: str) -> int:
    """How long to keep a document, by its Cache-Control (RFC 9111 §5.2.2), within our bounds."""
    found = re.search(r"max-age=(\d{1,9})", cache_control)
    asked = int(found[1]) if found else CACHE_S
    if "no-store" in cache_control or "no-cache" in cache_control:
        asked = 0
    return max(MIN_CACHE_S, min(asked, MAX_CACHE_S))
