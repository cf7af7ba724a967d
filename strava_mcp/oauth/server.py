"""The authorization server, on Authlib: registers every grant and endpoint."""

from collections.abc import Callable, Sequence
from json import dumps

from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import AuthorizationServer as _AuthorizationServer
from authlib.oauth2 import ClientAuthentication, OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError
from authlib.oauth2.rfc6750 import BearerTokenGenerator

from strava_mcp.config import Config
from strava_mcp.oauth.authorization_code import (
    S256,
    Approval,
    AuthorizationCodeGrant,
    Code,
    RedirectRefused,
)
from strava_mcp.oauth.client_metadata_documents import ClientDocuments, InvalidDocument, Requester
from strava_mcp.oauth.clients import Client, Clients
from strava_mcp.oauth.grant import Grant
from strava_mcp.oauth.grant_tokens import new_access_token, new_refresh_token
from strava_mcp.oauth.grants import Grants
from strava_mcp.oauth.refresh_token import RefreshTokenGrant
from strava_mcp.oauth.registration import RegistrationEndpoint, RegistrationRequest
from strava_mcp.oauth.replies import AuthorizationRejected, Reply
from strava_mcp.oauth.request import Request, check_parameters, is_well_formed
from strava_mcp.oauth.resource_indicators import ResourceIndicator, check_resources
from strava_mcp.oauth.revocation import RevocationEndpoint
from strava_mcp.store import Store

GRANTS: tuple[tuple[type, Sequence[Callable[[AuthorizationCodeGrant], None]]], ...] = (
    (AuthorizationCodeGrant, [S256(required=True), ResourceIndicator()]),
    (RefreshTokenGrant, []),
)
ENDPOINTS = (RegistrationEndpoint, RevocationEndpoint)


