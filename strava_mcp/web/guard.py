"""The guard: every request passes here first, and every route is closed unless a list opens it.

In order: the client's address, the Host, the Origin, the public list, the Bearer token, the rate
limit. Nothing opens because a setting is missing: without any token only ``/health`` answers.
"""

import hmac
import logging
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request

from strava_mcp.config import Config
from strava_mcp.config.parsers import LOOPBACK_HOSTS
from strava_mcp.identity import ANONYMOUS, READ, SCOPES, Principal
from strava_mcp.services import services
from strava_mcp.web import challenges, cors
from strava_mcp.web.client_address import client_address, client_network, parsed_address
from strava_mcp.web.errors import refuse
from strava_mcp.web.rate_limit import Limiter

log = logging.getLogger(__name__)

#: The endpoints that answer without a token; tests/web/test_guard.py walks all others.
PUBLIC_ENDPOINTS = frozenset(
    {
        HEALTH := "health.health",
        # Discovery says nothing that is secret; the others ask for their own proof: a code, a
        # refresh token, the owner's pass-phrase.
        "oauth.protected_resource",
        "oauth.authorization_server",
        "oauth.register",
        "oauth.token",
        "oauth.revoke",
        "consent.show",
        "consent.submit",
        "connections.show",
        "connections.act",
        # The athlete's browser comes with the state and the cookie that it left with.
        "strava.callback",
        # Strava sends no token: it names its subscription, and is asked about what matters.
        "webhook.verify",
        "webhook.receive",
    }
)

#: What ALLOW_AUTHLESS=true opens besides, to read: ``/sse``, ``/sse/`` and ``/message``.
AUTHLESS_ENDPOINTS = frozenset({"sse.listen", "sse.post", "sse.other_transport"})

#: Wrong tokens that one address may try in a minute before it has to wait.
MAX_FAILURES = 20

OWNER = Principal("default", frozenset(SCOPES), "AUTH_TOKEN")


def protect(app: Flask) -> None:
    """Put the guard in front of every route of ``app``."""
    guard = app.extensions["strava_mcp.guard"] = Guard(app)
    if services(app).config.allow_authless:
        log.warning("ALLOW_AUTHLESS is true: whoever knows the address can read the data over SSE")
    app.before_request(guard.check)
    app.after_request(cors.allow)
    challenges.install(app)


class Gate:
    """Who may knock at all: the checks that need no token."""

    def __init__(self, config: Config) -> None:
        self._config = config
        own = urlsplit(config.base_url).hostname
        self._hosts = {*LOOPBACK_HOSTS, own, *(name.lower() for name in config.allowed_hosts)}
        # Behind a Function URL AWS routes by Host, so only our own name ever gets here.
        self._any_host = bool(config.lambda_function) and not config.public_url
        self._local = urlsplit(config.base_url).hostname in LOOPBACK_HOSTS

    def check(self) -> Response | None:
        """Refuse addresses, hosts and origins that are not wanted here."""
        return self._check_address() or self._check_host() or self._check_origin()

    def _check_address(self) -> Response | None:
        """ALLOWED_IPS, where it is set, names everybody who is served."""
        allowed = self._config.allowed_ips
        if not allowed:
            return None
        address = parsed_address()
        if address is None:
            return refuse(403, "address_not_allowed", "The client's address is not known.")
        if any(address in network for network in allowed):
            return None
        return refuse(403, "address_not_allowed", "This address is not on the ALLOWED_IPS list.")

    def _check_host(self) -> Response | None:
        """Refuse names that are not ours: DNS rebinding brings a foreign one to a local server."""
        host = (request.environ.get("HTTP_HOST") or request.host).lower()
        if self._any_host or host in self._hosts or _hostname(host) in self._hosts:
            return None
        problem = "This Host is not the server's own: set PUBLIC_URL or ALLOWED_HOSTS."
        return refuse(421, "host_not_allowed", problem)

    def _check_origin(self) -> Response | None:
        """Refuse pages of foreign origins (2025-11-25, Transports, Security Warning)."""
        origin = request.environ.get("HTTP_ORIGIN")
        if origin is None or self._is_allowed(origin):
            return None
        problem = "Pages of this Origin may not call here: see ALLOWED_ORIGINS."
        return refuse(403, "origin_not_allowed", problem)

    def _is_allowed(self, origin: str) -> bool:
        if origin in (*self._config.allowed_origins, self._config.base_url):
            return True
        scheme, _, host = origin.partition("://")
        return self._local and scheme in ("http", "https") and _hostname(host) in LOOPBACK_HOSTS


