"""What ``/connections`` displays, for ``connections``, and to whom."""

import time
from typing import NamedTuple

from flask import Response

from strava_mcp.escaping import isolated
from strava_mcp.oauth import labels, redirects
from strava_mcp.oauth.display_names import AppName, app_name, display_name
from strava_mcp.oauth.grant import Grant
from strava_mcp.oauth.personal_tokens import PersonalToken
from strava_mcp.oauth.redirects import Destination
from strava_mcp.services import services
from strava_mcp.web import notices
from strava_mcp.web.browser_sessions import ATHLETE_SESSION, OWNER_SESSION, signed_in_athlete
from strava_mcp.web.cookies import read_cookie
from strava_mcp.web.pages import TEMPLATES, render_page
from strava_mcp.web.sign_in import is_by_strava

#: Shows times in the zone of the browser.
SCRIPT = (TEMPLATES / "local_times.js").read_text("utf-8")
#: Of an app that was approved before the source or the athlete changed.
OTHER_DATA = "It was allowed to reach other data than this server now has, so it has to ask again."


class SignInContext(NamedTuple):
    """What ``sign_in.html`` displays. ``asks_for`` is empty for signing in with Strava.

    ``subject``: of the form's ticket. ``purpose``: what signing in is for.
    """

    asks_for: str
    problem: str
    notice: str
    subject: str
    title: str = "Your connections"
    purpose: str = "See which apps and tokens can reach your training data, and end any of them."


class Time(NamedTuple):
    """A time in UTC, to read and for the script (RFC 3339)."""

    text: str
    machine: str


class Connection(NamedTuple):
    """A card of the page. ``kind``: grant or token. ``destination`` is None if unknown."""

    kind: str
    id: str
    name: str
    label: str
    app: AppName
    destination: Destination | None
    can_write: bool
    created: Time
    created_from: str
    expires: Time | None
    last_used: Time | None
    last_from: str


class ConnectionsContext(NamedTuple):
    """What ``connections.html`` displays. ``athlete_id`` is None for the owner by passphrase."""

    apps: list[Connection]
    tokens: list[Connection]
    is_owner: bool
    athlete_id: int | None
    session: str
    notice: str
    problem: str
    max_label_length: int
    script: str


def render(status: int = 200, problem: str = "") -> Response:
    """Render the list. ``problem``: why a form was not carried out."""
    context = ConnectionsContext(
        apps=[_app(grant) for grant in grants()],
        tokens=[_token(token) for token in tokens()],
        is_owner=is_owner(),
        athlete_id=signed_in_athlete() if is_by_strava() else None,
        session=session(),
        notice=notices.take(),
        problem=problem,
        max_label_length=labels.MAX_LENGTH,
        script=SCRIPT,
    )
    return render_page("connections.html", context, status, script=SCRIPT)


def render_sign_in(status: int = 200, problem: str = "", retry_after_s: int = 0) -> Response:
    """Render the sign-in form. ``problem``: why signing in, or another form, failed."""
    asks_for = "" if is_by_strava() else services().owner.asks_for()
    context = SignInContext(asks_for, problem, notices.take(), subject=f"sign-in  {session()}")
    return render_page("sign_in.html", context, status, retry_after_s)


def session() -> str:
    """The session cookie that form tickets are bound to."""
    return read_cookie(ATHLETE_SESSION.name if is_by_strava() else OWNER_SESSION.name)


def grants() -> list[Grant]:
    """The active grants that this person may see: the owner by passphrase all, athletes their own.

    Grants from before AUTHORIZE_WITH=strava name no athlete; they are the owner's.
    """
    active = [grant for grant in services().grants.all() if grant.state == "active"]
    if not is_by_strava():
        return active
    athlete_id = signed_in_athlete()
    if athlete_id is None:  # the session has just ended
        return []
    own = {athlete_id, None} if is_owner() else {athlete_id}
    return [grant for grant in active if grant.athlete_id in own]


def tokens() -> list[PersonalToken]:
    """The active named tokens. They reach the owner's data, so only the owner sees them."""
    all_tokens = services().tokens.all() if is_owner() else []
    return [token for token in all_tokens if token.state == "active"]


def is_owner() -> bool:
    """Whether the person who is signed in owns the server."""
    if not is_by_strava():
        return True
    athlete_id = signed_in_athlete()
    return athlete_id is not None and athlete_id == services().athletes.owner()


def name_of(grant: Grant) -> str:
    """What to call a grant in one line: its label, and its app."""
    app = isolated(app_name(grant.client_id, grant.client_name, grant.redirect_uri).line)
    return f"{isolated(grant.label)} ({app})" if grant.label else app


def _app(grant: Grant) -> Connection:
    app = app_name(grant.client_id, grant.client_name, grant.redirect_uri)
    if not services().grants.is_for_current_data(grant):
        app = app._replace(warnings=(*app.warnings, OTHER_DATA))
    return Connection(
        kind="grant",
        id=grant.id,
        name=grant.label or app.line,
        label=grant.label,
        app=app,
        destination=redirects.describe(grant.redirect_uri) if grant.redirect_uri else None,
        can_write="write" in grant.scope,
        created=_time(grant.created),
        created_from=grant.created_from,
        expires=_time(grant.expires),
        last_used=_time(grant.last_used) if grant.last_used else None,
        last_from=grant.last_from,
    )


def _token(token: PersonalToken) -> Connection:
    visible_name = display_name(token.name)
    return Connection(
        kind="token",
        id=token.id,
        name=visible_name.text,
        label="",
        app=AppName(visible_name.text, "", False, visible_name.warnings),
        destination=None,
        can_write="write" in token.scope,
        created=_time(token.created),
        created_from="",
        expires=_time(token.expires) if token.expires else None,
        last_used=_time(token.last_used) if token.last_used else None,
        last_from=token.last_from,
    )


def _time(timestamp: float) -> Time:
    moment = time.gmtime(timestamp)
    return Time(
        time.strftime("%Y-%m-%d %H:%M UTC", moment), time.strftime("%Y-%m-%dT%H:%M:%SZ", moment)
    )
