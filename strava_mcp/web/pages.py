"""HTML pages: strict CSP, autoescaped templates, CSRF-protected forms."""

import hashlib
import json
import logging
from base64 import b64encode
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

from flask import Blueprint, Response, g, render_template, request

from strava_mcp.errors import StoreError
from strava_mcp.services import services
from strava_mcp.web.cookies import BROWSER, browser_id, set_cookie
from strava_mcp.web.errors import RETRY_S

log = logging.getLogger(__name__)

STYLE = Path(__file__).parent / "templates" / "style.css"


class ErrorContext(NamedTuple):
    """What ``failure.html`` displays."""

    title: str
    message: str


def blueprint(name: str) -> Blueprint:
    """Make a blueprint for pages: a store that is down is reported as a page, too."""
    bp = Blueprint(name, __name__, template_folder="templates")
    bp.register_error_handler(StoreError, _store_failed)
    return bp


def render_page(
    template: str, context: NamedTuple, status: int = 200, retry_after_s: int = 0
) -> Response:
    """Render a template with the fields of ``context``.

    ``retry_after_s``: seconds for the Retry-After header; 0 for none. Templates also get
    ``ticket(subject)``, which issues a CSRF ticket for a form.
    """
    style, source = _style()
    html = render_template(template, style=style, ticket=_ticket, **context._asdict())
    response = Response(html, status, content_type="text/html; charset=utf-8")
    # No form-action: browsers also apply it to the redirect that follows the form.
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src '{source}'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["X-Frame-Options"] = "DENY"
    # With no-referrer, browsers send ``Origin: null`` with our own forms.
    response.headers["Referrer-Policy"] = "same-origin"
    if retry_after_s:
        response.headers["Retry-After"] = str(retry_after_s)
    if "browser" in g:
        set_cookie(response, BROWSER, g.browser, samesite="Lax")
    return response


def error_page(status: int, title: str, message: str, retry_after_s: int = 0) -> Response:
    """Render a page that says what went wrong and what to do."""
    return render_page("failure.html", ErrorContext(title, message), status, retry_after_s)


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


@cache
def _style() -> tuple[str, str]:
    """The style sheet, and its hash for the page's CSP (CSP 3 §2.3.1)."""
    style = STYLE.read_text("utf-8")
    digest = hashlib.sha256(style.encode()).digest()
    return style, f"sha256-{b64encode(digest).decode()}"


def _store_failed(error: StoreError) -> Response:
    log.error("%s", error)
    message = "The server cannot reach its store. Try again shortly."
    return error_page(503, "Not available", message, RETRY_S)
