"""The authorization code grant (OAuth 2.1 §4.1): PKCE with S256 is required, codes work once."""

import hmac
import time
from dataclasses import asdict, dataclass, field

from authlib.oauth2 import OAuth2Request
from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7636.challenge import create_s256_code_challenge

from strava_mcp.json_types import JSON
from strava_mcp.oauth.clients import AUTH_METHODS, Client
from strava_mcp.oauth.credentials import digest, new_secret
from strava_mcp.oauth.grant import MAX_LIFETIME_S, Grant
from strava_mcp.oauth.grant_tokens import IssuedTokens, TokenResponse, new_grant_id, new_signing_key

NAMESPACE = "code"
#: Long enough for a person who copies the code from a browser (RFC 6749 §4.1.2: 10 min at most).
LIFETIME_S = 300


class RedirectRefused(InvalidRequestError):
    """The redirect URI is malformed, not one of the client's, or not on this server's list."""

    def __init__(self, description: str, uri: str) -> None:
        super().__init__(description)
        self.refused_uri = uri


@dataclass(frozen=True)
class Approval:
    """A person's approval: the scope they chose, their client address and their athlete id.

    ``athlete_id``: the athlete who signed in with Strava; None for the owner.
    """

    scope: str
    address: str
    athlete_id: int | None = None


@dataclass(frozen=True)
class Code:
    """What a code stands for, with the methods that Authlib calls. Only its hash is stored.

    ``redirect_uri``: as requested; None if the client left it out. ``sent_to``: where it was sent.
    ``data``: whose data was approved (``sources.data_identity``).
    """

    grant_id: str
    client_id: str
    client_name: str
    redirect_uri: str | None
    scope: str
    address: str
    code_challenge: str
    signing_key: str = field(repr=False)
    code_challenge_method: str = "S256"
    athlete_id: int | None = None
    requested: str = ""
    sent_to: str = ""
    data: str = ""

    @classmethod
    def load(cls, value: JSON) -> "Code":
        """Read a stored code."""
        fields = dict(value)
        return cls(signing_key=fields.pop("seal"), **fields)

    def dump(self) -> JSON:
        """The value to store."""
        value = asdict(self)
        value["seal"] = value.pop("signing_key")
        return value

    def get_redirect_uri(self) -> str | None:
        """The redirect URI of the authorization request."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """The scope that the person chose."""
        return self.scope


class AuthorizationCodeGrant(grants.AuthorizationCodeGrant):
    """``response_type=code`` at /authorize, ``grant_type=authorization_code`` at /token."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(AUTH_METHODS)

    @staticmethod
    def validate_authorization_redirect_uri(request: OAuth2Request, client: Client) -> str:
        """The URI to send the code to. Raises InvalidRequestError, which is never redirected."""
        uri = request.payload.redirect_uri or client.get_default_redirect_uri()
        if not uri:
            raise InvalidRequestError("The request has no redirect_uri.")
        if not client.check_redirect_uri(uri):
            raise RedirectRefused(
                "The redirect_uri is not one of this client, or not on this server's list: see "
                "OAUTH_ALLOWED_REDIRECT_URIS.",
                uri,
            )
        return str(uri)

    def generate_authorization_code(self) -> str:
        """Generate a code, with a prefix by which logs redact it."""
        return f"smcp_ac_{new_secret()}"

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        """Store what was approved until the client redeems the code."""
        approval: Approval = request.user
        record = Code(
            grant_id=new_grant_id(),
            client_id=request.client.id,
            client_name=request.client.name,
            redirect_uri=request.payload.redirect_uri or None,
            scope=approval.scope,
            address=approval.address,
            code_challenge=request.payload.data["code_challenge"],
            signing_key=new_signing_key(),
            athlete_id=approval.athlete_id,
            requested=request.scope,
            data=self.server.grants.data.of(approval.athlete_id),
            sent_to=request.payload.redirect_uri or request.client.get_default_redirect_uri() or "",
        )
        self.server.store.put(NAMESPACE, digest(code), record.dump(), time.time() + LIFETIME_S)
        self.server.clients.keep(request.client.id)

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        """The code, if it was issued to this client. It stays stored: ``save_token`` redeems it.

        None also if the server has other data by now.
        """
        record = self.server.store.get(NAMESPACE, digest(code))
        if record is None or record.value["client_id"] != client.id:
            return None
        approved = Code.load(record.value)
        is_served = self.server.grants.data.is_served(approved.data, approved.athlete_id)
        return approved if is_served else None

    def authenticate_user(self, authorization_code: Code) -> Code:
        """The subject of the tokens: the grant that the code begins."""
        return authorization_code

    def save_token(self, token: TokenResponse) -> None:
        """Redeem the code. If it was redeemed before, it was stolen: revoke the grant."""
        code: Code = self.request.authorization_code
        now = time.time()
        grant = Grant(
            id=code.grant_id,
            client_id=code.client_id,
            client_name=code.client_name,
            scope=code.scope,
            audience=self.request.issuer,
            created=now,
            created_from=code.address,
            latest_end=now + MAX_LIFETIME_S,
            requested=code.requested,
            signing_key=code.signing_key,
            athlete_id=code.athlete_id,
            redirect_uri=code.sent_to,
            data=code.data,
        )
        if not self.server.grants.begin(grant, IssuedTokens.from_response(token)):
            self.server.grants.revoke(code.grant_id)
            raise InvalidGrantError("The code was used before; its tokens are revoked.")

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """No-op: the code must be recognized if it is used again, and expires by itself."""


class S256(CodeChallenge):
    """PKCE (RFC 7636), required, with S256 only (OAuth 2.1 §7.6)."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant: AuthorizationCodeGrant, redirect_uri: str) -> None:
        """Check the authorization request. The method must be given: the default is ``plain``."""
        data = grant.request.payload.data
        if not data.get("code_challenge"):
            raise InvalidRequestError("The request has no code_challenge: PKCE is required.")
        if data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("code_challenge_method must be S256.")
        if len(data["code_challenge"]) != 43:
            raise InvalidRequestError("code_challenge is not a SHA-256 in base64url.")
        super().validate_code_challenge(grant, redirect_uri)

    CODE_CHALLENGE_METHODS = {
        "S256": lambda verifier, challenge: hmac.compare_digest(
            create_s256_code_challenge(verifier), challenge
        )
    }
