"""Dynamic client registration (RFC 7591) on Authlib's endpoint, with its open ends closed.

As it comes it gives public clients a secret, takes any redirect URI and also none, and stumbles
over JSON that is not an object.
"""

import hmac
import json
import time
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc7591 import (
    ClientMetadataClaims,
    ClientRegistrationEndpoint,
    InvalidClientMetadataError,
    InvalidRedirectURIError,
)
from joserfc.errors import JoseError

from strava_mcp.json_types import JSON
from strava_mcp.oauth import scopes
from strava_mcp.oauth.clients import AUTH_METHODS, GRANT_TYPES, Client, new_client_id
from strava_mcp.oauth.credentials import digest, new_secret

MAX_BYTES = 16 * 1024
MAX_URIS = 16
MAX_URI_LENGTH = 2000
MAX_NAME_LENGTH = 100
#: Metadata that is text; what else a client sends is not kept (RFC 7591 §2: it MAY be ignored).
TEXTS = ("client_name", "client_uri", "logo_uri", "scope", "software_id", "software_version")


class TooManyClients(OAuth2Error):
    """There is no room for another client just now."""

    error = "temporarily_unavailable"
    status_code = 503
    description = "Too many clients are registered and not in use; try again in some hours."


class InvalidToken(OAuth2Error):
    """The initial access token is missing or wrong (RFC 7591 §3, RFC 6750 §3.1)."""

    error = "invalid_token"
    status_code = 401
    description = "Registration needs the token of OAUTH_REGISTRATION_TOKEN."

    def get_headers(self) -> list[tuple[str, str]]:
        """With the challenge."""
        return [*super().get_headers(), ("WWW-Authenticate", 'Bearer error="invalid_token"')]


class RegistrationRequest:
    """What Authlib's endpoint asks of a request. ``payload`` and ``data`` are the JSON object."""

    def __init__(self, body: bytes, token: str | None) -> None:
        self.payload = self
        self.token = token
        self.credential: Any = None
        self.data = _object(body)


class RegistrationEndpoint(ClientRegistrationEndpoint):
    """POST /register."""

    def create_endpoint_request(self, request: RegistrationRequest) -> RegistrationRequest:
        """It was made by the web."""
        return request

    def authenticate_token(self, request: RegistrationRequest) -> bool:
        """Anybody may register, unless OAUTH_REGISTRATION_TOKEN is set (RFC 7591 §1.2)."""
        needed = self.server.registration_token
        given = request.token or ""
        if needed and not hmac.compare_digest(given.encode(), needed.encode()):
            raise InvalidToken()
        return True

    def extract_client_metadata(self, request: RegistrationRequest) -> JSON:
        """The metadata that is kept, checked and completed. Raises OAuth2Error."""
        # Claude Code and others break on null in the reply, and mean nothing by it.
        given = {name: value for name, value in request.data.items() if value is not None}
        found: JSON = {"redirect_uris": self._redirect_uris(given)}
        found["token_endpoint_auth_method"] = _auth_method(given)
        found["grant_types"] = _grant_types(given)
        found["response_types"] = _response_types(given)
        found["application_type"] = _application_type(given)
        found |= {name: _text(given, name) for name in TEXTS if name in given}
        if "scope" in found:
            found["scope"] = scopes.grantable(found["scope"]) or ""
        claims = ClientMetadataClaims(found, {}, {}, {})
        try:
            claims.validate()  # the URIs that are shown, by Authlib's rules
        except JoseError as exc:
            raise InvalidClientMetadataError("client_uri or logo_uri is not a URL.") from exc
        return found

    def generate_client_info(self, request: RegistrationRequest) -> JSON:
        """ID and time of issue; the secret follows where there has to be one."""
        return {"client_id": new_client_id(), "client_id_issued_at": int(time.time())}

    def generate_client_registration_info(self, client: Client, request: Any) -> JSON | None:
        """The secret of a confidential client, this once; public clients get none."""
        if client.auth_method == "none":
            return None
        return {"client_secret": request.credential, "client_secret_expires_at": 0}

    def save_client(self, client_info: JSON, client_metadata: JSON, request: Any) -> Client:
        """Keep the client, with the hash of its secret."""
        public = client_metadata["token_endpoint_auth_method"] == "none"
        request.credential = "" if public else new_secret()
        client = Client(
            client_info["client_id"],
            client_metadata.get("client_name", ""),
            tuple(client_metadata["redirect_uris"]),
            client_metadata["token_endpoint_auth_method"],
            "" if public else digest(request.credential),
        )
        if not self.server.clients.register(client):
            raise TooManyClients()
        return client

    def _redirect_uris(self, given: JSON) -> list[str]:
        uris = given.get("redirect_uris")
        if not isinstance(uris, list) or not 0 < len(uris) <= MAX_URIS:
            raise InvalidRedirectURIError(f"redirect_uris must be a list of 1 to {MAX_URIS} URIs.")
        for number, uri in enumerate(uris, 1):
            if not isinstance(uri, str) or len(uri) > MAX_URI_LENGTH:
                raise InvalidRedirectURIError(f"redirect_uris: number {number} is not a URI.")
            if not self.server.clients.may_redirect(uri):
                raise InvalidRedirectURIError(
                    f"redirect_uris: number {number} is not on this server's list; its owner "
                    "can add it to OAUTH_ALLOWED_REDIRECT_URIS."
                )
        return list(dict.fromkeys(uris))


def _object(body: bytes) -> JSON:
    if len(body) > MAX_BYTES:
        raise InvalidClientMetadataError(f"A registration has at most {MAX_BYTES} bytes.")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidClientMetadataError("The body is not JSON.") from None
    if not isinstance(found, dict):
        raise InvalidClientMetadataError("The body is not a JSON object.")
    return found


def _auth_method(given: JSON) -> str:
    # client_secret_basic where the field is missing (RFC 7591 §2).
    method = given.get("token_endpoint_auth_method", "client_secret_basic")
    if method not in AUTH_METHODS:
        allowed = ", ".join(AUTH_METHODS)
        raise InvalidClientMetadataError(f"token_endpoint_auth_method must be one of {allowed}.")
    return str(method)


def _grant_types(given: JSON) -> list[str]:
    """What is asked for and known here; both where nothing is."""
    asked = given.get("grant_types", list(GRANT_TYPES))
    if not _texts(asked) or "authorization_code" not in asked:
        raise InvalidClientMetadataError("grant_types must include authorization_code.")
    return [known for known in GRANT_TYPES if known in asked]


def _response_types(given: JSON) -> list[str]:
    asked = given.get("response_types", ["code"])
    if not _texts(asked) or "code" not in asked:
        raise InvalidClientMetadataError("response_types must include code.")
    return ["code"]


def _application_type(given: JSON) -> str:
    """OpenID Connect Registration §2: ``web`` where the field is missing."""
    kind = given.get("application_type", "web")
    if kind not in ("web", "native"):
        raise InvalidClientMetadataError("application_type must be web or native.")
    return str(kind)


def _text(given: JSON, name: str) -> str:
    value = given[name]
    longest = MAX_NAME_LENGTH if name == "client_name" else MAX_URI_LENGTH
    if not isinstance(value, str) or len(value) > longest or not value.isprintable():
        raise InvalidClientMetadataError(f"{name} must be text of at most {longest} characters.")
    return value


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
