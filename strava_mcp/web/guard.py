"""Authentication for every request. Routes are closed unless PUBLIC_ENDPOINTS lists them.

Checked in this order: client address, Host, Origin (``network_policy``), CORS preflights, public
endpoints, bearer token, rate limit. A missing setting never opens anything. These need no token:

* ``/health``, ``/favicon.ico``, ``/robots.txt``, and for browsers the page at ``/``
* for OAuth clients the metadata and the registration, which give no access
* ``/download`` and ``/upload``, whose links are secrets of their own
* ``/training``, which asks to sign in as ``/connections`` does
* the rest of OAuth, the sign-in with Strava and the webhook, which check their callers themselves
* ``/sse`` and ``/message``, if ALLOW_AUTHLESS is true; where AUTHLESS_SECRET is set, they need that
"""

import hmac
import logging

from flask import Flask, Response, current_app, g, request

from strava_mcp.identity import ANONYMOUS, OWNER_TOKEN, READ, SCOPES, Principal
from strava_mcp.proxy_notice import ProxyNotice
from strava_mcp.services import services
from strava_mcp.web import authless, challenges, cors
from strava_mcp.web.accept import wants_page
from strava_mcp.web.client_address import client_address, client_network
from strava_mcp.web.errors import refuse
from strava_mcp.web.network_policy import NetworkPolicy
from strava_mcp.web.rate_limit import Limiter

log = logging.getLogger(__name__)

#: The endpoints that answer without a token; tests/web/test_guard.py checks that no others do.
PUBLIC_ENDPOINTS = frozenset(
    {
        HEALTH := "health.health",
        # A fixed file and a fixed text.
        "home.favicon",
        "home.robots",
        # Metadata and registration are public. The other OAuth endpoints require their own proof: a
        # code, a token, a sign-in with Strava or the owner's passphrase.
        "oauth.protected_resource",
        "oauth.authorization_server",
        "oauth.register",
        "oauth.token",
        "oauth.revoke",
        "consent.show",
        "consent.submit",
        "connections.show",
        "connections.act",
        "training.show",
        "training.carry_out",
        "training.data",
        "training.picture",
        # Script and style of that page, without any data.
        "training.script",
        "training.style",
        # The link is the proof: 256 random bits, for one use within 15 minutes.
        "links.download",
        "links.show",
        "links.receive",
        # The browser returns with the state and the cookie of its sign-in.
        "strava.callback",
        # Strava sends no token. It names its subscription, and its API confirms what matters.
        "webhook.verify",
        "webhook.receive",
    }
)

#: Answer without a token where a browser asks for a page (``accept.wants_page``), else with 401.
PAGE_ENDPOINTS = frozenset({"home.show"})

#: What ALLOW_AUTHLESS=true also opens, for reading: ``/sse`` and ``/message``.
AUTHLESS_ENDPOINTS = frozenset({"sse.listen", "sse.post", "sse.other_transport"})

#: Failed authentications per minute and client network before a 429.
MAX_FAILURES = 20

EXTENSION = "strava_mcp.guard"

#: Whoever has AUTH_TOKEN is the server's owner.
OWNER = Principal(OWNER_TOKEN, frozenset(SCOPES), "AUTH_TOKEN")


def protect(app: Flask) -> None:
    """Put the guard in front of every route of ``app``."""
    guard = app.extensions[EXTENSION] = Guard(app)
    config = services(app).config
    if config.allow_authless and not config.authless_secret:
        log.warning("ALLOW_AUTHLESS is true: anyone who knows the address can read data over SSE")
    if config.authless_secret and not config.allow_authless:
        log.warning("AUTHLESS_SECRET opens nothing while ALLOW_AUTHLESS is false")
    app.before_request(guard.check)
    app.after_request(cors.allow)
    challenges.install(app)


