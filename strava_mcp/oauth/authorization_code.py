"""The authorization code grant (OAuth 2.1 §4.1): PKCE with S256 always, a code works once."""

import hmac
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from authlib.oauth2 import OAuth2Request
from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7636.challenge import create_s256_code_challenge

from strava_mcp.oauth.clients import AUTH_METHODS
from strava_mcp.oauth.credentials import digest, new_secret
from strava_mcp.oauth.grants import Grant, Tokens, new_grant_id, new_signing_key

NAMESPACE = "code"
#: Long enough for a person who carries the code from a browser by hand (RFC 6749 §4.1.2: 10 min).
LIFETIME_S = 300


@dataclass(frozen=True)
class Approval:
    """A person's yes: the scope chosen, where it came from, and who signed in with Strava."""

    scope: str
    address: str
    athlete_id: int | None = None


@dataclass(frozen=True)
class Code:
    """What a code stands for, with what Authlib asks of it. The code itself is kept as a hash."""

    grant_id: str
    client_id: str
    client_name: str
    redirect_uri: str | None
    scope: str
    address: str
    code_challenge: str
    seal: str = field(repr=False)
    code_challenge_method: str = "S256"
    athlete_id: int | None = None

    def get_redirect_uri(self) -> str | None:
        """As it was in the authorization request."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """What the owner chose."""
        return self.scope


class AuthorizationCodeGrant(grants.AuthorizationCodeGrant):
    """``response_type=code`` at /authorize, ``grant_type=authorization_code`` at /token."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(AUTH_METHODS)

    @staticmethod
    def validate_authorization_redirect_uri(request: OAuth2Request, client: Any) -> str:
        """The URI to send the code to. Raises InvalidRequestError, which is never redirected."""
        uri = request.payload.redirect_uri or client.get_default_redirect_uri()
        if not uri:
            raise InvalidRequestError("The request has no redirect_uri.")
        if not client.check_redirect_uri(uri):
            raise InvalidRequestError(
                "The redirect_uri is not one of this client, or not on this server's list: see "
                "OAUTH_ALLOWED_REDIRECT_URIS."
            )
        return str(uri)

    def generate_authorization_code(self) -> str:
        """A code; its prefix keeps it out of logs."""
        return f"smcp_ac_{new_secret()}"

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        """Keep what the owner approved until the client comes for it."""
        approval: Approval = request.user
        kept = Code(
            grant_id=new_grant_id(),
            client_id=request.client.id,
            client_name=request.client.title,
            redirect_uri=request.payload.redirect_uri or None,
            scope=approval.scope,
            address=approval.address,
            code_challenge=request.payload.data["code_challenge"],
            seal=new_signing_key(),
            athlete_id=approval.athlete_id,
        )
        self.server.store.put(NAMESPACE, digest(code), asdict(kept), time.time() + LIFETIME_S)
        self.server.clients.keep(request.client.id)

    def query_authorization_code(self, code: str, client: Any) -> Code | None:
        """The code, if it was given to this client. It stays: ``save_token`` is what redeems it."""
        record = self.server.store.get(NAMESPACE, digest(code))
        if record is None or record.value["client_id"] != client.id:
            return None
        return Code(**record.value)

    def authenticate_user(self, authorization_code: Code) -> Code:
        """The tokens' subject is the grant that the code begins."""
        return authorization_code

    def save_token(self, token: dict[str, Any]) -> None:
        """Redeem the code. A second time is theft, of one side's or the other's: all is revoked."""
        code: Code = self.request.authorization_code
        grant = Grant(
            id=code.grant_id,
            client_id=code.client_id,
            client_name=code.client_name,
            scope=code.scope,
            audience=self.server.issuer,
            created=time.time(),
            created_from=code.address,
            expires=0.0,
            last_used=None,
            last_from="",
            revoked=None,
            seal=code.seal,
            athlete_id=code.athlete_id,
        )
        if not self.server.grants.begin(grant, Tokens.of(token)):
            self.server.grants.revoke(code.grant_id)
            raise InvalidGrantError("The code was used before; what it gave is revoked.")

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Nothing: it has to be known when it comes again, and expires by itself."""


class S256(CodeChallenge):
    """PKCE (RFC 7636), required, with S256 only (OAuth 2.1 §7.6)."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant: Any, redirect_uri: Any) -> None:
        """At /authorize: nothing is left to a default, which would be ``plain``."""
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
