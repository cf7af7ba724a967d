"""The authorization server: what Authlib is told about this one. All grants and endpoints here."""

from collections.abc import Iterable, Mapping
from json import dumps
from typing import Any

from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import AuthorizationServer as _AuthorizationServer
from authlib.oauth2 import ClientAuthentication, OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError, OAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator

from strava_mcp.config import Config
from strava_mcp.oauth import metadata, scopes
from strava_mcp.oauth.authorization_code import (
    S256,
    Approval,
    AuthorizationCodeGrant,
)
from strava_mcp.oauth.client_metadata_documents import BadDocument, Documents
from strava_mcp.oauth.clients import Client, Clients
from strava_mcp.oauth.credentials import new_secret
from strava_mcp.oauth.grants import Grants, new_refresh_token
from strava_mcp.oauth.refresh_token import RefreshTokenGrant
from strava_mcp.oauth.registration import RegistrationEndpoint, RegistrationRequest
from strava_mcp.oauth.replies import AuthorizationRejected, Reply
from strava_mcp.oauth.resource_indicators import ResourceIndicator, check_resources
from strava_mcp.oauth.revocation import RevocationEndpoint
from strava_mcp.store import Store

GRANTS: tuple[tuple[type, list[Any]], ...] = (
    (AuthorizationCodeGrant, [S256(required=True), ResourceIndicator()]),
    (RefreshTokenGrant, []),
)
ENDPOINTS = (RegistrationEndpoint, RevocationEndpoint)

MAX_PARAMETER_LENGTH = 2048
#: The only parameter that may come more than once (RFC 8707 §2).
REPEATED = "resource"


class Payload(OAuth2Payload):
    """The parameters of a request: of its query or of its form, never of both."""

    def __init__(self, parameters: Mapping[str, list[str]]) -> None:
        # A parameter without a value counts as left out (RFC 6749 §3.1).
        kept = {name: [v for v in values if v] for name, values in parameters.items()}
        self._datalist = {name: values for name, values in kept.items() if values}
        self._data = {name: values[0] for name, values in self._datalist.items()}

    @property
    def data(self) -> dict[str, str]:
        """The first value of each."""
        return self._data

    @property
    def datalist(self) -> dict[str, list[str]]:
        """Every value of each."""
        return self._datalist

    @property
    def scope(self) -> str | None:
        """The scope with aliases and implications written out; None where none is named."""
        return scopes.canonical(self.data.get("scope")) or None


