"""Pages for a person: no scripts, no frames, everything escaped, and forms that are ours alone."""

import hashlib
import json
import re
from base64 import b64encode
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import Any

from flask import Blueprint, Response, g, render_template, request

from strava_mcp.errors import StoreError
from strava_mcp.services import services
from strava_mcp.web.errors import RETRY_S

STYLE = Path(__file__).parent / "templates" / "style.css"
BROWSER = re.compile(r"[0-9a-f]{32}")


def blueprint(name: str) -> Blueprint:
    """A blueprint whose failures are pages, too."""
    bp = Blueprint(name, __name__, template_folder="templates")
    bp.register_error_handler(StoreError, _store_failed)
    return bp


def page(template: str, status: int = 200, **context: Any) -> Response:
    """Render a template, with a ticket for its forms in ``ticket(subject)``."""
    style, source = _style()
    html = render_template(template, style=style, ticket=_ticket, **context)
    response = Response(html, status, content_type="text/html; charset=utf-8")
    # No form-action: browsers apply it to the redirect that follows the form, too.
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src '{source}'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["X-Frame-Options"] = "DENY"
    # With no-referrer a browser sends ``Origin: null`` along with our own forms.
    response.headers["Referrer-Policy"] = "same-origin"
    if "browser" in g:
        set_cookie(response, "browser", g.browser, samesite="Lax")
    return response


def failure(status: int, title: str, message: str, retry_after_s: int = 0) -> Response:
    """A page that says what went wrong and what to do."""
    response = page("failure.html", status, title=title, message=message)
    if retry_after_s:
        response.headers["Retry-After"] = str(retry_after_s)
    return response


def redeemed(subject: str) -> bool:
    """Whether the form that was sent is ours: this browser, these parameters, the first time."""
    ticket = request.form.get("ticket", "")
    return services().form_tokens.redeem(ticket, known_browser(), _whole(subject))


def set_cookie(
    response: Response, name: str, value: str, samesite: str = "Strict", max_age: int | None = None
) -> None:
    """A cookie for this host alone; with https its name keeps others from planting one."""
    name, secure = _cookie(name), _is_secure()
    response.set_cookie(
        name, value, max_age, secure=secure, httponly=True, samesite=samesite, path="/"
    )


def cookie(name: str) -> str:
    """The value of a cookie of ours."""
    return request.cookies.get(_cookie(name), "")


def _cookie(name: str) -> str:
    # RFC 6265bis §4.1.3.2: Secure, no Domain, Path=/.
    return f"__Host-strava_mcp_{name}" if _is_secure() else f"strava_mcp_{name}"


def _is_secure() -> bool:
    return services().config.base_url.startswith("https:")


def _ticket(subject: str) -> str:
    """A ticket for a form of this page, bound to a cookie that the browser gets with it."""
    g.browser = g.get("browser") or known_browser() or token_hex(16)
    return services().form_tokens.issue(g.browser, _whole(subject))


def _whole(subject: str) -> str:
    """The subject with every parameter of the URL: what was looked at is what is approved."""
    return json.dumps([request.path, subject, sorted(request.args.items(multi=True))])


def known_browser() -> str:
    """The cookie that forms of ours are bound to; empty where the browser has none."""
    value = cookie("browser")
    return value if BROWSER.fullmatch(value) else ""


@cache
def _style() -> tuple[str, str]:
    """The style sheet and the hash by which the page's policy lets it in (CSP 3 §2.3.1)."""
    style = STYLE.read_text("utf-8")
    digest = hashlib.sha256(style.encode()).digest()
    return style, f"sha256-{b64encode(digest).decode()}"


def _store_failed(error: StoreError) -> Response:
    import logging

    logging.getLogger(__name__).error("%s", error)
    message = "The server cannot reach its store. Try again shortly."
    return failure(503, "Not available", message, RETRY_S)
