"""OAuth clients: registered here (RFC 7591), or identified by the URL of their own document."""

import hmac
import re
import time
from dataclasses import asdict, dataclass

from strava_mcp.oauth import redirects, scopes
from strava_mcp.oauth.client_metadata_documents import ClientDocuments, Requester, is_document
from strava_mcp.oauth.credentials import digest, new_id
from strava_mcp.oauth.exact_limiter import ExactLimiter
from strava_mcp.oauth.grant import MAX_LIFETIME_S
from strava_mcp.store import Store

NAMESPACE = "client"
ID = re.compile(r"client_[a-z0-9]{16}")
GRANT_TYPES = ("authorization_code", "refresh_token")
AUTH_METHODS = ("none", "client_secret_basic", "client_secret_post")

#: How long a registration is kept: until the client is approved, and then longer than any grant.
UNUSED_S = 6 * 3600
USED_S = MAX_LIFETIME_S + 86400
#: Registrations in any period of UNUSED_S, which bounds how many unapproved clients are stored.
MAX_UNUSED_CLIENTS = 500
#: Of these, the first that each network registers do not count.
OWN_UNUSED_CLIENTS = 10
#: How long the owner can open registration beyond the limits, and for how many clients: of all
#: networks, and of one, so that a few strangers do not use them up.
OPEN_S, MAX_WHILE_OPEN, MAX_PER_NETWORK_WHILE_OPEN = 3600, 1000, 100
OPEN = ("registration", "open")


@dataclass(frozen=True)
class Client:
    """A client, with the methods that Authlib calls.

    ``name``: self-declared; ``display_names.app_name`` makes it fit to be shown. ``secret_hash``:
    empty for a public client.
    """

    id: str
    name: str = ""
    redirect_uris: tuple[str, ...] = ()
    auth_method: str = "none"
    secret_hash: str = ""

    def get_client_id(self) -> str:
        """The client ID."""
        return self.id

    def get_default_redirect_uri(self) -> str | None:
        """The redirect URI, if there is exactly one (RFC 6749 §3.1.2.3)."""
        return self.redirect_uris[0] if len(self.redirect_uris) == 1 else None

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """The part of a scope that can be granted; it may exceed the registered one (step-up)."""
        return scopes.grantable(scope)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Whether the client registered this URI."""
        return any(redirects.matches(uri, redirect_uri) for uri in self.redirect_uris)

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare with the client's secret in constant time."""
        return hmac.compare_digest(self.secret_hash, digest(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Allow only the registered method, at every endpoint."""
        return method == self.auth_method

    def check_response_type(self, response_type: str) -> bool:
        """Allow ``code`` only."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Allow authorization code and refresh token only."""
        return grant_type in GRANT_TYPES


class Clients:
    """The clients in one store, under one redirect policy. Every method raises StoreError."""

    def __init__(
        self, store: Store, extra_redirect_uris: tuple[str, ...], documents: ClientDocuments
    ) -> None:
        self._store = store
        self._registrations = ExactLimiter(
            *("client", store, UNUSED_S, MAX_UNUSED_CLIENTS, MAX_UNUSED_CLIENTS),
            OWN_UNUSED_CLIENTS,
        )
        self._extra = extra_redirect_uris
        self._documents = documents

    def may_redirect(self, uri: str) -> bool:
        """Whether the policy allows sending a code to this URI."""
        return redirects.is_allowed(uri, self._extra)

    def open_registration(self) -> float:
        """Admit clients beyond the limits for OPEN_S seconds; returns when that ends."""
        until = time.time() + OPEN_S
        self._store.put(*OPEN, {}, until)
        return until

    def is_registration_open(self, network: str) -> bool:
        """Whether the owner has opened registration, and not too many clients have come since.

        Counts a client of ``network``. Each time that the owner opens it, the count starts again.
        """
        record = self._store.get(*OPEN)
        if record is None:
            return False
        limits = (OPEN_S, MAX_PER_NETWORK_WHILE_OPEN, MAX_WHILE_OPEN)
        return not ExactLimiter(f"open:{record.expires_at}", self._store, *limits).hit(network)

    def register(self, client: Client, network: str) -> bool:
        """Store a new client of a client network; False if there are too many."""
        if self._registrations.hit(network) and not self.is_registration_open(network):
            return False
        return self._store.create(NAMESPACE, client.id, asdict(client), time.time() + UNUSED_S)

    def keep(self, client_id: str) -> None:
        """Keep a client that was approved for longer than a grant can last."""
        if is_document(client_id):
            self._documents.approve(client_id, USED_S)
            return
        record = self._store.get(NAMESPACE, client_id)
        if record:
            expires_at = time.time() + USED_S
            self._store.replace(NAMESPACE, client_id, record.value, record.version, expires_at)

    def authorizing(self, client_id: str, requester: Requester | None = None) -> Client | None:
        """The client that asks for consent, with the redirect URIs that the policy allows.

        ``requester``: whom fetching a document counts against; None to use only a document that
        was fetched before. Raises InvalidDocument.
        """
        if not is_document(client_id):
            client = self.authenticating(client_id)
        else:
            document = self._documents.load(client_id, requester)
            client = Client(client_id, document.client_name, tuple(document.redirect_uris))
        if client is None:
            return None
        allowed = tuple(filter(self.may_redirect, client.redirect_uris))
        return Client(**{**vars(client), "redirect_uris": allowed})

    def authenticating(self, client_id: str) -> Client | None:
        """The client that requests tokens; None if it is unknown.

        The document of a public client is not fetched: its code or refresh token, which only that
        client ID can redeem, is proof enough.
        """
        if is_document(client_id):
            return Client(client_id)
        record = self._store.get(NAMESPACE, client_id) if ID.fullmatch(client_id) else None
        if record is None:
            return None
        value = {name: item for name, item in record.value.items() if name != "verified_host"}
        return Client(**{**value, "redirect_uris": tuple(value["redirect_uris"])})


def new_client_id() -> str:
    """Generate the ID of a registered client."""
    return f"client_{new_id(16)}"
