"""The client's address, from sources that the client cannot forge."""

import hmac
import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from flask import request

from strava_mcp.services import services

#: An address with the port of its connection, as Azure's Application Gateway forwards it.
WITH_PORT = re.compile(r"([0-9.]+):[0-9]{1,5}|\[([0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?")


def client_address() -> str:
    """The client's address; empty if it is unknown.

    Behind CloudFront, the viewer's address, if the request has CLOUDFRONT_SECRET. On Lambda, the
    address that AWS reports. Elsewhere, the address of the connection; behind trusted proxies see
    PROXY_HOPS.
    """
    address = _viewer_address() or _peer_address()
    match = WITH_PORT.fullmatch(address) if ":" in address else None
    return match[1] or match[2] if match else address


def _viewer_address() -> str:
    """The address of CloudFront's viewer; empty if the request does not prove to come from there.

    One CloudFront function sets both headers, over any that the viewer sent (``aws/README.md``).
    """
    secret = services().config.cloudfront_secret
    if not secret:
        return ""
    presented = request.environ.get("HTTP_X_ORIGIN_VERIFY", "")
    if not hmac.compare_digest(presented.encode(), secret.encode()):
        return ""
    address: str = request.environ.get("HTTP_TRUE_CLIENT_IP", "")
    return address


def _peer_address() -> str:
    address: str | None = request.environ.get("strava_mcp.address")
    if address is not None:  # set by our Lambda handler
        return address
    event = request.environ.get("lambda.event")
    if event is None:
        return request.remote_addr or ""
    # Zappa's handler fills REMOTE_ADDR from X-Forwarded-For, which anybody can write.
    context = event.get("requestContext") or {}
    return str((context.get("http") or context.get("identity") or {}).get("sourceIp") or "")


def parsed_address() -> IPv4Address | IPv6Address | None:
    """The client's address; None if it is unknown.

    An IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2) is returned as IPv4.
    """
    try:
        address = ip_address(client_address())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def client_network() -> str:
    """The network that limits apply to: an IPv4 address, or an IPv6 /48.

    One client may control a whole /48 (RFC 6177 §2). Empty if the address is unknown.
    """
    address = parsed_address()
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address), 48), strict=False))
    return str(address or "")
