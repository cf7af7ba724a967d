"""``/connections``: lists the apps and tokens that can reach an athlete's data, and revokes them.

The owner signs in with the passphrase and manages all of them. With AUTHORIZE_WITH=strava, every
athlete signs in with Strava and manages their own. The page and its actions are in modules of
their own (``connections_page``, ``connection_actions``), which the first visitor loads.
"""

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from strava_mcp.services import services
from strava_mcp.web.pages import blueprint, error_page
from strava_mcp.web.sign_in import is_by_strava

bp = blueprint("connections")


@bp.get("/connections")
def show() -> Response:
    """Show the connections, or the sign-in form."""
    from strava_mcp.web import connection_actions, connections_page, cross_site

    if not is_by_strava() and not services().owner.asks_for():
        message = "The owner of this server has to set OWNER_PASSPHRASE_HASH or AUTH_TOKEN first."
        return error_page(503, "Not set up", message)
    if connection_actions.is_signed_in():
        return connections_page.render()
    if cross_site.is_from_another_site():
        return cross_site.load_again()
    return connections_page.render_sign_in()


@bp.post("/connections")
def act() -> AnyResponse:
    """Carry out what the form asks for."""
    from strava_mcp.web import connection_actions

    return connection_actions.carry_out()
