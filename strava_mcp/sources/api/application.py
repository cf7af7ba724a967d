"""The API application at Strava's OAuth endpoints: authorization, tokens, revocation.

Source: developers.strava.com/docs/authentication.
"""

from collections.abc import Iterable
from urllib.parse import urlencode

from strava_mcp.errors import NotConnected, Unavailable, WrongApplication
from strava_mcp.json_types import JSON
from strava_mcp.sources.api.errors import decode, is_application_fault, parse_json
from strava_mcp.sources.api.tokens import Credentials
from strava_mcp.sources.api.transport import TRY_AGAIN, Transport

REFUSED = (
    "Strava refused the refresh token: connect again, with `flask strava connect`, by signing in, "
    "or with a new STRAVA_REFRESH_TOKEN."
)
UNKNOWN = (
    "Strava does not know the API application: check STRAVA_CLIENT_ID and STRAVA_CLIENT_SECRET "
    "against https://www.strava.com/settings/api. The connection is kept."
)


class Application:
    """The application whose credentials are in the settings. ``url``: STRAVA_OAUTH_URL."""

    def __init__(self, url: str, credentials: Credentials, transport: Transport) -> None:
        self._url = url
        self._credentials = credentials
        self._transport = transport

    def authorize_url(self, redirect_uri: str, scopes: Iterable[str], state: str) -> str:
        """Where the athlete's browser goes; Strava asks them again even if they said yes before."""
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
        """Trade the code of the callback; the answer names the athlete. Raises NotConnected."""
        refused = "Strava refused the code: it works once, for ten minutes. Connect again."
        return self._token({"grant_type": "authorization_code", "code": code}, refused)

    def refresh(self, refresh_token: str) -> JSON:
        """Trade a refresh token. Raises NotConnected where it is dead."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self._token(form, REFUSED)

    def revoke(self, token: str) -> None:
        """End a refresh token and what came of it (RFC 7009). Raises SourceError."""
        pair = (self._credentials.client_id, self._credentials.client_secret)
        response = self._transport.call_app(
            "POST", f"{self._url}/revoke", data={"token": token}, auth=pair
        )
        if response.status_code >= 400:
            decode(response, TRY_AGAIN)

    def _token(self, form: JSON, refused: str) -> JSON:
        client = {
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret,
        }
        response = self._transport.call_app("POST", f"{self._url}/token", data={**client, **form})
        if response.status_code in (400, 401):  # Strava says 400 for a token or code that is dead
            if is_application_fault(parse_json(response)):
                raise WrongApplication(UNKNOWN)
            raise NotConnected(refused)
        answer = decode(response, TRY_AGAIN)
        if not isinstance(answer, dict):
            raise Unavailable("Strava's token endpoint gave no token. Try again later.")
        return answer
