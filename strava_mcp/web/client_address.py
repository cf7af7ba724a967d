"""Where a request comes from, as far as it cannot be forged."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from flask import request


def client_address() -> str:
    """The client's address; empty where it is not known.

    On Lambda the one that AWS saw, or none: Zappa fills REMOTE_ADDR from ``X-Forwarded-For``, which
    anybody can write. Elsewhere that of the connection; behind proxies of your own see PROXY_HOPS.
    """
    known: str | None = request.environ.get("strava_mcp.address")
    if known is not None:  # our own handler knows what each kind of event says of it
        return known
    event = request.environ.get("lambda.event")
    if event is None:
        return request.remote_addr or ""
    context = event.get("requestContext") or {}
    return str((context.get("http") or context.get("identity") or {}).get("sourceIp") or "")


def parsed_address() -> IPv4Address | IPv6Address | None:
    """The client's address as a number; None where it is not known.

    An IPv4 address on an IPv6 socket (RFC 4291 §2.5.5.2) is the IPv4 address.
    """
    try:
        address = ip_address(client_address())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def client_network() -> str:
    """What one client may hold: an IPv4 address, or the /48 of an IPv6 address (RFC 6177 §2)."""
    address = parsed_address()
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address), 48), strict=False))
    return str(address or "")
