"""HTML pages: strict CSP, autoescaped templates, CSRF-protected forms."""

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

from flask import Blueprint, Response, g, request

from strava_mcp import page_design
from strava_mcp.errors import StoreError
from strava_mcp.page_design import Link
from strava_mcp.services import services
from strava_mcp.web.cookies import BROWSER, browser_id, set_cookie
from strava_mcp.web.errors import RETRY_S
from strava_mcp.web.server_url import base_url

log = logging.getLogger(__name__)

TEMPLATES = Path(__file__).parent / "templates"
COPY_SCRIPT = (TEMPLATES / "copy.js").read_text("utf-8")
HOME = Link("/", "About this server, and how to connect an app")
CONNECTIONS = Link("/connections", "Your connections")
TRAINING = Link("/training", "Your training")


class ErrorContext(NamedTuple):
    """What ``message.html`` displays."""

    title: str
    message: str
    links: Sequence[Link]


def blueprint(name: str) -> Blueprint:
    """Make a blueprint for pages: a store that is down is reported as a page, too."""
    bp = Blueprint(name, __name__)
    bp.register_error_handler(StoreError, _store_failed)
    return bp


def render_page(
    template: str,
    context: NamedTuple,
    status: int = 200,
    retry_after_s: int = 0,
    script: str = "",
    has_own_files: bool = False,
) -> Response:
    """Render a template with the fields of ``context``.

    ``retry_after_s``: seconds for the Retry-After header; 0 for none. ``script``: the text of the
    page's only inline script. ``has_own_files``: whether it uses files of this server. Templates
    also get ``server``, the address of this server, and ``ticket(subject)``, which issues a CSRF
    ticket for a form.
    """
    html = page_design.render(
        template, TEMPLATES, ticket=_ticket, server=base_url(), **context._asdict()
    )
    headers = page_design.security_headers(script, has_own_files=has_own_files)
    response = Response(html, status, headers, content_type="text/html; charset=utf-8")
    if retry_after_s:
        response.headers["Retry-After"] = str(retry_after_s)
    if "browser" in g:
        set_cookie(response, BROWSER, g.browser, samesite="Lax")
    return response


def error_page(
    status: int,
    title: str,
    message: str,
    retry_after_s: int = 0,
    links: Sequence[Link] = (HOME,),
) -> Response:
    """Render a page that says what went wrong and what to do."""
    return render_page("message.html", ErrorContext(title, message, links), status, retry_after_s)


def redeem_form(subject: str) -> bool:
    """Redeem the ticket of the submitted form; False if it is not valid.

    A ticket is valid once, in the browser it was issued to, for the same subject, path and query.
    """
    ticket = request.form.get("ticket", "")
    return services().form_tokens.redeem(ticket, browser_id(), _full_subject(subject))


def _ticket(subject: str) -> str:
    """Issue a ticket, bound to a cookie that is set with the page."""
    g.browser = g.get("browser") or browser_id() or token_hex(16)
    return services().form_tokens.issue(g.browser, _full_subject(subject))


def _full_subject(subject: str) -> str:
    """Bind the ticket to the path and query, so that only what was displayed can be approved."""
    return json.dumps([request.path, subject, sorted(request.args.items(multi=True))])


def _store_failed(error: StoreError) -> Response:
    log.error("%s", error)
    message = "The server cannot reach its store. Try again shortly."
    return error_page(503, "Not available", message, RETRY_S)
