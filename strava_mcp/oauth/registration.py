"""Dynamic client registration (RFC 7591), on Authlib's endpoint and stricter than its defaults.

Authlib issues secrets to public clients, accepts any redirect URI or none, and fails on JSON that
is not an object.
"""

import hmac
import json
import time

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc7591 import (
    ClientMetadataClaims,
    ClientRegistrationEndpoint,
    InvalidClientMetadataError,
    InvalidRedirectURIError,
)
from joserfc.errors import JoseError

from strava_mcp.json_types import JSON
from strava_mcp.oauth import redirects, scopes
from strava_mcp.oauth.clients import AUTH_METHODS, GRANT_TYPES, Client, new_client_id
from strava_mcp.oauth.credentials import digest, new_secret

MAX_BYTES = 16 * 1024
MAX_URIS = 16
MAX_URI_LENGTH = 2000
MAX_NAME_LENGTH = 100
#: Refused URIs that an error names, and how much of each.
MAX_SHOWN, MAX_SHOWN_LENGTH = 4, 200
#: Text metadata that is kept; other metadata MAY be ignored (RFC 7591 §2).
TEXT_FIELDS = ("client_name", "client_uri", "logo_uri", "scope", "software_id", "software_version")


class TooManyClients(OAuth2Error):
    """There are too many unused clients to register another."""

    error = "temporarily_unavailable"
    status_code = 503
    description = (
        "Too many clients are registered and not in use; try again in some hours, or have the "
        "owner run `flask grants allow`."
    )


class InvalidToken(OAuth2Error):
    """The initial access token is missing or wrong (RFC 7591 §3, RFC 6750 §3.1)."""

    error = "invalid_token"
    status_code = 401
    description = "Registration needs the token of OAUTH_REGISTRATION_TOKEN."

    def get_headers(self) -> list[tuple[str, str]]:
        """Add the challenge to Authlib's headers."""
        return [*super().get_headers(), ("WWW-Authenticate", 'Bearer error="invalid_token"')]


class RegistrationRequest:
    """A registration as Authlib reads it: ``request.payload.data`` is the JSON object.

    ``token``: the Bearer token. ``network``: that of the client. ``secret``: set by ``save_client``
    for a confidential client.
    """

    def __init__(self, body: bytes, token: str | None, network: str) -> None:
        self.payload = self
        self.network = network
        self.token = token
        self.credential: object = None  # Authlib sets it
        self.secret = ""
        self.data = _parse(body)


class RegistrationEndpoint(ClientRegistrationEndpoint):
    """POST /register."""

    def create_endpoint_request(self, request: RegistrationRequest) -> RegistrationRequest:
        """Return the request, which ``web.oauth`` has already built."""
        return request

    def authenticate_token(self, request: RegistrationRequest) -> bool:
        """Allow everybody to register, unless OAUTH_REGISTRATION_TOKEN is set (RFC 7591 §1.2)."""
        required = self.server.registration_token
        token = request.token or ""
        if required and not hmac.compare_digest(token.encode(), required.encode()):
            raise InvalidToken()
        return True

    def extract_client_metadata(self, request: RegistrationRequest) -> JSON:
        """Check the metadata and add defaults. Raises OAuth2Error."""
        # Claude Code and others send null for no value, but cannot read null in the reply.
        given = {name: value for name, value in request.data.items() if value is not None}
        metadata: JSON = {"redirect_uris": self._redirect_uris(given)}
        metadata["token_endpoint_auth_method"] = _auth_method(given)
        metadata["grant_types"] = _grant_types(given)
        metadata["response_types"] = _response_types(given)
        metadata["application_type"] = _application_type(given)
        metadata |= {name: _text(given, name) for name in TEXT_FIELDS if name in given}
        if "scope" in metadata:
            metadata["scope"] = scopes.grantable(metadata["scope"])
        claims = ClientMetadataClaims(metadata, {}, {}, {})
        try:
            claims.validate()  # client_uri and logo_uri, by Authlib's rules
        except JoseError as exc:
            raise InvalidClientMetadataError("client_uri or logo_uri is not a URL.") from exc
        return metadata

    def generate_client_info(self, request: RegistrationRequest) -> JSON:
        """Generate the client ID."""
        return {"client_id": new_client_id(), "client_id_issued_at": int(time.time())}

    def generate_client_registration_info(
        self, client: Client, request: RegistrationRequest
    ) -> JSON | None:
        """The secret of a confidential client, returned only once; None for a public client."""
        if client.auth_method == "none":
            return None
        return {"client_secret": request.secret, "client_secret_expires_at": 0}

    def save_client(
        self, client_info: JSON, client_metadata: JSON, request: RegistrationRequest
    ) -> Client:
        """Store the client, with the hash of its secret."""
        public = client_metadata["token_endpoint_auth_method"] == "none"
        request.secret = "" if public else new_secret()
        client = Client(
            client_info["client_id"],
            client_metadata.get("client_name", ""),
            tuple(client_metadata["redirect_uris"]),
            client_metadata["token_endpoint_auth_method"],
            "" if public else digest(request.secret),
        )
        if not self.server.clients.register(client, request.network):
            raise TooManyClients()
        return client

    def _redirect_uris(self, given: JSON) -> list[str]:
        uris = given.get("redirect_uris")
        if not isinstance(uris, list) or not 0 < len(uris) <= MAX_URIS:
            raise InvalidRedirectURIError(f"redirect_uris must be a list of 1 to {MAX_URIS} URIs.")
        for number, uri in enumerate(uris, 1):
            if not isinstance(uri, str) or len(uri) > MAX_URI_LENGTH:
                raise InvalidRedirectURIError(f"redirect_uris: number {number} is not a URI.")
        may_redirect = self.server.clients.may_redirect
        refused = {number: uri for number, uri in enumerate(uris, 1) if not may_redirect(uri)}
        if refused:
            raise InvalidRedirectURIError(_refusal(refused))
        return list(dict.fromkeys(uris))


