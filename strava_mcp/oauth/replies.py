"""What the authorization server answers, for the web to send."""

from collections.abc import Sequence
from dataclasses import dataclass

from strava_mcp.errors import StravaMcpError


@dataclass(frozen=True)
class Reply:
    """An answer over HTTP."""

    status: int
    body: str
    headers: Sequence[tuple[str, str]]


class AuthorizationRejected(StravaMcpError):
    """An authorization request that no person is asked about.

    ``reply``: what to send where the client may be told, by a redirect to its validated URI; None
    where only the person in front of the browser may be (RFC 6749 §4.1.2.1).
    """

    def __init__(self, message: str, reply: Reply | None) -> None:
        super().__init__(message)
        self.reply = reply
