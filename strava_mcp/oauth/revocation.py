"""Revocation (RFC 7009): a client that is removed takes its tokens along."""

from typing import Any

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc7009 import RevocationEndpoint as _RevocationEndpoint

from strava_mcp.oauth.clients import AUTH_METHODS
from strava_mcp.oauth.grants import Grant


class RevocationEndpoint(_RevocationEndpoint):
    """POST /revoke. Authlib's takes Basic authentication only; public clients revoke, too."""

    CLIENT_AUTH_METHODS = list(AUTH_METHODS)

    def check_params(self, request: Any, client: Any) -> None:
        """There is a token. A hint that says nothing to us is ignored (RFC 7009 §2.2.1)."""
        if not request.form.get("token"):
            raise InvalidRequestError("The request has no token.")

    def query_token(self, token_string: str, token_type_hint: str | None) -> Grant | None:
        """The grant of a token that is alive. Tokens tell their own kind: no hint is needed."""
        found: Grant | None = self.server.grants.find(token_string)
        return found

    def revoke_token(self, token: Grant, request: Any) -> None:
        """An access token ends alone; with a refresh token ends all that was granted."""
        self.server.grants.end(request.form["token"])