class Guard(Gate):
    """The whole guard of one app."""

    def __init__(self, app: Flask) -> None:
        found = services(app)
        super().__init__(found.config)
        self._own = [token.encode("utf-8") for token in found.config.auth_tokens]
        self._services = found
        self._requests = Limiter("requests", found.config.rate_limit, found.store)
        self._failures = Limiter("failures", MAX_FAILURES, found.store)
        self._visits = Limiter("visits", found.config.rate_limit, found.store)

    def check(self) -> Response | None:
        """Let the request in, or answer it here."""
        refused = super().check() or cors.preflight()
        if refused or request.endpoint == HEALTH:
            return refused
        if request.endpoint in PUBLIC_ENDPOINTS:
            wait_s = self._visits.count(client_network())
            return _slow_down("Too many requests from this address.", wait_s) if wait_s else None
        return self._check_token()

    def authenticate(self, token: str) -> Principal | None:
        """Whose token this is; None for one that is unknown, expired or revoked."""
        given = token.encode("utf-8", "surrogateescape")
        # Every candidate is compared, so that the time taken tells nothing.
        if any([hmac.compare_digest(given, own) for own in self._own]):
            return OWNER
        found = self._services
        principal = found.tokens.authenticate(token, client_address())
        if principal is None and found.config.oauth_enabled:
            principal = found.grants.authenticate(token, client_address())
        return principal

    def _check_token(self) -> Response | None:
        if self._is_authless():
            g.principal = Principal(ANONYMOUS, frozenset({READ}))
            wait_s = self._visits.count(client_network())
            return _slow_down("Too many requests from this address.", wait_s) if wait_s else None
        token = challenges.presented_token()
        principal = self.authenticate(token) if token else None
        if principal is None:
            g.auth_failed = True
            # Only those who fail wait: nobody can lock out whoever shares their address.
            wait_s = self._failures.count(client_network()) if token else 0
            if wait_s:
                return _slow_down("Too many wrong tokens from this address.", wait_s)
            return challenges.unauthorized(token)
        g.principal = principal
        return self.charge(1)

    def _is_authless(self) -> bool:
        """Whether nobody asks who this is. A token that is presented is always looked at."""
        return (
            self._services.config.allow_authless
            and request.endpoint in AUTHLESS_ENDPOINTS
            and "HTTP_AUTHORIZATION" not in request.environ
        )

    def charge(self, requests: int) -> Response | None:
        """Count requests of the caller against their limit; a batch is as many as it holds."""
        caller: Principal = g.principal
        # One athlete's apps share a limit: more apps are not more of the server.
        key = caller.id if caller.athlete_id is None else f"athlete:{caller.athlete_id}"
        wait_s = self._requests.count(key, requests)
        return _slow_down("Too many requests with this token.", wait_s) if wait_s else None


def current() -> Guard:
    """The guard of the app that handles the current request."""
    found: Guard = current_app.extensions["strava_mcp.guard"]
    return found


def charge(requests: int) -> Response | None:
    """Count more requests of the caller; an app without a guard has no limits."""
    guard: Guard | None = current_app.extensions.get("strava_mcp.guard")
    return guard.charge(requests) if guard else None


def _hostname(host: str) -> str | None:
    """The name in a Host header, without its port; None where it is none."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _slow_down(why: str, wait_s: int) -> Response:
    g.rate_limited = True
    response = refuse(429, "rate_limited", f"{why} Try again in {wait_s} s.")
    response.headers["Retry-After"] = str(wait_s)
    return response
