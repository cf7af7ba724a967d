"""Where a request comes from, as far as it cannot be forged."""

from flask import request


def client_address() -> str:
    """The client's address.

    On Lambda the one that AWS saw: Zappa fills REMOTE_ADDR from ``X-Forwarded-For``, which anybody
    can write. Elsewhere that of the connection; behind proxies of your own see PROXY_HOPS.
    """
    event = request.environ.get("lambda.event") or {}
    context = event.get("requestContext") or {}
    seen = (context.get("http") or context.get("identity") or {}).get("sourceIp")
    return str(seen or request.remote_addr or "")
