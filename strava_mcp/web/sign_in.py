"""Redirect to Strava's authorization page; ``web.strava_callback`` handles the way back."""

from flask import Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from strava_mcp.oauth.sign_ins import SignIn
from strava_mcp.services import services
from strava_mcp.web.cookies import browser_id
from strava_mcp.web.server_url import base_url

CALLBACK = "/strava/callback"


def is_by_strava() -> bool:
    """Whether people sign in with Strava (AUTHORIZE_WITH), rather than with the passphrase."""
    return services().config.authorize_with == "strava"


def redirect_to_strava(sign_in: SignIn) -> AnyResponse:
    """Redirect the browser to Strava, which redirects back to ``CALLBACK``."""
    from strava_mcp.sources.api.connections import SCOPES

    state = services().sign_ins.begin(browser_id(), sign_in)
    redirect_uri = base_url() + CALLBACK
    url = services().strava.application.authorize_url(redirect_uri, SCOPES, state)
    return redirect(url, 303, Response)
