"""OAuth endpoints for clients: discovery, registration, tokens, revocation.

The endpoint for people, ``/authorize``, is in ``consent``.
"""

from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, request

from strava_mcp.json_types import JSON
from strava_mcp.oauth import metadata
from strava_mcp.oauth.exact_limiter import ExactLimiter
from strava_mcp.oauth.replies import Reply
from strava_mcp.services import services
from strava_mcp.web.challenges import presented_token
from strava_mcp.web.client_address import client_network
from strava_mcp.web.errors import refuse
from strava_mcp.web.server_url import base_url

if TYPE_CHECKING:
    from strava_mcp.oauth.request import Request

bp = Blueprint("oauth", __name__)

MAX_BYTES = 16 * 1024
#: Registrations per hour: from one network, from all together, and of each network before it counts
#: with the others.
HOUR_S, PER_KEY, OVERALL, OWN = 3600, 30, 120, 3


def protected_resource(path: str) -> JSON:
    """Describe the resource at ``path`` to a client (RFC 9728)."""
    return metadata.protected_resource(base_url(), path)


for _path in metadata.PATHS:
    bp.add_url_rule(
        metadata.WELL_KNOWN + _path, view_func=protected_resource, defaults={"path": _path}
    )


@bp.get("/.well-known/oauth-authorization-server")
@bp.get("/.well-known/openid-configuration")
def authorization_server() -> JSON:
    """Describe the authorization server to a client (RFC 8414)."""
    return metadata.authorization_server(base_url())


@bp.post("/register")
def register() -> Response:
    """Register a client (RFC 7591)."""
    limiter = ExactLimiter("register", services().store, HOUR_S, PER_KEY, OVERALL, OWN)
    network, clients = client_network(), services().authorization.clients
    wait_s = limiter.hit(network)
    if wait_s and not clients.is_registration_open(network):
        problem = "Too many registrations: try later, or have the owner run `flask grants allow`."
        response = refuse(429, "temporarily_unavailable", problem)
        response.headers["Retry-After"] = str(wait_s)
        return response
    request.max_content_length = MAX_BYTES
    if (request.content_length or 0) > MAX_BYTES:
        return _bad_request("invalid_client_metadata", f"The body may have {MAX_BYTES} bytes.")
    if request.mimetype != "application/json":
        return _bad_request("invalid_client_metadata", "The body must be application/json.")
    return send(services().authorization.register(request.get_data(), presented_token(), network))


@bp.post("/token")
def token() -> Response:
    """Exchange a code or a refresh token for an access token (OAuth 2.1 §3.2)."""
    authorization = services().authorization
    return _form_error() or send(authorization.create_token_response(_form_request("/token")))


@bp.post("/revoke")
def revoke() -> Response:
    """Revoke a token (RFC 7009)."""
    return _form_error() or send(services().authorization.revoke(_form_request("/revoke")))


def send(reply: Reply) -> Response:
    """Make a response of a reply of the authorization server."""
    return Response(reply.body, reply.status, list(reply.headers))


def _form_request(path: str) -> "Request":
    """The current request as the authorization server takes it."""
    from strava_mcp.oauth.request import Request

    parameters = request.form.to_dict(flat=False)
    return Request("POST", base_url(), path, parameters, dict(request.headers))


def _form_error() -> Response | None:
    """400 unless parameters come in a form: in a URL they would be logged (RFC 6749 §3.2)."""
    request.max_content_length = MAX_BYTES
    if request.query_string:
        return _bad_request("invalid_request", "Parameters belong in the body, never in the URL.")
    if request.mimetype != "application/x-www-form-urlencoded":
        problem = "The body must be application/x-www-form-urlencoded."
        return _bad_request("invalid_request", problem)
    if (request.content_length or 0) > MAX_BYTES:
        return _bad_request("invalid_request", f"The body may have {MAX_BYTES} bytes.")
    return None


def _bad_request(error: str, description: str) -> Response:
    response = jsonify(error=error, error_description=description)
    response.status_code = 400
    return response