class Guard:
    """The guard of one app."""

    def __init__(self, app: Flask) -> None:
        self._services = services(app)
        config, store = self._services.config, self._services.store
        self._network_policy = NetworkPolicy(config)
        self._proxy_notice = ProxyNotice(config, store)
        self._auth_tokens = [token.encode("utf-8") for token in config.auth_tokens]
        self._requests = Limiter("requests", config.rate_limit, store)
        self._failures = Limiter("failures", MAX_FAILURES, store)
        self._visits = Limiter("visits", config.rate_limit, store)

    def check(self) -> Response | None:
        """Return None to let the request in, or the response that refuses it."""
        forwarded_for = request.environ.get("HTTP_X_FORWARDED_FOR")
        self._proxy_notice.check(request.remote_addr or "", forwarded_for)
        response, endpoint = self._network_policy.check() or cors.preflight(), request.endpoint
        if response or endpoint == HEALTH:
            return response
        if endpoint in PUBLIC_ENDPOINTS or (endpoint in PAGE_ENDPOINTS and wants_page()):
            return self._count_visit()
        return self._check_token()

    def authenticate(self, token: str) -> Principal | None:
        """The principal of a token; None if it is unknown, expired or revoked."""
        presented = token.encode("utf-8", "surrogateescape")
        # A list, not a generator: comparing all tokens keeps the time independent of a match.
        if any([hmac.compare_digest(presented, one) for one in self._auth_tokens]):
            return OWNER
        address = client_address()
        principal = self._services.tokens.authenticate(token, address)
        if principal is None and self._services.config.oauth_enabled:
            principal = self._services.grants.authenticate(token, address)
        return principal

    def charge(self, requests: int) -> Response | None:
        """Count requests against the caller's limit; a 429 response if it is exceeded."""
        caller: Principal = g.principal
        wait_s = self._requests.hit(caller.limit_key, requests)
        return _too_many("Too many requests with this token.", wait_s) if wait_s else None

    def _check_token(self) -> Response | None:
        if self._is_authless():
            return self._check_authless()
        token = challenges.presented_token()
        principal = self.authenticate(token) if token else None
        if principal is None:
            return self._refuse(token) or challenges.unauthorized(token)
        g.principal = principal
        return self.charge(1)

    def _check_authless(self) -> Response | None:
        """Let in a request without a token; where AUTHLESS_SECRET is set, only with that."""
        if secret := self._services.config.authless_secret:
            presented = authless.presented_secret()
            if not authless.is_correct(presented, secret):
                return self._refuse(presented) or challenges.unauthorized(None, authless.HINT)
            authless.accept(secret)
        g.principal = Principal(ANONYMOUS, frozenset({READ}))
        return self._count_visit()

    def _is_authless(self) -> bool:
        """Whether this request needs no token (ALLOW_AUTHLESS). A sent token is still verified."""
        return (
            self._services.config.allow_authless
            and request.endpoint in AUTHLESS_ENDPOINTS
            and "HTTP_AUTHORIZATION" not in request.environ
        )

    def _refuse(self, credential: str | None) -> Response | None:
        """Count a wrong token or secret; a 429 response after too many from this network.

        Valid ones are not affected, so nobody can lock out others at the same address.
        """
        g.auth_failed = True
        wait_s = self._failures.hit(client_network()) if credential else 0
        return _too_many("Too many wrong tokens from this address.", wait_s) if wait_s else None

    def _count_visit(self) -> Response | None:
        """Count a request without a token against the limit of its network."""
        wait_s = self._visits.hit(client_network())
        return _too_many("Too many requests from this address.", wait_s) if wait_s else None


def current() -> Guard:
    """The guard of the app that handles the current request."""
    guard: Guard = current_app.extensions[EXTENSION]
    return guard


def still_admitted() -> bool:
    """Whether the token of the current request is still valid, for connections that stay open.

    Callers without a token (ALLOW_AUTHLESS) have none to lose.
    """
    token = challenges.presented_token()
    return token is None or current().authenticate(token) is not None


def charge(requests: int) -> Response | None:
    """Count more requests of the caller; an app without a guard has no limits."""
    guard: Guard | None = current_app.extensions.get(EXTENSION)
    return guard.charge(requests) if guard else None


def _too_many(reason: str, wait_s: int) -> Response:
    g.rate_limited = True
    response = refuse(429, "rate_limited", f"{reason} Try again in {wait_s} s.")
    response.headers["Retry-After"] = str(wait_s)
    return response
