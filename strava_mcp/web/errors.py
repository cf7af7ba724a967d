"""HTTP errors as JSON without tracebacks, and security headers for every response."""

import logging

from flask import Flask, Response, g, json, request
from werkzeug.exceptions import HTTPException

from strava_mcp.errors import StoreError
from strava_mcp.protocol import jsonrpc

log = logging.getLogger(__name__)

#: ``Retry-After`` while the store is down.
RETRY_S = 5


def install(app: Flask) -> None:
    """Register the error handlers and the headers of every response."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(StoreError, _store_error)
    app.register_error_handler(Exception, _unexpected_error)
    app.after_request(_add_security_headers)


def refuse(status: int, error: str, message: str) -> Response:
    """Make an error response: ``{"error": …, "message": …}``."""
    body = json.dumps({"error": error, "message": message})
    return Response(body, status, content_type="application/json")


def _http_error(error: HTTPException) -> Response:
    """Answer an HTTP error; if a posted MCP message is too large, with a JSON-RPC error."""
    code = error.code or 500
    name = error.name.lower().replace(" ", "_")
    response = refuse(code, name, error.description or error.name)
    if request.path in ("/", "/mcp") and request.method == "POST" and code == 413:
        problem = jsonrpc.RpcError(jsonrpc.INVALID_REQUEST, "The request body is too large")
        response.data = jsonrpc.failure(None, problem)
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
    """Add no-store, nosniff and no-referrer."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    return response
