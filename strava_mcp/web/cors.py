"""Cross-origin requests: pages of an allowed Origin may call and read replies (Fetch, §3.2)."""

from flask import Response, g, request

ALLOWED_HEADERS = (
    "Authorization, Content-Type, Accept, Last-Event-ID, Mcp-Session-Id, MCP-Protocol-Version, "
    "Mcp-Method, Mcp-Name, X-Authless-Secret"
)
EXPOSED_HEADERS = "Mcp-Session-Id, WWW-Authenticate, X-Request-Id, Retry-After"


def preflight() -> Response | None:
    """Answer a preflight request, which comes without a token by design; None for others."""
    if request.method != "OPTIONS":
        return None
    if not {"HTTP_ORIGIN", "HTTP_ACCESS_CONTROL_REQUEST_METHOD"} <= request.environ.keys():
        return None
    requested = request.headers.get("Access-Control-Request-Headers", "")
    extra = [
        name.strip() for name in requested.split(",") if name.strip().lower()[:10] == "mcp-param-"
    ]
    response = Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
    response.headers["Access-Control-Allow-Headers"] = ", ".join([ALLOWED_HEADERS, *extra])
    response.headers["Access-Control-Max-Age"] = "600"
    return response


def allow(response: Response) -> Response:
    """Echo the allowed Origin; refused origins get no CORS headers."""
    origin = request.environ.get("HTTP_ORIGIN")
    if origin is None:
        return response
    # With a principal, the Origin was allowed: a 403 then names the scope to request.
    refused = response.status_code in (403, 421) and "principal" not in g
    if not refused:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
        response.headers.add("Vary", "Origin")
    return response
