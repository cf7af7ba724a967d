"""The refresh token grant (OAuth 2.1 §4.3): rotation, a grace for parallel hosts, reuse revokes."""

from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError
from authlib.oauth2.rfc6749.grants import RefreshTokenGrant as _RefreshTokenGrant

from strava_mcp.oauth.clients import AUTH_METHODS
from strava_mcp.oauth.grants import Grant, Tokens


class RefreshTokenGrant(_RefreshTokenGrant):
    """``grant_type=refresh_token`` at /token. A narrower scope may be asked for, never a wider."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(AUTH_METHODS)
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Grant | None:
        """The grant behind the token; reuse out of time revokes it, whoever presents the token."""
        found: Grant | None = self.server.grants.refreshable(refresh_token)
        return found

    def authenticate_user(self, refresh_token: Grant) -> Grant:
        """The tokens' subject is the grant."""
        return refresh_token

    def save_token(self, token: dict[str, Any]) -> None:
        """Put the new pair in the place of the old one."""
        if not self.server.grants.refresh(self.request.form["refresh_token"], Tokens.of(token)):
            raise InvalidGrantError()

    def revoke_old_credential(self, refresh_token: Grant) -> None:
        """Nothing: ``save_token`` did both in one write."""
