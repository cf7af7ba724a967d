"""Token revocation (RFC 7009)."""

from typing import TYPE_CHECKING

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc7009 import RevocationEndpoint as _RevocationEndpoint

from strava_mcp.oauth.clients import AUTH_METHODS, Client
from strava_mcp.oauth.grant import Grant

if TYPE_CHECKING:
    from strava_mcp.oauth.request import Request


class RevocationEndpoint(_RevocationEndpoint):
    """POST /revoke. Authlib accepts Basic authentication only; here public clients can revoke."""

    CLIENT_AUTH_METHODS = list(AUTH_METHODS)

    def check_params(self, request: "Request", client: Client) -> None:
        """Require a token. Unknown values of ``token_type_hint`` are ignored (RFC 7009 §2.2.1)."""
        if not request.form.get("token"):
            raise InvalidRequestError("The request has no token.")

    def query_token(self, token_string: str, token_type_hint: str | None) -> Grant | None:
        """The grant of a token that is still valid. Tokens name their kind: no hint is needed."""
        grant: Grant | None = self.server.grants.find(token_string)
        return grant

    def revoke_token(self, token: Grant, request: "Request") -> None:
        """Revoke an access token alone, a refresh token with its whole grant."""
        self.server.grants.end(request.form["token"])
