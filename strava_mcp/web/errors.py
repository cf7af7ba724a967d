"""HTTP errors as JSON without tracebacks, and security headers for every response.

Where MCP messages are posted, an error is a JSON-RPC error with the id null: many clients show
their users nothing else.
"""

import logging

from flask import Flask, Response, current_app, g, json, request
from werkzeug.exceptions import HTTPException

from strava_mcp.errors import StoreError
from strava_mcp.protocol import jsonrpc
from strava_mcp.services import services

log = logging.getLogger(__name__)

#: ``Retry-After`` while the store is down.
RETRY_S = 5
#: How long browsers use https only: a year.
HSTS_S = 365 * 86400

#: Where clients post messages; ``/sse`` answers them with 405 (``web.sse``).
MESSAGE_PATHS = frozenset({"", "/mcp", "/message", "/sse"})
#: HTTP status → JSON-RPC code; 400 to 499 without an entry are invalid requests. The codes are from
#: -32000 to -32019, which MCP leaves to implementations, without those that SDKs use themselves.
CODES = {
    401: -32010,
    403: -32011,
    421: -32012,
    429: -32013,
    503: -32014,
    500: jsonrpc.INTERNAL_ERROR,
    501: jsonrpc.INTERNAL_ERROR,
}


def install(app: Flask) -> None:
    """Register the error handlers and the headers of every response."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(StoreError, _store_error)
    app.register_error_handler(Exception, _unexpected_error)
    app.after_request(_add_security_headers)


def refuse(status: int, error: str, message: str) -> Response:
    """Make an error response: ``{"error": …, "message": …}``, or a JSON-RPC error.

    ``error``: a stable code, which a JSON-RPC error has as ``data.reason``.
    """
    if request.method == "POST" and request.path.rstrip("/") in MESSAGE_PATHS:
        code = CODES.get(status, jsonrpc.INVALID_REQUEST)
        body = jsonrpc.failure(None, jsonrpc.RpcError(code, message, {"reason": error}))
    else:
        body = json.dumps({"error": error, "message": message}).encode()
    return Response(body, status, content_type="application/json")


def _http_error(error: HTTPException) -> Response:
    name = error.name.lower().replace(" ", "_")
    message = error.description or error.name
    if error.code == 413 and current_app.config["MAX_CONTENT_LENGTH"]:
        limit = current_app.config["MAX_CONTENT_LENGTH"]
        message = f"The request body is too large: at most {limit:,} bytes (MAX_BODY_BYTES)."
    response = refuse(error.code or 500, name, message)
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _store_error(error: StoreError) -> Response:
    log.error("%s", error)
    response = refuse(503, "unavailable", "The server cannot reach its store; try again shortly.")
    response.headers["Retry-After"] = str(RETRY_S)
    return response


def _unexpected_error(error: Exception) -> Response:
    log.exception("A request failed")
    request_id = g.get("request_id", "")
    return refuse(500, "internal_error", f"Internal error. Reference for the log: {request_id}.")


def _add_security_headers(response: Response) -> Response:
    """Add no-store, nosniff and no-referrer; HSTS where PUBLIC_URL is https (RFC 6797).

    Only files without any data say themselves how long they may be kept.
    """
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    if services().config.public_url.startswith("https:"):
        response.headers["Strict-Transport-Security"] = f"max-age={HSTS_S}"
    return response
