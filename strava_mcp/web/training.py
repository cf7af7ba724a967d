"""``/training``: charts of an athlete's training, for whoever is signed in.

The owner signs in with the passphrase, or with AUTHORIZE_WITH=strava each athlete with Strava, as
on ``/connections``. Everyone sees their own data only. The address says what is shown, so it can be
kept; it holds no data. The page and what it does are in modules of their own (``training_page``,
``training_actions``), which the first visitor loads.
"""

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from strava_mcp.web.pages import blueprint

bp = blueprint("training")

#: Style and script hold no data, and their addresses change with them.
FOREVER = "public, max-age=31536000, immutable"


@bp.get("/training")
def show() -> Response:
    """Show a chart, or the sign-in form."""
    from strava_mcp.web import training_actions

    return training_actions.show()


@bp.post("/training")
def carry_out() -> AnyResponse:
    """Sign in, and come back to the same chart; or sign out."""
    from strava_mcp.web import training_actions

    return training_actions.carry_out()


@bp.get("/training/data")
def data() -> Response:
    """A chart as JSON, for the script of the page."""
    from strava_mcp.web import training_actions

    return training_actions.data()


@bp.get("/training/picture.<kind>")
def picture(kind: str) -> Response:
    """A chart as a file: ``picture.svg`` or ``picture.png``, with ``theme`` light or dark."""
    from strava_mcp.web import training_actions

    return training_actions.picture(kind)


@bp.get("/training/chart.js")
def script() -> Response:
    """The script that draws."""
    from strava_mcp.charts import page

    return _fixed(page.script(), "text/javascript")


@bp.get("/training/chart.css")
def style() -> Response:
    """Its style sheet."""
    from strava_mcp.charts import page

    return _fixed(page.style(), "text/css")


def _fixed(text: str, media_type: str) -> Response:
    """A file that is kept if its address has its version; else another version may follow."""
    from strava_mcp.charts import page

    headers = {"Cache-Control": FOREVER} if request.args.get("v") == page.version() else {}
    return Response(text, 200, headers, content_type=f"{media_type}; charset=utf-8")
