"""The refresh token grant (OAuth 2.1 §4.3): rotation with a grace period; later reuse revokes."""

from authlib.oauth2.rfc6749 import InvalidGrantError
from authlib.oauth2.rfc6749.grants import RefreshTokenGrant as _RefreshTokenGrant

from strava_mcp.oauth.clients import AUTH_METHODS
from strava_mcp.oauth.grant import Grant
from strava_mcp.oauth.grant_tokens import IssuedTokens, TokenResponse


class RefreshTokenGrant(_RefreshTokenGrant):
    """``grant_type=refresh_token`` at /token. The scope can be narrowed, never widened."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(AUTH_METHODS)
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Grant | None:
        """The token's grant. Reuse after the grace period revokes it, whichever client sent it."""
        grant: Grant | None = self.server.grants.refreshable(refresh_token)
        return grant

    def authenticate_user(self, refresh_token: Grant) -> Grant:
        """The subject of the tokens: the grant."""
        return refresh_token

    def save_token(self, token: TokenResponse) -> None:
        """Replace the refresh token with the new pair."""
        issued = IssuedTokens.from_response(token)
        if not self.server.grants.refresh(self.request.form["refresh_token"], issued):
            raise InvalidGrantError()

    def revoke_old_credential(self, refresh_token: Grant) -> None:
        """No-op: ``save_token`` already replaced the old token."""
