"""The bearer token of a request, and WWW-Authenticate challenges in 401 and 403 (RFC 6750).

Their hints help with a badly sent token, and reveal nothing about valid tokens.
"""

from flask import Flask, Response, current_app, g, request

from strava_mcp.errors import InsufficientScope
from strava_mcp.identity import READ, SCOPES, WRITE, Principal
from strava_mcp.oauth import metadata
from strava_mcp.protocol.call import Challenge
from strava_mcp.services import services
from strava_mcp.web.errors import refuse
from strava_mcp.web.server_url import base_url

#: Names of query parameters in which people send tokens.
QUERY_NAMES = frozenset({"token", "access_token", "auth_token", "api_key"})

METADATA_ENDPOINT = "oauth.protected_resource"


def install(app: Flask) -> None:
    """Answer a call beyond the token's scope with 403."""
    app.register_error_handler(InsufficientScope, _insufficient_scope)


def presented_token() -> str | None:
    """The token of the Authorization header (RFC 6750 §2.1), the only place where one is read."""
    scheme, _, token = request.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return (token.strip() or None) if scheme.lower() == "bearer" else None


def unauthorized(token: str | None, hint: str = "") -> Response:
    """Make a 401 response. ``token``: the presented token, if any. ``hint``: what to do instead."""
    parts = [*_metadata(), f'scope="{READ}"']
    if token:
        parts.insert(0, 'error="invalid_token"')
    response = refuse(401, "unauthorized", hint or _hint(token))
    response.headers["WWW-Authenticate"] = f"Bearer {', '.join(parts)}"
    return response


def step_up(has_status: bool = True) -> Challenge | None:
    """How to ask the caller's client for all scopes (RFC 6750 §3.1); None if it cannot be asked.

    The header of a 403 is best, where clients see it: a Function URL renames ``WWW-Authenticate``,
    and so does API Gateway. Where a 403 was in vain (``StepUps``), the tool says what to do.

    ``has_status``: whether the transport answers each call with a status of its own.
    """
    caller: Principal = g.principal
    if not caller.client_id or caller.may(WRITE):
        return None
    description = "Writing was not granted. Reconnect and choose Read and write."
    parts = ['error="insufficient_scope"', f'scope="{" ".join(SCOPES)}"', *_metadata()]
    parts.append(f'error_description="{description}"')
    has_header = has_status and not services().config.lambda_function
    step_ups, token = services().step_ups, presented_token() or ""

    def by_status() -> bool:
        return step_ups.challenge(caller, token) and has_header

    return Challenge(f"Bearer {', '.join(parts)}", by_status)


def _insufficient_scope(error: InsufficientScope) -> Response:
    """Make a 403 response with the challenge."""
    response = refuse(403, "insufficient_scope", str(error))
    response.headers["WWW-Authenticate"] = error.challenge
    return response


def _metadata() -> list[str]:
    """The parameter with the address of the OAuth metadata (RFC 9728 §5.1); none without OAuth."""
    if METADATA_ENDPOINT not in current_app.view_functions:
        return []
    path = request.path if request.path in metadata.PATHS else ""
    return [f'resource_metadata="{base_url()}{metadata.WELL_KNOWN}{path}"']


def _hint(token: str | None) -> str:
    """What is wrong with how the token was sent, or that it is not valid."""
    header = request.headers.get("Authorization", "")
    if token:
        if header != f"{header.partition(' ')[0]} {token}" or set(token) & set(" \"'`<>"):
            return "The token has spaces or quotes in or around it: send it bare."
        return "The token is not valid. Compare it with `flask show-config --show-token`."
    if QUERY_NAMES & set(request.args):
        return "Tokens in the URL are ignored: send `Authorization: Bearer <token>`."
    if header.strip().lower() == "bearer":
        return "The header has no token after Bearer."
    if header:
        return "The header must read `Authorization: Bearer <token>`, with Bearer and one space."
    return "There is no Authorization header: send `Authorization: Bearer <token>`."
