"""Replies of the authorization server, which ``web.oauth`` sends."""

from collections.abc import Sequence
from typing import NamedTuple

from strava_mcp.errors import StravaMcpError


class Reply(NamedTuple):
    """An HTTP response."""

    status: int
    body: str
    headers: Sequence[tuple[str, str]]


class AuthorizationRejected(StravaMcpError):
    """An authorization request rejected before the consent page.

    ``reply``: the error as a redirect to the client's validated URI; None if the error may only be
    shown in the browser (RFC 6749 §4.1.2.1). ``refused_uri``: the redirect URI, if it is what was
    refused; as the client sent it.
    """

    def __init__(self, message: str, reply: Reply | None, refused_uri: str = "") -> None:
        super().__init__(message)
        self.reply = reply
        self.refused_uri = refused_uri
