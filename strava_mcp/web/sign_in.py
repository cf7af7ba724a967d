"""On the way to Strava's sign-in page; ``strava`` is the way back."""

from flask import Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from strava_mcp.oauth.sign_ins import SignIn
from strava_mcp.services import services
from strava_mcp.web.pages import known_browser

CALLBACK = "/strava/callback"


def is_by_strava() -> bool:
    """Whether people prove who they are by signing in with Strava."""
    return services().config.authorize_with == "strava"


def redirect_to_strava(sign_in: SignIn) -> AnyResponse:
    """Send the browser to Strava, after a form of ours; it comes back to ``CALLBACK``."""
    from strava_mcp.sources.api.connections import SCOPES

    found = services()
    state = found.sign_ins.begin(known_browser(), sign_in)
    redirect_uri = found.config.base_url + CALLBACK
    there = found.strava.application.authorize_url(redirect_uri, SCOPES, state)
    return redirect(there, 303, Response)
