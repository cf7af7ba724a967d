"""Visits that come from another site: from Strava after signing in, or by a link in a chat.

Browsers keep the cookies of sessions back then, because they are SameSite=Strict (RFC 6265bis
§5.2); also on a redirect that follows. A page that loads its own address again gets them.
"""

from flask import Response, request

from strava_mcp.page_design import Link
from strava_mcp.web.cookies import read_cookie, set_cookie
from strava_mcp.web.pages import error_page

#: Set for a moment, so that no browser loads a page again and again.
LOADED_AGAIN, LOADED_AGAIN_S = "loaded_again", 5


def is_from_another_site() -> bool:
    """Whether the browser says that this visit began at another site (Fetch Metadata, §2.4).

    False after ``load_again``.
    """
    return request.headers.get("Sec-Fetch-Site") == "cross-site" and not read_cookie(LOADED_AGAIN)


def load_again() -> Response:
    """A page that loads the same address again, now from this site."""
    query = request.query_string.decode("ascii", "ignore")
    address = f"{request.path}?{query}" if query else request.path
    link = Link(address, "Continue")
    response = error_page(200, "One moment", "Checking whether you are signed in.", links=[link])
    response.headers["Refresh"] = f"0; url={address}"
    set_cookie(response, LOADED_AGAIN, "1", samesite="Lax", max_age=LOADED_AGAIN_S)
    return response
