"""Errors as pages: what a browser sees instead of JSON. Status and other headers stay."""

from flask import Flask, Response

from strava_mcp import page_design
from strava_mcp.page_design import Link
from strava_mcp.web.accept import wants_page
from strava_mcp.web.pages import HOME
from strava_mcp.web.server_url import base_url

TITLES = {
    401: "There is no page here",
    403: "Not allowed",
    404: "There is no page here",
    405: "There is no page here",
    421: "Not this server's name",
    429: "Too many requests",
    503: "Not available",
}
#: Instead of advice about headers, which nobody can set in a browser. It is the same for all
#: closed addresses, whether they exist or not.
CLOSED = (
    "This address is for apps, which send a token, or it does not exist. Nothing is shown in a "
    "browser without a token."
)


def install(app: Flask) -> None:
    """Replace the JSON of errors with a page where a browser asked for one."""
    app.after_request(_as_page)


def _as_page(response: Response) -> Response:
    status = response.status_code
    if status < 400 or response.mimetype != "application/json" or not wants_page():
        return response
    body = response.get_json(silent=True)
    message = body.get("message", "") if isinstance(body, dict) else ""
    page = page_design.render(
        "message.html",
        title=TITLES.get(status, "Something went wrong"),
        message=CLOSED if status == 401 else message,
        server=base_url(),
        links=[_next_step(status)],
    )
    response.set_data(page)
    response.content_type = "text/html; charset=utf-8"
    response.headers.update(page_design.security_headers())
    return response


def _next_step(status: int) -> Link:
    """The start page; under a name that is not this server's, with the right address."""
    if status != 421:
        return HOME
    return Link(f"{base_url()}/", f"Open {base_url()}")
