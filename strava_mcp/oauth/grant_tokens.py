"""The access and refresh tokens of a grant, as text.

``smcp_at_<grant>_<secret>`` and ``smcp_rt_<grant>_<secret>``. They are opaque, not JWTs, so that a
revocation takes effect. Refresh tokens are signed with a key of their grant, so that one that was
used is recognized even long after its hash was dropped.
"""

import re
from typing import Literal, NamedTuple, TypedDict

from strava_mcp.oauth.credentials import SECRET, digest, new_id, new_secret, signed_secret

GRANT_ID = "[a-z0-9]{16}"
ACCESS = re.compile(rf"smcp_at_({GRANT_ID})_({SECRET})")
REFRESH = re.compile(rf"smcp_rt_({GRANT_ID})_({SECRET})")


class ParsedToken(NamedTuple):
    """What the text of a token consists of."""

    kind: Literal["access", "refresh"]
    grant_id: str
    secret: str

    @property
    def hashed(self) -> str:
        """The hash of the secret, as stored."""
        return digest(self.secret)


class TokenResponse(TypedDict):
    """The members of a token response (RFC 6749 §5.1) that are read here."""

    access_token: str
    refresh_token: str
    scope: str
    expires_in: int


class IssuedTokens(NamedTuple):
    """A new pair of tokens: their hashes, the access token's scope and its lifetime in seconds."""

    access: str
    refresh: str
    scope: str
    expires_in: int

    @classmethod
    def from_response(cls, response: TokenResponse) -> "IssuedTokens":
        """Read a token response that this server is about to send."""
        access, refresh = parse(response["access_token"]), parse(response["refresh_token"])
        assert access and refresh
        return cls(access.hashed, refresh.hashed, response["scope"], response["expires_in"])


def parse(token: str) -> ParsedToken | None:
    """Take a token apart; None if it has the form of neither kind."""
    if match := ACCESS.fullmatch(token):
        return ParsedToken("access", match[1], match[2])
    if match := REFRESH.fullmatch(token):
        return ParsedToken("refresh", match[1], match[2])
    return None


def new_grant_id() -> str:
    """Generate the ID of a grant, which may be shown and logged."""
    return new_id(16)


def new_signing_key() -> str:
    """Generate the key that signs the refresh tokens of one grant."""
    return new_secret()


def new_access_token(grant_id: str) -> str:
    """Generate an access token."""
    return f"smcp_at_{grant_id}_{new_secret()}"


def new_refresh_token(grant_id: str, signing_key: str) -> str:
    """Generate a refresh token."""
    return f"smcp_rt_{grant_id}_{signed_secret(signing_key)}"
