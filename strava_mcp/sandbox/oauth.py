"""Strava's OAuth endpoints in the sandbox: consent, tokens, revocation."""

import base64
import binascii
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from strava_mcp.sandbox import login
from strava_mcp.sandbox.athlete import ATHLETES, Athlete, summary_athlete
from strava_mcp.sandbox.grants import SANDBOX_CLIENT_ID, SCOPES, is_client
from strava_mcp.sandbox.parts import fault_reply, sandbox

bp = Blueprint("sandbox_oauth", __name__)


@bp.get("/oauth/authorize")
def authorize() -> Any:
    """Ask the athlete, or answer at once in the name of who is signed in already."""
    athlete = sandbox().athlete
    if athlete is None:
        return _refused() or login.page(_asked())
    granted = [scope for scope in _asked() if scope not in sandbox().unticked]
    return _refused() or _back(athlete if sandbox().approves else None, granted)


@bp.post("/oauth/authorize")
def decide() -> BaseResponse:
    """The athlete's answer on the page."""
    athlete = ATHLETES.get(request.form.get("athlete", 0, int))
    granted = [scope for scope in _asked() if scope in request.form.getlist("scope")]
    return _refused() or _back(None if "cancel" in request.form else athlete, granted)


def _asked() -> list[str]:
    asked = request.args.get("scope", "read").split(",")
    return [scope for scope in SCOPES if scope in asked]


def _refused() -> Response | None:
    redirect_uri = request.args.get("redirect_uri", "")
    if request.args.get("client_id") != SANDBOX_CLIENT_ID:
        return fault_reply(400, "Bad Request", ("Application", "client_id", "invalid"))
    if urlsplit(redirect_uri).hostname not in ("localhost", "127.0.0.1"):
        return fault_reply(400, "Bad Request", ("Application", "redirect_uri", "invalid"))
    return None


def _back(athlete: Athlete | None, granted: list[str]) -> BaseResponse:
    """Back to the application, with a code for the athlete who said yes; None: nobody did."""
    answer = {"state": request.args.get("state", "")}
    if athlete:
        code = sandbox().grants.code(granted, athlete)
        answer |= {"code": code, "scope": ",".join(granted)}
    else:
        answer |= {"error": "access_denied"}
    redirect_uri = request.args["redirect_uri"]
    separator = "&" if urlsplit(redirect_uri).query else "?"
    return redirect(f"{redirect_uri}{separator}{urlencode(answer)}")


@bp.post("/oauth/token")
@bp.post("/api/v3/oauth/token")
def token() -> Response:
    """Trade a code or a refresh token for tokens (RFC 6749 §4.1.3, §6; Strava's form)."""
    form = request.form.to_dict()
    if not is_client(form.get("client_id", ""), form.get("client_secret", "")):
        return fault_reply(401, "Authorization Error", ("Application", "client_id", "invalid"))
    answer = sandbox().grants.exchange(form)
    if answer is None:
        field = "code" if form.get("grant_type") == "authorization_code" else "refresh_token"
        return fault_reply(400, "Bad Request", ("RefreshToken", field, "invalid"))
    athlete = ATHLETES[answer.pop("athlete_id")]
    if form.get("grant_type") == "authorization_code":
        answer["athlete"] = summary_athlete(athlete)
    return jsonify(answer)


@bp.post("/oauth/revoke")
def revoke() -> Response:
    """End a token; the application proves itself with Basic (RFC 7009 §2)."""
    scheme, _, coded = request.headers.get("Authorization", "").partition(" ")
    try:
        said = base64.b64decode(coded).decode()
    except (binascii.Error, UnicodeError):
        said = ""
    client_id, _, client_secret = said.partition(":")
    if scheme.lower() != "basic" or not is_client(client_id, client_secret):
        return fault_reply(401, "Authorization Error", ("Application", "", "invalid"))
    sandbox().grants.revoke(request.form.get("token", ""))
    return jsonify({})


@bp.post("/oauth/deauthorize")
def deauthorize() -> Response:
    """The older way, which Strava ends on 2027-06-01: all that the athlete granted ends."""
    ended = request.values.get("access_token", "")
    ended = ended or request.headers.get("Authorization", "").partition(" ")[2]
    athlete_id = sandbox().grants.end_all(ended)
    if athlete_id is None:
        return fault_reply(401, "Authorization Error", ("Athlete", "access_token", "invalid"))
    told = sandbox().subscriptions.publish
    told(athlete_id, "athlete", athlete_id, "update", authorized="false")
    return jsonify({"access_token": ended})