class AuthorizationServer(_AuthorizationServer):
    """Answers OAuth requests. The issuer is that of each request."""

    def __init__(self, config: Config, store: Store, grants: Grants) -> None:
        super().__init__()
        self.public_url = config.public_url
        self.registration_token = config.oauth_registration_token
        self.store = store
        self.grants = grants
        self.clients = Clients(store, config.oauth_allowed_redirect_uris, ClientDocuments(store))
        # At /token no client document is fetched.
        self._client_auth = ClientAuthentication(self.clients.authenticating)
        self.register_token_generator(
            "default",
            BearerTokenGenerator(_access_token, _refresh_token, config.oauth_access_token_s),
        )
        for grant, extensions in GRANTS:
            self.register_grant(grant, extensions)
        for endpoint in ENDPOINTS:
            self.register_endpoint(endpoint)

    def register(self, body: bytes, token: str | None, network: str) -> Reply:
        """Answer /register. ``token``: the Bearer token of the request, from a client network."""
        try:
            request = RegistrationRequest(body, token, network)
        except OAuth2Error as error:
            return self._error_reply(error)
        reply: Reply = self.create_endpoint_response(RegistrationEndpoint.ENDPOINT_NAME, request)
        return reply

    def consent_grant(self, request: Request, requester: Requester) -> AuthorizationCodeGrant:
        """What a person is asked to approve: ``client``, ``redirect_uri`` and ``request``.

        ``requester``: whom fetching the client's document counts against. Raises
        AuthorizationRejected.
        """
        try:
            self._check_authorization(request, requester)
            grant: AuthorizationCodeGrant = self.get_consent_grant(request)
            return grant
        except OAuth2Error as error:
            description = error.get_error_description() or error.error
            redirects = bool(error.redirect_uri)
            reply = _with_issuer(self._error_reply(error), request) if redirects else None
            refused_uri = error.refused_uri if isinstance(error, RedirectRefused) else ""
            raise AuthorizationRejected(description, reply, refused_uri) from error

    def decide(self, grant: AuthorizationCodeGrant, approval: Approval | None) -> Reply:
        """Send the client its code, or ``access_denied`` if there is no approval."""
        reply: Reply = self.create_authorization_response(grant.request, approval, grant)
        return _with_issuer(reply, grant.request)

    def _check_authorization(self, request: Request, requester: Requester) -> None:
        """Check what Authlib does not, the redirect URI first: later errors are sent there."""
        payload = request.payload
        check_parameters(payload, ("client_id",))
        if not payload.client_id:
            raise InvalidRequestError("The request has no client_id.")
        client = self._authorizing(payload.client_id, requester)
        if client is None:
            raise InvalidClientError("The app is not known here, or was not used for too long.")
        if not is_well_formed(payload, "redirect_uri"):
            problem = "The redirect_uri is repeated, too long, or has forbidden characters."
            raise RedirectRefused(problem, payload.redirect_uri)
        redirect_uri = AuthorizationCodeGrant.validate_authorization_redirect_uri(request, client)
        try:
            check_parameters(payload)
            if not payload.response_type:
                raise InvalidRequestError("The request has no response_type.")
        except OAuth2Error as error:
            error.redirect_uri = redirect_uri
            error.state = payload.state if is_well_formed(payload, "state") else None
            raise

    def query_client(self, client_id: str) -> Client | None:
        """The client that asks for consent; its document was fetched before."""
        return self._authorizing(client_id, None)

    def create_token_response(self, request: Request) -> Reply:
        """Answer /token."""
        try:
            check_parameters(request.payload)
            check_resources(self, request)
            if not request.payload.grant_type:
                raise InvalidRequestError("The request has no grant_type.")
        except OAuth2Error as error:
            return self._error_reply(error)
        reply: Reply = super().create_token_response(request)
        return reply

    def revoke(self, request: Request) -> Reply:
        """Answer /revoke."""
        try:
            check_parameters(request.payload)
        except OAuth2Error as error:
            return self._error_reply(error)
        reply: Reply = self.create_endpoint_response(RevocationEndpoint.ENDPOINT_NAME, request)
        return reply

    def authenticate_client(
        self, request: Request, methods: Sequence[str], endpoint: str = "token"
    ) -> Client:
        """Authenticate a client. An unknown one gets 401, after which MCP hosts register again."""
        try:
            client: Client = super().authenticate_client(request, methods, endpoint)
            return client
        except (InvalidClientError, ValueError) as error:  # ValueError: malformed Basic credentials
            raise InvalidClientError(
                "The client is not known here, or did not authenticate as it registered.",
                status_code=401,
            ) from error

    def create_oauth2_request(self, request: Request) -> Request:
        """Return the request, which ``web.oauth`` has already built."""
        return request

    def handle_response(
        self, status: int, payload: object, headers: Sequence[tuple[str, str]]
    ) -> Reply:
        """Build every reply of Authlib.

        Redirects have status 303: a 302 may repeat the POST, with the passphrase in it, to the
        client (RFC 9700 §4.12).
        """
        fields = dict(headers)
        if "Location" in fields:
            status = 303
        body = payload if isinstance(payload, str) else dumps(payload)
        return Reply(status, body, list(fields.items()))

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """No-op: signals are not used."""

    def _error_reply(self, error: OAuth2Error) -> Reply:
        reply: Reply = self.handle_error_response(None, error)
        return reply

    def _authorizing(self, client_id: str, requester: Requester | None) -> Client | None:
        try:
            return self.clients.authorizing(client_id, requester)
        except InvalidDocument as exc:
            raise InvalidClientError(str(exc).replace('"', "'")) from exc


def _with_issuer(reply: Reply, request: Request) -> Reply:
    """The redirect to a client, with the issuer that the client knows (RFC 9207 §2)."""
    headers = dict(reply.headers)
    headers["Location"] = add_params_to_uri(headers["Location"], [("iss", request.issuer)])
    return reply._replace(headers=list(headers.items()))


def _access_token(client: Client, grant_type: str, user: Code | Grant, scope: str) -> str:
    return new_access_token(user.grant_id)


def _refresh_token(client: Client, grant_type: str, user: Code | Grant, scope: str) -> str:
    return new_refresh_token(user.grant_id, user.signing_key)
