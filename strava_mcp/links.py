"""Links that let a browser do one thing for the caller of a tool: download or upload one file.

A link is a random token of 256 bits, of which only the hash is stored. It belongs to the data of
one athlete and to the credential that asked for it: it ends with that, after LIFETIME_S, or when it
was used.
"""

import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, Literal, NamedTuple
from urllib.parse import urlencode

from strava_mcp.identity import Principal
from strava_mcp.store import Store

NAMESPACE = "link"
LIFETIME_S = 15 * 60
#: Logs redact texts that begin like this (``log.SECRET_PATTERNS``).
PREFIX = "smcp_link_"
MAX_LENGTH = 100

Purpose = Literal["download", "upload"]
#: The path of a link, before its token.
PATHS: dict[Purpose, str] = {"download": "/download", "upload": "/upload"}


class Link(NamedTuple):
    """What a link is for.

    ``athlete_id``: the athlete whose data it reaches; None for the server's owner. ``principal``:
    the id of the credential that asked for it. ``data``: the identity of the data (see
    ``sources.data_identity``). ``activity`` and ``format``: of a download;
    ``options``: the fields of an upload beside the file. ``credential``: the fingerprint of a
    credential that is a setting, which has no record that could be revoked. ``expires_at``: seconds
    since the epoch.
    """

    purpose: Purpose
    principal: str
    athlete_id: int | None
    data: str
    activity: int = 0
    format: str = ""
    options: dict[str, Any] = {}
    credential: str = ""
    expires_at: float = 0


class Links:
    """The links in one store. Every method raises StoreError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(self, link: Link) -> str:
        """Store a link and return its token."""
        token = PREFIX + token_urlsafe(32)
        self._put(token, link._replace(expires_at=time.time() + LIFETIME_S))
        return token

    def find(self, token: str, purpose: Purpose) -> Link | None:
        """The link of a token, without using it up; None if it is not valid for this."""
        if len(token) > MAX_LENGTH:
            return None
        record = self._store.get(NAMESPACE, _hash(token))
        return _link(record.value, purpose) if record else None

    def redeem(self, token: str) -> bool:
        """Use a link up. Of concurrent callers, one gets True."""
        return self._store.take(NAMESPACE, _hash(token)) is not None

    def restore(self, token: str, link: Link) -> None:
        """Make a link usable again that was redeemed for nothing; it expires when it would have."""
        self._put(token, link)

    def _put(self, token: str, link: Link) -> None:
        self._store.put(NAMESPACE, _hash(token), link._asdict(), link.expires_at)


class LinkIssuer:
    """Makes the links of one caller. ``base_url``: the server's, as that caller knows it.

    ``identify``: returns the identity of the caller's data; called for each link, since few calls
    make any. ``credential``: see ``Link``. ``has_sign_in``: whether people can
    sign in.
    """

    def __init__(
        self,
        links: Links,
        principal: Principal,
        identify: Callable[[], str],
        base_url: str,
        credential: str = "",
        has_sign_in: bool = True,
    ) -> None:
        self._links = links
        self._credential = credential
        self._principal = principal
        self._identify = identify
        self._base_url = base_url
        self._has_sign_in = has_sign_in

    def download(self, activity: int, kind: str) -> str:
        """The URL at which one activity can be downloaded once."""
        return self._url(self._link("download")._replace(activity=activity, format=kind))

    def upload(self, options: dict[str, Any]) -> str:
        """The URL of a page where one file can be uploaded, with these fields."""
        return self._url(self._link("upload")._replace(options=options))

    def training(self, arguments: Mapping[str, str | int]) -> str:
        """The address of a chart on the page /training; empty if nobody can sign in there."""
        if not self._has_sign_in:
            return ""
        return f"{self._base_url}/training?{urlencode(arguments)}"

    def _link(self, purpose: Purpose) -> Link:
        link = Link(purpose, self._principal.id, self._principal.athlete_id, self._identify())
        return link._replace(credential=self._credential)

    def _url(self, link: Link) -> str:
        return f"{self._base_url}{PATHS[link.purpose]}/{self._links.create(link)}"


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def _link(value: dict[str, Any], purpose: Purpose) -> Link | None:
    return Link(**value) if value["purpose"] == purpose else None
