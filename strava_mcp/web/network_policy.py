"""Checks that need no token: client address, Host and Origin."""

from urllib.parse import urlsplit

from flask import Response, request

from strava_mcp.config import Config
from strava_mcp.config.parsers import LOOPBACK_HOSTS
from strava_mcp.web.client_address import parsed_address
from strava_mcp.web.errors import refuse
from strava_mcp.web.server_url import Host, parse_host, requested_host


class NetworkPolicy:
    """Which addresses, hosts and origins may send requests."""

    def __init__(self, config: Config) -> None:
        self._config = config
        own_name = urlsplit(config.base_url).hostname or ""
        allowed = (parse_host(text) or Host(text.lower(), None) for text in config.allowed_hosts)
        self._hosts = {*(Host(name, None) for name in (*LOOPBACK_HOSTS, own_name)), *allowed}
        # AWS routes requests to a Function URL by Host, so no other name can reach us there.
        self._any_host = bool(config.lambda_function) and not config.public_url
        self._is_local = own_name in LOOPBACK_HOSTS

    def check(self) -> Response | None:
        """A refusal of the current request, or None if it is allowed."""
        return self._check_address() or self._check_host() or self._check_origin()

    def _check_address(self) -> Response | None:
        """Refuse addresses outside ALLOWED_IPS, if that is set."""
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
        """Refuse foreign host names, by which DNS rebinding lets web pages reach a local server."""
        host = requested_host()
        if host and (self._any_host or Host(host.name, None) in self._hosts or host in self._hosts):
            return None
        problem = "This Host is not the server's own: set PUBLIC_URL or ALLOWED_HOSTS."
        return refuse(421, "host_not_allowed", problem)

    def _check_origin(self) -> Response | None:
        """Refuse pages of other origins (2025-11-25, Transports, Security Warning)."""
        origin = request.environ.get("HTTP_ORIGIN")
        if origin is None or self._is_allowed(origin):
            return None
        return refuse(403, "origin_not_allowed", "Origin not allowed; see ALLOWED_ORIGINS.")

    def _is_allowed(self, origin: str) -> bool:
        if origin in (*self._config.allowed_origins, self._config.base_url):
            return True
        scheme, _, text = origin.partition("://")
        host = parse_host(text) if self._is_local and scheme in ("http", "https") else None
        return host is not None and host.name in LOOPBACK_HOSTS
