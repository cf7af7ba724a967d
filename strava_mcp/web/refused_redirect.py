"""The page for an authorization request with a redirect URI that is not allowed.

It shows the URI to add to OAUTH_ALLOWED_REDIRECT_URIS, ready to copy and never as a link.
"""

from typing import NamedTuple

from flask import Response

from strava_mcp.oauth import redirects
from strava_mcp.services import services
from strava_mcp.web.pages import COPY_SCRIPT, render_page


class RefusedRedirectContext(NamedTuple):
    """What ``refused_redirect.html`` displays.

    ``is_listed``: on this server's list, but not one of this client. ``can_be_added``: to the
    setting.
    """

    uri: str
    is_listed: bool
    can_be_added: bool
    script: str


def render(uri: str) -> Response:
    """Render the page. ``uri``: as the client sent it."""
    from strava_mcp.oauth.request import MAX_PARAMETER_LENGTH  # imports Authlib

    is_listed = services().authorization.clients.may_redirect(uri)
    fits = len(uri) <= MAX_PARAMETER_LENGTH
    can_be_added = fits and not is_listed and redirects.can_be_added(uri)
    context = RefusedRedirectContext(
        uri=redirects.printable(uri, MAX_PARAMETER_LENGTH),
        is_listed=is_listed,
        can_be_added=can_be_added,
        script=COPY_SCRIPT if can_be_added else "",
    )
    return render_page("refused_redirect.html", context, 400, script=context.script)
