"""Client ID metadata documents: the client ID is the https URL of a document about the client.

The URL is untrusted, so fetching it risks SSRF. Fetched are only https URLs of public addresses,
connecting to the address that was checked, without redirects, at most 5 KB in 3 seconds.
Source: draft-ietf-oauth-client-id-metadata-document; RFC 9728 §7.7 gives similar advice.
"""

import hashlib
import json
import re
import time
from dataclasses import asdict, dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from strava_mcp.errors import StravaMcpError
from strava_mcp.json_types import JSON
from strava_mcp.oauth.dns_lookups import TRUSTED
from strava_mcp.oauth.exact_limiter import ExactLimiter
from strava_mcp.oauth.safe_fetch import Busy, FetchError, fetch
from strava_mcp.store import Store

NAMESPACE = "document"
MAX_URL_LENGTH = 512
MAX_NAME_LENGTH = 100
#: How long a document is cached, within bounds for its Cache-Control, and how long a failure is.
MIN_CACHE_S, CACHE_S, MAX_CACHE_S, FAILURE_S = 300, 3600, 3600, 60
#: Fetches in any period of WINDOW_S seconds: for one client network, and overall.
WINDOW_S = 300
PER_KEY, OVERALL, OWN = 10, 60, 3
#: Documents of clients that were approved here.
APPROVED = "document-approved"
#: Documents of well-known clients. Like approved ones, they are fetched whatever the limits.
KNOWN = frozenset({"https://claude.ai/oauth/mcp-oauth-client-metadata"})

URL = re.compile(
    r"https://[A-Za-z0-9.-]+(?::(?P<port>[0-9]{1,5}))?/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*"
)
DOTS = re.compile(r"/(?:\.|%2e){1,2}(?:/|$|\?)", re.IGNORECASE)


class InvalidDocument(StravaMcpError):
    """The document cannot be fetched, or does not describe a client that can be served."""


@dataclass(frozen=True)
class ClientDocument:
    """The metadata of a client that is used here."""

    client_name: str
    redirect_uris: list[str]


class Requester(NamedTuple):
    """Who asks for a document: a client network, or a browser that the owner used before.

    ``is_known``: whether it is such a browser. Its fetches do not depend on those of strangers.
    """

    key: str
    is_known: bool = False


class ClientDocuments:
    """Fetches the documents of clients and caches them in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._fetches = ExactLimiter("document", store, WINDOW_S, PER_KEY, OVERALL, OWN)

    def approve(self, url: str, lifetime_s: float) -> None:
        """Remember that a client was approved."""
        self._store.put(APPROVED, _key(url), {}, time.time() + lifetime_s)

    def load(self, url: str, requester: Requester | None) -> ClientDocument:
        """The document of a client. Raises InvalidDocument and StoreError.

        ``requester``: whom a fetch counts against; None to use the cache only.
        """
        check_url(url)
        key = _key(url)
        record = self._store.get(NAMESPACE, key)
        if record is None:
            value, lifetime = _fetch(url, self._admit(url, requester))
            self._store.put(NAMESPACE, key, value, time.time() + lifetime)
        else:
            value = record.value
        if "problem" in value:
            raise InvalidDocument(value["problem"])
        return ClientDocument(**value)

    def _admit(self, url: str, requester: Requester | None) -> str:
        """Count a fetch; return the requester of its DNS lookup. Raises InvalidDocument."""
        if requester and (url in KNOWN or self._store.get(APPROVED, _key(url))):
            return TRUSTED
        if requester is None or self._fetches.hit(requester.key, alone=requester.is_known):
            raise InvalidDocument("Too many client documents were requested; try again later.")
        return TRUSTED if requester.is_known else requester.key


def _key(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()


def _fetch(url: str, requester: str) -> tuple[JSON, int]:
    """Fetch a document. Returns it or its ``problem`` as stored, and the seconds to store it.

    Raises InvalidDocument if it could not be tried, of which nothing is stored.
    """
    try:
        body, cache_control = fetch(url, requester)
    except Busy as exc:
        raise InvalidDocument(str(exc)) from exc
    except FetchError as exc:
        return {"problem": f"The document that describes the client: {exc}"}, FAILURE_S
    try:
        return asdict(parse(url, body)), lifetime_s(cache_control)
    except InvalidDocument as exc:
        return {"problem": str(exc)}, FAILURE_S


def is_document(client_id: str) -> bool:
    """Whether a client ID is the URL of a document."""
    return client_id.startswith("https://")


def host_of(url: str) -> str:
    """The host that vouches for the document."""
    return urlsplit(url).hostname or ""


def check_url(url: str) -> None:
    """Raise InvalidDocument unless the URL has a path, no fragment and no dot segments."""
    match = URL.fullmatch(url) if len(url) <= MAX_URL_LENGTH else None
    if match is None or DOTS.search(url) or not 0 < int(match["port"] or 443) < 65536:
        raise InvalidDocument("The client ID is not the https URL of a client document.")


def parse(url: str, body: bytes) -> ClientDocument:
    """Parse and check a document. Raises InvalidDocument."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidDocument("The document that describes the client is not JSON.") from None
    if not isinstance(document, dict) or document.get("client_id") != url:
        raise InvalidDocument("The document does not name its own URL as client_id.")
    auth_method = document.get("token_endpoint_auth_method", "none")
    if auth_method != "none" or "client_secret" in document:
        raise InvalidDocument(
            "The document asks for a client secret or key; only public clients are served."
        )
    uris, name = document.get("redirect_uris"), document.get("client_name")
    if not isinstance(uris, list) or not all(
        isinstance(uri, str) and uri.isascii() and uri.isprintable() for uri in uris
    ):
        raise InvalidDocument("The document has no list of redirect_uris.")
    if name is not None and not isinstance(name, str):
        raise InvalidDocument("The client_name of the document is not text.")
    # JSON may have half a surrogate pair, which no store can encode.
    encodable = (name or "").encode("utf-8", "ignore").decode("utf-8")
    return ClientDocument(encodable[:MAX_NAME_LENGTH], uris)


def lifetime_s(cache_control: str) -> int:
    """Seconds to cache a document: its Cache-Control (RFC 9111 §5.2.2) within our bounds."""
    match = re.search(r"max-age=(\d{1,9})", cache_control)
    max_age = int(match[1]) if match else CACHE_S
    if "no-store" in cache_control or "no-cache" in cache_control:
        max_age = 0
    return max(MIN_CACHE_S, min(max_age, MAX_CACHE_S))
