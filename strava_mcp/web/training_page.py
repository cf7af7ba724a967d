"""What ``/training`` displays, for ``training``, and to whom."""

import json
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from flask import Response, request

from strava_mcp.context import Context
from strava_mcp.escaping import visible
from strava_mcp.identity import OWNER_TOKEN, READ, Principal
from strava_mcp.page_design import Link
from strava_mcp.services import services
from strava_mcp.web import notices
from strava_mcp.web.browser_sessions import OWNER_SESSION, is_remembered, signed_in_athlete
from strava_mcp.web.connections_page import SignInContext
from strava_mcp.web.pages import render_page
from strava_mcp.web.sign_in import is_by_strava

if TYPE_CHECKING:
    from strava_mcp.charts.chart import Chart, Kind
    from strava_mcp.web.training_links import ActivityLinks
    from strava_mcp.web.training_problem import Problem

#: What the ticket of the sign-in form is for.
SUBJECT = "sign-in training"
#: Title and purpose of that form.
SIGN_IN = ("Your training", "See charts of your training, drawn by this server.")
DEFAULT_VIEW = "form"
#: View → its name on the page.
VIEWS: "dict[Kind, str]" = {
    "activity": "Activity",
    "form": "Form",
    "curve": "Best efforts",
    "weeks": "Weeks",
    "calendar": "Calendar",
    "map": "Map",
}
TITLES = {str(name): title for name, title in VIEWS.items()} | {"compare": "Comparison"}
#: What can be chosen, and is kept from one view to the next.
CHOICES = ("date_range", "sport", "units")
#: Marks the address that has the chart, however long that takes.
WAIT = "wait"


class ViewLink(NamedTuple):
    """A link of the navigation."""

    href: str
    label: str
    is_current: bool


class TrainingContext(NamedTuple):
    """What ``training.html`` displays.

    ``takes``: the arguments of the view. ``period``: the one that it shows by default.
    ``data``: the chart as JSON that is safe inside a script element; empty without a chart.
    ``query``: asks for the same chart again, on any day. ``compare``: the address that compares it.
    ``reading``: what it shows, unless it is only a state. ``is_drawn``: whether it is a picture.
    ``problem``: why there is no chart, and where to go instead. ``activities``: links to others.
    ``is_waiting``: whether the chart is still to come; ``wait_address`` has it, for browsers
    without scripts. ``asset``: the version of script and style.
    """

    title: str
    view: str
    views: list[ViewLink]
    takes: tuple[str, ...]
    period: str
    date_range: str
    sport: str
    units: str
    data: str
    query: str
    compare: str
    reading: str
    is_drawn: bool
    problem: str
    problem_links: list[Link]
    activities: "ActivityLinks | None"
    is_waiting: bool
    wait_address: str
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
        optional_source=services().source_for(principal).for_answer(),
        units=services().config.units,
        settings=services().settings_for(principal),
    )


def render(chart: "Chart", activities: "ActivityLinks | None") -> Response:
    """Render the page with a chart, and links to other activities."""
    displayed = _context(chart.view)._replace(
        data=_inside_script(chart),
        query=urlencode(chart.arguments),
        compare=_comparison_of(chart),
        reading="" if chart.reading == chart.state else visible(chart.reading),
        is_drawn=not chart.state,
        activities=activities,
    )
    return render_page("training.html", displayed, has_own_files=True)


def render_problem(problem: "Problem") -> Response:
    """Render the page with the reason why there is no chart."""
    displayed = _context(request.args.get("view", DEFAULT_VIEW))._replace(
        problem=problem.message, problem_links=problem.links
    )
    return render_page(
        "training.html", displayed, problem.status, problem.retry_after_s, has_own_files=True
    )


def render_waiting() -> Response:
    """Render the page without its chart, which its script or a reload gets."""
    query = request.query_string.decode("ascii", "ignore")
    displayed = _context(request.args.get("view", DEFAULT_VIEW))._replace(
        is_waiting=True, wait_address=f"/training?{query}&{WAIT}=1"
    )
    return render_page("training.html", displayed, has_own_files=True)


def _context(view: str) -> TrainingContext:
    """What the page displays around a chart of a view."""
    from strava_mcp.charts import page
    from strava_mcp.charts.views import PERIODS
    from strava_mcp.tools.chart_request import ARGUMENTS

    chosen = {name: request.args.get(name, "") for name in CHOICES}
    return TrainingContext(
        title=TITLES.get(view, "Your training"),
        view=view,
        views=[ViewLink(_href(name, chosen), VIEWS[name], name == view) for name in VIEWS],
        takes=next((names for name, names in ARGUMENTS.items() if name == view), ()),
        period=dict(PERIODS).get(view, ""),
        **chosen,
        data="",
        query="",
        compare="",
        reading="",
        is_drawn=False,
        problem="",
        problem_links=[],
        activities=None,
        is_waiting=False,
        wait_address="",
        asset=page.version(),
    )


def render_sign_in(status: int = 200, problem: str = "", retry_after_s: int = 0) -> Response:
    """Render the sign-in form. ``problem``: why signing in failed."""
    asks_for = "" if is_by_strava() else services().owner.asks_for()
    displayed = SignInContext(asks_for, problem, notices.take(), SUBJECT, *SIGN_IN)
    return render_page("sign_in.html", displayed, status, retry_after_s)


def _href(view: "Kind", chosen: dict[str, str]) -> str:
    """The address of a view with what was chosen, as far as the view takes it."""
    from strava_mcp.tools.chart_request import ARGUMENTS, COMMON

    taken = (*ARGUMENTS[view], *COMMON)
    kept = {name: value for name, value in chosen.items() if value and name in taken}
    return f"/training?{urlencode({'view': view} | kept)}"


def _comparison_of(chart: "Chart") -> str:
    """The address that compares the activity with another on its route; else empty."""
    if chart.view != "activity" or chart.state or not chart.map:
        return ""
    return f"/training?{urlencode({**chart.arguments, 'view': 'compare'})}"


def _inside_script(chart: "Chart") -> str:
    """JSON that cannot end the script element that it stands in (HTML, script data state)."""
    text = visible(json.dumps(chart.to_json(), ensure_ascii=False, separators=(",", ":")))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