class Request(OAuth2Request):
    """A request as Authlib wants it. ``uri`` is the issuer's own, never made of a Host header."""

    def __init__(
        self,
        method: str,
        uri: str,
        parameters: Mapping[str, list[str]],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(method, uri, headers=headers)
        self.payload = Payload(parameters)

    @property
    def args(self) -> Mapping[str, str]:
        """The parameters."""
        return self.payload.data

    @property
    def form(self) -> Mapping[str, str]:
        """The parameters."""
        return self.payload.data


class AuthorizationServer(_AuthorizationServer):
    """This server's authorization server. ``issuer``: PUBLIC_URL, byte for byte."""

    def __init__(self, config: Config, store: Store, grants: Grants) -> None:
        super().__init__()
        self.issuer = config.base_url
        self.resources = metadata.identifiers(config.base_url)
        self.registration_token = config.oauth_registration_token
        self.store = store
        self.grants = grants
        self.clients = Clients(store, config.oauth_allowed_redirect_uris, Documents(store))
        # At /token nothing has to be fetched to know a client.
        self._client_auth = ClientAuthentication(self.clients.authenticating)
        self.register_token_generator(
            "default", BearerTokenGenerator(_access, _refresh, config.oauth_access_token_s)
        )
        for grant, extensions in GRANTS:
            self.register_grant(grant, extensions)
        for endpoint in ENDPOINTS:
            self.register_endpoint(endpoint)

    def register(self, body: bytes, token: str | None) -> Reply:
        """Answer /register. ``token``: what came as Bearer token."""
        try:
            request = RegistrationRequest(body, token)
        except OAuth2Error as error:
            return self._refusal(error)
        reply: Reply = self.create_endpoint_response(RegistrationEndpoint.ENDPOINT_NAME, request)
        return reply

    def consent_grant(self, request: Request, network: str) -> Any:
        """What a person is asked to approve: ``client``, ``redirect_uri`` and ``request``.

        ``network``: whose limit it counts against if the client's document must be fetched.
        Raises AuthorizationRejected.
        """
        try:
            self._check_authorization(request, network)
            return self.get_consent_grant(request)
        except OAuth2Error as error:
            description = error.get_error_description() or error.error
            raise AuthorizationRejected(
                description, self._refusal(error) if error.redirect_uri else None
            ) from error

    def decide(self, grant: Any, approval: Approval | None) -> Reply:
        """Send the client its code, or ``access_denied`` where the owner said no."""
        reply: Reply = self.create_authorization_response(grant.request, approval, grant)
        return reply

    def _check_authorization(self, request: Request, network: str) -> None:
        """Check what Authlib takes for granted, the redirect URI first: errors may go there."""
        payload = request.payload
        check_shape(payload, ("client_id", "redirect_uri"))
        if not payload.client_id:
            raise InvalidRequestError("The request has no client_id.")
        client = self._authorizing(payload.client_id, network)
        if client is None:
            raise InvalidClientError("The app is not known here, or was not used for too long.")
        redirect_uri = AuthorizationCodeGrant.validate_authorization_redirect_uri(request, client)
        try:
            check_shape(payload)
            if not payload.response_type:
                raise InvalidRequestError("The request has no response_type.")
        except OAuth2Error as error:
            error.redirect_uri = redirect_uri
            error.state = payload.state if _is_well_formed(payload, "state") else None
            raise

    def query_client(self, client_id: str) -> Client | None:
        """The client that asks for consent."""
        return self._authorizing(client_id, None)

    def create_token_response(self, request: Request) -> Reply:
        """Answer /token."""
        try:
            check_shape(request.payload)
            check_resources(self, request)
            if not request.payload.grant_type:
                raise InvalidRequestError("The request has no grant_type.")
        except OAuth2Error as error:
            return self._refusal(error)
        reply: Reply = super().create_token_response(request)
        return reply

    def revoke(self, request: Request) -> Reply:
        """Answer /revoke."""
        try:
            check_shape(request.payload)
        except OAuth2Error as error:
            return self._refusal(error)
        reply: Reply = self.create_endpoint_response(RevocationEndpoint.ENDPOINT_NAME, request)
        return reply

    def authenticate_client(self, request: Any, methods: Any, endpoint: str = "token") -> Any:
        """401 wherever a client is not known: it tells hosts to register again."""
        try:
            return super().authenticate_client(request, methods, endpoint)
        except (InvalidClientError, ValueError) as error:  # ValueError: what no decoder takes
            raise InvalidClientError(
                "The client is not known here, or did not authenticate as it registered.",
                status_code=401,
            ) from error

    def create_oauth2_request(self, request: Request) -> Request:
        """It was made by the web."""
        return request

    def handle_response(self, status: int, payload: Any, headers: Any) -> Reply:
        """Every answer of Authlib. Redirects say who sends them (RFC 9207), and are 303: a 302 may
        repeat the POST, with the pass-phrase in it, to the client (RFC 9700 §4.12)."""
        found = dict(headers)
        if "Location" in found:
            found["Location"] = add_params_to_uri(found["Location"], [("iss", self.issuer)])
            status = 303
        body = dumps(payload) if isinstance(payload, dict) else payload
        return Reply(status, body, list(found.items()))

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def _refusal(self, error: OAuth2Error) -> Reply:
        reply: Reply = self.handle_error_response(None, error)
        return reply

    def _authorizing(self, client_id: str, network: str | None) -> Client | None:
        try:
            return self.clients.authorizing(client_id, network)
        except BadDocument as exc:
            raise InvalidClientError(str(exc).replace('"', "'")) from exc


def check_shape(payload: Payload, names: Iterable[str] | None = None) -> None:
    """Raise InvalidRequestError unless parameters come once, short, and in printable ASCII.

    ``names``: which; all that there are if not given. RFC 6749 §3.1, §3.2 and Appendix A.
    """
    for name in payload.datalist if names is None else names:
        if not _is_well_formed(payload, name):
            raise InvalidRequestError(
                f"A parameter comes twice, is too long, or has forbidden characters{_named(name)}."
            )


def _is_well_formed(payload: Payload, name: str) -> bool:
    values = payload.datalist.get(name, [])
    # Authlib quotes these two in its errors, where quotes may not be.
    quotes = {'"', "\\"} if name in ("response_type", "grant_type") else set()
    return (len(values) < 2 or name == REPEATED) and all(
        len(value) <= MAX_PARAMETER_LENGTH
        and value.isascii()
        and value.isprintable()
        and not quotes & set(value)
        for value in values
    )


def _named(name: str) -> str:
    return f": {name}" if name.isidentifier() and name.isascii() and len(name) < 40 else ""


def _access(client: Client, grant_type: str, user: Any, scope: str) -> str:
    return f"smcp_at_{_grant_id(user)}_{new_secret()}"


def _refresh(client: Client, grant_type: str, user: Any, scope: str) -> str:
    return new_refresh_token(_grant_id(user), user.seal)


def _grant_id(subject: Any) -> str:
    """Of a Code, the grant that it begins; of a Grant, its own."""
    return str(getattr(subject, "grant_id", None) or subject.id)
