"""Cross-origin requests: pages of an allowed Origin may call and read the answers (Fetch, §3.2)."""

from flask import Response, g, request

ALLOWED_HEADERS = (
    "Authorization, Content-Type, Accept, Last-Event-ID, Mcp-Session-Id, MCP-Protocol-Version, "
    "Mcp-Method, Mcp-Name"
)
EXPOSED_HEADERS = "Mcp-Session-Id, WWW-Authenticate, X-Request-Id, Retry-After"


def preflight() -> Response | None:
    """Answer a browser's question whether it may; it comes without a token by design."""
    asked = request.headers.get("Access-Control-Request-Method")
    if request.method != "OPTIONS" or asked is None or "Origin" not in request.headers:
        return None
    wanted = request.headers.get("Access-Control-Request-Headers", "")
    extra = [
        name.strip() for name in wanted.split(",") if name.strip().lower()[:10] == "mcp-param-"
    ]
    response = Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
    response.headers["Access-Control-Allow-Headers"] = ", ".join([ALLOWED_HEADERS, *extra])
    response.headers["Access-Control-Max-Age"] = "600"
    return response


def allow(response: Response) -> Response:
    """Name the Origin that the guard let in; a refused one gets no leave to read why."""
    origin = request.headers.get("Origin")
    # A caller who is known passed the gate: their 403 names the scope to ask for.
    refused = response.status_code in (403, 421) and "principal" not in g
    if origin is not None and not refused:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
        response.headers.add("Vary", "Origin")
    return response
