"""The server's own URL, as the client that sends the current request knows it.

OAuth clients compare the URLs in metadata with the URL that a person typed. A server with
PUBLIC_URL has that one URL. A server on this machine has one for each name and port that lead to
it: ``localhost``, ``127.0.0.1`` and ``[::1]``, at its own port or a forwarded one.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from flask import request

from strava_mcp.config.parsers import LOOPBACK_HOSTS
from strava_mcp.services import services

#: A Host header (RFC 9110 §7.2): a name or an IPv6 address in brackets, and a port.
HOST = re.compile(r"(?:\[(?P<ipv6>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::(?P<port>[0-9]{0,5}))?")
DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_PORT = 65535


class Host(NamedTuple):
    """A Host header. ``name``: lowercase, an IPv6 address without brackets; ``port``: if given."""

    name: str
    port: int | None


def requested_host() -> Host | None:
    """The host that the client asked for; None if the header is malformed."""
    return parse_host(request.environ.get("HTTP_HOST") or request.host)


@lru_cache(maxsize=64)
def parse_host(text: str) -> Host | None:
    """Parse a Host header; None if it is malformed."""
    match = HOST.fullmatch(text.lower())
    if match is None or int(match["port"] or 0) > MAX_PORT:
        return None
    return Host(match["ipv6"] or match["name"], int(match["port"]) if match["port"] else None)


def base_url() -> str:
    """PUBLIC_URL or, if it is unset, the loopback URL of this request; without a path.

    Of the Host header only loopback names are used: with any other name, whoever chooses the
    header would choose the issuer of tokens.
    """
    config = services().config
    host = None if config.public_url else requested_host()
    if host is None or host.name not in LOOPBACK_HOSTS:
        return config.base_url
    scheme = "https" if request.scheme == "https" else "http"  # a proxy can claim any scheme
    name = f"[{host.name}]" if ":" in host.name else host.name
    port = f":{host.port}" if host.port not in (None, DEFAULT_PORTS[scheme]) else ""
    return f"{scheme}://{name}{port}"
