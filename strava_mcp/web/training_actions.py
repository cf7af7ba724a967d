"""What ``/training`` does: it signs in, draws charts, and gives them as data and as files."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from strava_mcp import page_design
from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments, SourceError, ToolError
from strava_mcp.escaping import visible
from strava_mcp.identity import Principal
from strava_mcp.json_types import JSON
from strava_mcp.oauth.owner import NotTheOwner
from strava_mcp.oauth.sign_ins import SignIn
from strava_mcp.services import services
from strava_mcp.web import cross_site, notices, training_page
from strava_mcp.web.browser_sessions import (
    ATHLETE_SESSION,
    KNOWN_BROWSER,
    OWNER_SESSION,
    forget,
    remember,
    require_owner,
)
from strava_mcp.web.pages import HOME, TRAINING, error_page, redeem_form
from strava_mcp.web.sign_in import is_by_strava, redirect_to_strava
from strava_mcp.web.training_links import activity_links
from strava_mcp.web.training_page import WAIT, render_sign_in
from strava_mcp.web.training_problem import Problem, problem_of

if TYPE_CHECKING:
    from strava_mcp.charts.chart import Chart
    from strava_mcp.charts.rules import Theme

#: Of a chart's address: a plan of a year with a load of its own for each day has about 2,000.
MAX_QUERY_LENGTH = 4000
#: What keeps a chart from being drawn.
ERRORS = (InvalidArguments, SourceError, ToolError)


def show() -> Response:
    """Show a chart, or the sign-in form."""
    if not is_by_strava() and not services().owner.asks_for():
        message = "The owner of this server has to set OWNER_PASSPHRASE_HASH or AUTH_TOKEN first."
        return error_page(503, "Not set up", message)
    if refusal := _refuse_long_address():
        return refusal
    if not (principal := training_page.signed_in()):
        return cross_site.load_again() if cross_site.is_from_another_site() else render_sign_in()
    try:
        arguments = _arguments()
        ctx = training_page.context_of(principal)
        if _is_navigation() and _may_take_long(ctx):
            return training_page.render_waiting()
        chart = _chart(principal)
        return training_page.render(chart, activity_links(ctx, chart, arguments.get("sport")))
    except ERRORS as error:
        return training_page.render_problem(_problem(error))


def carry_out() -> AnyResponse:
    """Carry out the submitted form: sign in, and come back to the same chart; or sign out."""
    if refusal := _refuse_long_address():
        return refusal
    action = request.form.get("action", "sign-in")
    if not redeem_form(f"{action} training"):
        message = "This page is too old or was used before. Nothing was changed."
        return error_page(403, "Open the page again", message, links=[TRAINING, HOME])
    return _sign_out() if action == "sign-out" else _sign_in()


def _refuse_long_address() -> Response | None:
    """A refusal of an address that no chart has; a sign-in would keep it, and lead back to it."""
    if len(request.query_string.removesuffix(f"&{WAIT}=1".encode())) <= MAX_QUERY_LENGTH:
        return None
    message = f"At most {MAX_QUERY_LENGTH:,} characters may follow the question mark."
    return error_page(414, "The address is too long", message, links=[TRAINING, HOME])


def _sign_in() -> AnyResponse:
    if is_by_strava():
        return redirect_to_strava(SignIn("training", request.args.to_dict(flat=False)))
    try:
        require_owner()
    except NotTheOwner as error:
        return render_sign_in(error.status, str(error), error.retry_after_s)
    response = Response(
        status=303, headers={"Location": _address(request.args.to_dict(flat=False))}
    )
    remember(response, OWNER_SESSION)
    remember(response, KNOWN_BROWSER)
    return response


def _sign_out() -> Response:
    """End the session, which is also that of ``/connections``."""
    notices.leave("You are signed out.")
    forget(ATHLETE_SESSION if is_by_strava() else OWNER_SESSION)
    address = _address(request.args.to_dict(flat=False))
    return Response(status=303, headers={"Location": address})


def signed_in(athlete_id: int, parameters: Mapping[str, list[str]]) -> Response:
    """Sign in an athlete who has come back from Strava. ``parameters``: those of the chart."""
    response = Response(status=303, headers={"Location": _address(parameters)})
    remember(response, ATHLETE_SESSION, athlete_id)
    return response


def data() -> Response:
    """A chart as JSON, for the script of the page."""
    if not (principal := training_page.signed_in()):
        return _json({"error": "You were signed out. Open the page again to sign in."}, 403)
    try:
        return _json(_chart(principal).to_json())
    except ERRORS as error:
        problem = _problem(error)
        return _json({"error": problem.message}, problem.status)


def picture(kind: str) -> Response:
    """A chart as a file: ``picture.svg`` or ``picture.png``, with ``theme`` light or dark."""
    if not (principal := training_page.signed_in()):
        return error_page(403, "Signed out", "Sign in to see the chart.", links=[TRAINING, HOME])
    if kind not in ("svg", "png"):
        return error_page(404, "No such picture", "Pictures are SVG or PNG.", links=[TRAINING])
    try:
        chart = _chart(principal)
    except ERRORS as error:
        problem = _problem(error)
        return error_page(
            problem.status, "No picture", problem.message, problem.retry_after_s, problem.links
        )
    return _file(chart, kind, "dark" if request.args.get("theme") == "dark" else "light")


def _given() -> dict[str, str]:
    """The arguments of the address that ask for a chart."""
    return {name: value for name, value in request.args.items() if name not in ("theme", WAIT)}


def _arguments() -> JSON:
    """What the address asks for. Raises InvalidArguments."""
    from strava_mcp.tools.chart_request import ReadArguments

    return ReadArguments().read({"view": training_page.DEFAULT_VIEW} | _given())


def _chart(principal: Principal) -> "Chart":
    """What the address asks for, of the principal's data.

    Raises InvalidArguments and SourceError.
    """
    from strava_mcp.tools.chart_request import chart_for

    return chart_for(training_page.context_of(principal), _arguments())


def _problem(error: Exception) -> Problem:
    return problem_of(error, _given())


def _is_navigation() -> bool:
    """Whether a browser opens the page, and shows nothing before it has arrived.

    Requests of scripts and other programs get the chart itself, and so do browsers without scripts
    at the address that the waiting page leads them to.
    """
    headers = request.headers
    is_opened = headers.get("Sec-Fetch-Mode") == "navigate"
    is_opened = is_opened or headers.get("Upgrade-Insecure-Requests") == "1"
    return is_opened and WAIT not in request.args


def _may_take_long(ctx: Context) -> bool:
    """Whether a chart may need many requests to Strava."""
    return not ctx.source.keeps_metrics and not ctx.source.is_invented


def _file(chart: "Chart", kind: str, theme: "Theme") -> Response:
    from strava_mcp.charts import picture as pictures
    from strava_mcp.charts import svg

    headers = page_design.security_headers() | {
        "Content-Disposition": f'attachment; filename="{chart.view}.{kind}"'
    }
    if kind == "png":
        return Response(pictures.png(chart, theme), 200, headers, content_type="image/png")
    return Response(svg.draw(chart, theme=theme), 200, headers, content_type="image/svg+xml")


def _json(value: Mapping[str, object], status: int = 200) -> Response:
    body = visible(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    return Response(body, status, content_type="application/json")


def _address(parameters: Mapping[str, object]) -> str:
    """The page with the same chart: always a path of this server."""
    query = urlencode(parameters, doseq=True)
    return f"/training?{query}" if query else "/training"
