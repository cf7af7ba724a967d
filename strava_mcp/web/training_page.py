"""What ``/training`` displays, for ``training``, and to whom."""

import json
from typing import TYPE_CHECKING, NamedTuple

from flask import Response, request

from strava_mcp.context import Context
from strava_mcp.identity import OWNER_TOKEN, READ, Principal
from strava_mcp.services import services
from strava_mcp.web import notices
from strava_mcp.web.browser_sessions import OWNER_SESSION, is_remembered, signed_in_athlete
from strava_mcp.web.connections_page import SignInContext
from strava_mcp.web.pages import render_page
from strava_mcp.web.sign_in import is_by_strava

if TYPE_CHECKING:
    from strava_mcp.charts.chart import Chart

#: What the ticket of the sign-in form is for.
SUBJECT = "sign-in training"
#: Title and purpose of that form.
SIGN_IN = ("Your training", "See charts of your training, drawn by this server.")
DEFAULT_VIEW = "form"
#: View → its name on the page.
VIEWS = {
    "activity": "Latest activity",
    "form": "Form",
    "curve": "Best efforts",
    "weeks": "Weeks",
    "calendar": "Calendar",
    "map": "Map",
}
#: The views of a period, which can be chosen.
OF_A_PERIOD = ("form", "curve", "weeks", "calendar", "map")


class TrainingContext(NamedTuple):
    """What ``training.html`` displays.

    ``data``: the chart as JSON that is safe inside a script element; empty without a chart.
    ``query``: of the same chart. ``problem``: why there is none. ``asset``: the version of script
    and style.
    """

    title: str
    view: str
    views: dict[str, str]
    has_period: bool
    date_range: str
    sport: str
    data: str
    query: str
    reading: str
    problem: str
    asset: str


def signed_in() -> Principal | None:
    """Whoever is signed in at this browser, as the caller whose data is drawn; None for nobody.

    Read it once per request: a session may end at any time, and a principal without an athlete is
    the owner.
    """
    athlete_id = signed_in_athlete() if is_by_strava() else None
    is_signed_in = bool(athlete_id) if is_by_strava() else is_remembered(OWNER_SESSION)
    if not is_signed_in:
        return None
    return Principal(OWNER_TOKEN, frozenset({READ}), "/training", athlete_id)


def context_of(principal: Principal) -> Context:
    """What a chart is drawn from: the data of whoever is signed in."""
    return Context(
        principal,
        optional_source=services().source_for(principal),
        units=services().config.units,
        settings=services().settings_for(principal),
    )


def render(chart: "Chart | None", status: int = 200, problem: str = "") -> Response:
    """Render the page with a chart, or with the reason why there is none."""
    from strava_mcp.charts import page

    view = chart.view if chart else request.args.get("view", DEFAULT_VIEW)
    displayed = TrainingContext(
        title=VIEWS.get(view, "Comparison"),
        view=view,
        views=VIEWS,
        has_period=view in OF_A_PERIOD,
        date_range=request.args.get("date_range", ""),
        sport=request.args.get("sport", ""),
        data=_inside_script(chart) if chart else "",
        query=request.query_string.decode("ascii", "replace"),
        reading=chart.reading if chart else "",
        problem=problem,
        asset=page.version(),
    )
    return render_page("training.html", displayed, status, has_own_files=True)


def render_sign_in(status: int = 200, problem: str = "", retry_after_s: int = 0) -> Response:
    """Render the sign-in form. ``problem``: why signing in failed."""
    asks_for = "" if is_by_strava() else services().owner.asks_for()
    displayed = SignInContext(asks_for, problem, notices.take(), SUBJECT, *SIGN_IN)
    return render_page("sign_in.html", displayed, status, retry_after_s)


def _inside_script(chart: "Chart") -> str:
    """JSON that cannot end the script element that it stands in (HTML, script data state)."""
    text = json.dumps(chart.to_json(), ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
