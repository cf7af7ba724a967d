"""Strava's OAuth endpoints: authorization, tokens, revocation.

Source: developers.strava.com/docs/authentication.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from strava_mcp.errors import NotConnected, Unavailable, WrongApplication
from strava_mcp.json_types import JSON
from strava_mcp.sources.api.errors import decode, is_application_fault, parse_json
from strava_mcp.sources.api.tokens import Credentials
from strava_mcp.sources.api.transport import TRY_AGAIN, Transport

REFRESH_TOKEN_REJECTED = (
    "Strava refused the refresh token: connect again, with `flask strava connect`, by signing in, "
    "or with a new STRAVA_REFRESH_TOKEN."
)
CODE_REJECTED = "Strava refused the code: it works once, for ten minutes. Connect again."
CREDENTIALS_REJECTED = (
    "Strava does not know the API application: check STRAVA_CLIENT_ID and STRAVA_CLIENT_SECRET "
    "against https://www.strava.com/settings/api. The connection is kept."
)


class Application:
    """The API application whose credentials are in the settings. ``url``: STRAVA_OAUTH_URL."""

    def __init__(self, url: str, credentials: Credentials, transport: Transport) -> None:
        self._url = url
        self._credentials = credentials
        self._transport = transport

    def authorize_url(self, redirect_uri: str, scopes: Iterable[str], state: str) -> str:
        """The URL that the athlete approves the application at, even if they did so before."""
        query = {
            "client_id": self._credentials.client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "approval_prompt": "force",
            "scope": ",".join(scopes),
            "state": state,
        }
        return f"{self._url}/authorize?{urlencode(query)}"

    def exchange(self, code: str) -> JSON:
        """Exchange an authorization code for tokens; the response also has the athlete.

        Raises NotConnected.
        """
        return self._token({"grant_type": "authorization_code", "code": code}, CODE_REJECTED)

    def refresh(self, refresh_token: str) -> JSON:
        """Exchange a refresh token for new tokens. Raises NotConnected if it is no longer valid."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self._token(form, REFRESH_TOKEN_REJECTED)

    def revoke(self, token: str) -> None:
        """Revoke a token and those issued with it (RFC 7009). Raises SourceError."""
        client = (self._credentials.client_id, self._credentials.client_secret)
        response = self._transport.call_app(
            "POST", f"{self._url}/revoke", data={"token": token}, auth=client
        )
        if response.status_code >= 300:  # a redirect has revoked nothing either
            decode(response, TRY_AGAIN)

    def _token(self, grant: Mapping[str, str], rejected: str) -> JSON:
        client = {
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret,
        }
        response = self._transport.call_app("POST", f"{self._url}/token", data={**client, **grant})
        if response.status_code in (400, 401):  # 400: Strava's status for an invalid token or code
            if is_application_fault(parse_json(response)):
                raise WrongApplication(CREDENTIALS_REJECTED)
            raise NotConnected(rejected)
        tokens = decode(response, TRY_AGAIN)
        if not isinstance(tokens, dict):
            raise Unavailable("Strava's token endpoint gave no token. Try again later.")
        return tokens
