"""Clients: who asks. Registered here (RFC 7591), or known by the address of their own document."""

import hmac
import re
import time
from dataclasses import asdict, dataclass
from typing import Any

from strava_mcp.oauth import redirects, scopes
from strava_mcp.oauth.client_metadata_documents import Documents, host_of, is_document
from strava_mcp.oauth.credentials import digest, new_id
from strava_mcp.oauth.exact_limiter import ExactLimiter
from strava_mcp.oauth.grants import CAP_S
from strava_mcp.store import Store

NAMESPACE = "client"
ID = re.compile(r"client_[a-z0-9]{16}")
GRANT_TYPES = ("authorization_code", "refresh_token")
AUTH_METHODS = ("none", "client_secret_basic", "client_secret_post")

#: A client that the owner never approved is forgotten after this; a used one outlives its grants.
UNUSED_S = 6 * 3600
USED_S = CAP_S + 86400
#: Registered within UNUSED_S; so there are never many more that are not in use.
MAX_UNUSED_CLIENTS = 500


@dataclass(frozen=True)
class Client:
    """A client, with what Authlib asks of one.

    ``verified_host``: the host whose document describes it, empty for a registered client, whose
    name is only what it says of itself.
    """

    id: str
    name: str = ""
    redirect_uris: tuple[str, ...] = ()
    auth_method: str = "none"
    secret_hash: str = ""
    verified_host: str = ""

    @property
    def title(self) -> str:
        """What to call it: a name that nobody vouches for stands behind a host that does."""
        if self.verified_host:
            return f"{self.verified_host} ({self.name})" if self.name else self.verified_host
        return self.name or self.id

    def get_client_id(self) -> str:
        """The ID."""
        return self.id

    def get_default_redirect_uri(self) -> str | None:
        """The one redirect URI, where there is one only (RFC 6749 §3.1.2.3)."""
        return self.redirect_uris[0] if len(self.redirect_uris) == 1 else None

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """What may be granted of this; a client is not held to what it registered (step-up)."""
        return scopes.grantable(scope)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Whether the client named this URI."""
        return any(redirects.same(known, redirect_uri) for known in self.redirect_uris)

    def check_client_secret(self, client_secret: str) -> bool:
        """In constant time."""
        return hmac.compare_digest(self.secret_hash, digest(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Exactly the registered method, at every endpoint."""
        return method == self.auth_method

    def check_response_type(self, response_type: str) -> bool:
        """Code, and nothing else."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Both that there are."""
        return grant_type in GRANT_TYPES


class Clients:
    """The clients of one store, under one redirect policy."""

    def __init__(
        self, store: Store, extra_redirect_uris: tuple[str, ...], documents: Documents
    ) -> None:
        self._store = store
        self._new = ExactLimiter("client", store, UNUSED_S, MAX_UNUSED_CLIENTS, MAX_UNUSED_CLIENTS)
        self._extra = extra_redirect_uris
        self._documents = documents

    def may_redirect(self, uri: str) -> bool:
        """Whether the policy lets a code go there."""
        return redirects.is_allowed(uri, self._extra)

    def register(self, client: Client) -> bool:
        """Keep a new client; False where there are too many already."""
        if self._new.hit("", alone=True):
            return False
        return self._store.create(NAMESPACE, client.id, asdict(client), time.time() + UNUSED_S)

    def keep(self, client_id: str) -> None:
        """The owner approved this client: it is remembered for as long as a grant can last."""
        record = self._store.get(NAMESPACE, client_id)
        if record:
            expires_at = time.time() + USED_S
            self._store.replace(NAMESPACE, client_id, record.value, record.version, expires_at)

    def authorizing(self, client_id: str, network: str | None = None) -> Client | None:
        """The client that asks for consent, with the redirect URIs that the policy allows.

        ``network``: who pays for fetching a document; None where it must have been fetched before.
        Raises documents.BadDocument.
        """
        if not is_document(client_id):
            client = self.authenticating(client_id)
        else:
            found = self._documents.load(client_id, network)
            client = Client(
                client_id,
                found["client_name"],
                tuple(found["redirect_uris"]),
                verified_host=host_of(client_id),
            )
        if client is None:
            return None
        allowed = tuple(filter(self.may_redirect, client.redirect_uris))
        return Client(**{**vars(client), "redirect_uris": allowed})

    def authenticating(self, client_id: str) -> Client | None:
        """The client that wants tokens. One with a document is public: nothing has to be fetched.

        Its code or refresh token, which only that client ID can redeem, stands for the rest.
        """
        if is_document(client_id):
            return Client(client_id)
        record = self._store.get(NAMESPACE, client_id) if ID.fullmatch(client_id) else None
        if record is None:
            return None
        value: dict[str, Any] = record.value
        return Client(**{**value, "redirect_uris": tuple(value["redirect_uris"])})


def new_client_id() -> str:
    """An ID for a registered client."""
    return f"client_{new_id(16)}"
