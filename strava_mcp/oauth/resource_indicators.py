"""Resource indicators (RFC 8707): the server that a token is meant for, here always this one."""

from typing import TYPE_CHECKING

from authlib.oauth2 import OAuth2Error

from strava_mcp.oauth import audience

if TYPE_CHECKING:
    from strava_mcp.oauth.authorization_code import AuthorizationCodeGrant
    from strava_mcp.oauth.request import Request
    from strava_mcp.oauth.server import AuthorizationServer


class InvalidTargetError(OAuth2Error):
    """The resource is not one of this server (RFC 8707 §2)."""

    error = "invalid_target"
    description = "The resource is not this server. See its protected resource metadata."


class ResourceIndicator:
    """The ``resource`` of an authorization request (RFC 8707 §2.1)."""

    def __call__(self, grant: "AuthorizationCodeGrant") -> None:
        """Check it after the redirect URI was validated, so that errors can be sent there."""
        hook = "after_validate_authorization_request_payload"
        grant.register_hook(hook, lambda grant, _: check_resources(grant.server, grant.request))


def check_resources(server: "AuthorizationServer", request: "Request") -> None:
    """Raise InvalidTargetError if any ``resource`` is another server; it may also be omitted."""
    allowed = audience.resources(request.issuer, server.public_url)
    if not set(request.payload.datalist.get("resource", [])) <= allowed:
        raise InvalidTargetError()
