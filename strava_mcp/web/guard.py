"""The guard: every request passes here first, and every route is closed unless a list opens it.

In order: the client's address, the Host, the Origin, the public list, the Bearer token, the rate
limit. Nothing opens because a setting is missing: without any token only ``/health`` answers.
"""

import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request

from strava_mcp.config import LOOPBACK_HOSTS, Config
from strava_mcp.errors import InsufficientScope
from strava_mcp.identity import READ, SCOPES, Principal
from strava_mcp.services import services
from strava_mcp.web import cors
from strava_mcp.web.address import client_address
from strava_mcp.web.errors import refuse
from strava_mcp.web.ratelimit import Limiter

#: The endpoints that answer without a token; tests/web/test_guard.py walks all others.
PUBLIC_ENDPOINTS = frozenset({"health.health"})

#: Wrong tokens that one address may try in a minute before it has to wait.
MOST_FAILURES = 20


def protect(app: Flask) -> None:
    """Put the guard in front of every route of ``app``."""
    config = services(app).config
    app.extensions["strava_mcp.requests"] = Limiter(
        "requests", config.rate_limit, lambda: services(app).store
    )
    app.extensions["strava_mcp.failures"] = Limiter(
        "failures", MOST_FAILURES, lambda: services(app).store
    )
    app.before_request(check)
    app.after_request(cors.allow)
    app.register_error_handler(InsufficientScope, _insufficient)


def check() -> Response | None:
    """Let the request in, or answer it here."""
    return (
        check_address()
        or check_host_and_origin()
        or cors.preflight()
        or (None if request.endpoint in PUBLIC_ENDPOINTS else _check_token())
    )


def check_address() -> Response | None:
    """ALLOWED_IPS, where it is set, names everybody who is served."""
    allowed = services().config.allowed_ips
    if not allowed:
        return None
    try:
        address = ip_address(client_address())
    except ValueError:
        return refuse(403, "address_not_allowed", "The client's address is not known.")
    address = getattr(address, "ipv4_mapped", None) or address
    if any(address in network for network in allowed):
        return None
    return refuse(403, "address_not_allowed", "This address is not on the server's ALLOWED_IPS.")


def check_host_and_origin() -> Response | None:
    """Refuse names that are not ours: a page on the web must not reach a server through them.

    DNS rebinding sends a foreign Host to a local server, a hostile page sends its own Origin
    (2025-11-25, Transports, Security Warning).
    """
    config = services().config
    if not _is_our_host(config, request.host):
        return refuse(
            421,
            "host_not_allowed",
            "This Host is not the server's: set PUBLIC_URL or ALLOWED_HOSTS.",
        )
    origin = request.headers.get("Origin")
    if origin is not None and not _is_allowed_origin(config, origin):
        return refuse(
            403, "origin_not_allowed", "Pages of this Origin may not call: see ALLOWED_ORIGINS."
        )
    return None


def _is_our_host(config: Config, host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    # Behind a Function URL AWS routes by Host, so only our own name ever gets here.
    if config.lambda_function and not config.public_url:
        return True
    ours = {*LOOPBACK_HOSTS, urlsplit(config.base_url).hostname, *config.allowed_hosts}
    return name in ours or host in ours


def _is_allowed_origin(config: Config, origin: str) -> bool:
    if origin in config.allowed_origins or origin == config.base_url:
        return True
    local = not config.public_url or urlsplit(config.public_url).hostname in LOOPBACK_HOSTS
    try:
        parts = urlsplit(origin)
        return local and parts.scheme in ("http", "https") and parts.hostname in LOOPBACK_HOSTS
    except ValueError:
        return False


def _check_token() -> Response | None:
    failures: Limiter = current_app.extensions["strava_mcp.failures"]
    wait_s = failures.would_wait(client_address())
    if wait_s:
        return _slow_down("Too many wrong tokens from this address.", wait_s)
    presented = _presented()
    principal = presented and authenticate(presented)
    if not principal:
        if presented is not None:
            failures.count(client_address())
        g.auth_failed = True
        return _unauthorized(presented is not None)
    g.principal = principal
    return check_rate(principal)


def check_rate(principal: Principal) -> Response | None:
    """The limit of requests a minute, for each token."""
    limiter: Limiter = current_app.extensions["strava_mcp.requests"]
    wait_s = limiter.count(principal.id)
    return _slow_down("Too many requests with this token.", wait_s) if wait_s else None


def authenticate(token: str) -> Principal | None:
    """Whose token this is; None for one that is unknown, expired or revoked."""
    given = token.encode("utf-8", "surrogateescape")
    # Every candidate is compared, so that the time taken tells nothing.
    matches = [hmac.compare_digest(given, own.encode()) for own in services().config.auth_tokens]
    if any(matches):
        return Principal("default", frozenset(SCOPES), "AUTH_TOKEN")
    return services().tokens.authenticate(token)


def _presented() -> str | None:
    """The token of the Authorization header (RFC 6750 §2.1), the only place where one is read."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def _unauthorized(presented: bool) -> Response:
    """401 with a challenge (RFC 6750 §3), and a hint made from the request's shape alone."""
    challenge = f'scope="{READ}"'
    if "oauth.protected_resource" in current_app.view_functions:
        url = f"{services().config.base_url}/.well-known/oauth-protected-resource"
        challenge = f'resource_metadata="{url}", {challenge}'
    if presented:
        challenge = f'error="invalid_token", {challenge}'
    response = refuse(401, "unauthorized", _hint(presented))
    response.headers["WWW-Authenticate"] = f"Bearer {challenge}"
    return response


def _hint(presented: bool) -> str:
    """What is wrong with how the token was sent; never anything about which tokens exist."""
    header = request.headers.get("Authorization", "")
    if presented:
        token = header.partition(" ")[2]
        if token != token.strip() or " " in token or any(mark in token for mark in "\"'`<>"):
            return "The token has spaces or quotes in or around it: send it bare."
        return "The token is not valid. Compare it with `flask show-config --show-token`."
    if {"token", "access_token", "auth_token", "api_key"} & set(request.args):
        return "Tokens in the URL are ignored: send `Authorization: Bearer <token>`."
    if header.strip().lower() == "bearer":
        return "The header has no token after Bearer."
    if header:
        return "The header must read `Authorization: Bearer <token>`, with Bearer and one space."
    return "There is no Authorization header: send `Authorization: Bearer <token>`."


def _slow_down(why: str, wait_s: int) -> Response:
    g.rate_limited = True
    response = refuse(429, "rate_limited", f"{why} Try again in {wait_s} s.")
    response.headers["Retry-After"] = str(wait_s)
    return response


def _insufficient(error: InsufficientScope) -> Response:
    """403 that names the scope to ask for (RFC 6750 §3.1)."""
    challenge = f'error="insufficient_scope", scope="{error.scope}"'
    if "oauth.protected_resource" in current_app.view_functions:
        url = f"{services().config.base_url}/.well-known/oauth-protected-resource"
        challenge += f', resource_metadata="{url}"'
    response = refuse(403, "insufficient_scope", str(error))
    response.headers["WWW-Authenticate"] = f"Bearer {challenge}"
    return response