def _refusal(refused: dict[int, str]) -> str:
    """Which URIs were refused, by their number in the list, and what the server's owner can do."""
    printable = {n: redirects.printable(uri, MAX_SHOWN_LENGTH) for n, uri in refused.items()}
    named = [f"number {n}, {uri or 'which is empty'}" for n, uri in printable.items()]
    if len(named) > MAX_SHOWN:
        named = [*named[:MAX_SHOWN], f"{len(named) - MAX_SHOWN} more"]
    if all(map(redirects.can_be_added, refused.values())):
        them = "it" if len(refused) == 1 else "them"
        remedy = f"The server's owner can add {them} to OAUTH_ALLOWED_REDIRECT_URIS"
    else:
        remedy = "OAUTH_ALLOWED_REDIRECT_URIS can have https, loopback and an app's own URIs only"
    return (
        f"redirect_uris: not on this server's list: {'; '.join(named)}. {remedy}. "
        "Nothing was registered."
    )


def _parse(body: bytes) -> JSON:
    if len(body) > MAX_BYTES:
        raise InvalidClientMetadataError(f"A registration has at most {MAX_BYTES} bytes.")
    try:
        metadata = json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidClientMetadataError("The body is not JSON.") from None
    if not isinstance(metadata, dict):
        raise InvalidClientMetadataError("The body is not a JSON object.")
    return metadata


def _auth_method(given: JSON) -> str:
    # client_secret_basic if the field is missing (RFC 7591 §2).
    method = given.get("token_endpoint_auth_method", "client_secret_basic")
    if method not in AUTH_METHODS:
        allowed = ", ".join(AUTH_METHODS)
        raise InvalidClientMetadataError(f"token_endpoint_auth_method must be one of {allowed}.")
    return str(method)


def _grant_types(given: JSON) -> list[str]:
    """The requested grant types that are supported; all if none are requested."""
    requested = given.get("grant_types", list(GRANT_TYPES))
    if not _is_text_list(requested) or "authorization_code" not in requested:
        raise InvalidClientMetadataError("grant_types must include authorization_code.")
    return [grant_type for grant_type in GRANT_TYPES if grant_type in requested]


def _response_types(given: JSON) -> list[str]:
    requested = given.get("response_types", ["code"])
    if not _is_text_list(requested) or "code" not in requested:
        raise InvalidClientMetadataError("response_types must include code.")
    return ["code"]


def _application_type(given: JSON) -> str:
    """``web`` if the field is missing (OpenID Connect Registration §2)."""
    kind = given.get("application_type", "web")
    if kind not in ("web", "native"):
        raise InvalidClientMetadataError("application_type must be web or native.")
    return str(kind)


def _text(given: JSON, name: str) -> str:
    value = given[name]
    max_length = MAX_NAME_LENGTH if name == "client_name" else MAX_URI_LENGTH
    if not isinstance(value, str) or len(value) > max_length or not value.isprintable():
        raise InvalidClientMetadataError(f"{name} must be text of at most {max_length} characters.")
    return value


def _is_text_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
