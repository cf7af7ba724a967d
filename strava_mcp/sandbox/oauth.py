"""Strava's OAuth endpoints: consent, tokens, revocation."""

import base64
import binascii
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from strava_mcp.sandbox import consent_page
from strava_mcp.sandbox.athlete import ATHLETES, Athlete, summary_athlete
from strava_mcp.sandbox.errors import error_response
from strava_mcp.sandbox.grants import SANDBOX_CLIENT_ID, SCOPES, is_client
from strava_mcp.sandbox.request_context import current_sandbox

bp = Blueprint("sandbox_oauth", __name__)


@bp.get("/oauth/authorize")
def authorize() -> ResponseReturnValue:
    """Show the consent page, or answer at once on behalf of an athlete who is signed in."""
    sandbox = current_sandbox()
    if sandbox.athlete is None:
        return _authorization_error() or consent_page.render(_requested_scopes())
    granted = [scope for scope in _requested_scopes() if scope not in sandbox.unticked]
    athlete = sandbox.athlete if sandbox.approves else None
    return _authorization_error() or _redirect_back(athlete, granted)


@bp.post("/oauth/authorize")
def decide() -> BaseResponse:
    """Take the athlete's decision on the consent page."""
    athlete = ATHLETES.get(request.form.get("athlete", 0, int))
    granted = [scope for scope in _requested_scopes() if scope in request.form.getlist("scope")]
    approving = None if "cancel" in request.form else athlete
    return _authorization_error() or _redirect_back(approving, granted)


def _requested_scopes() -> list[str]:
    requested = request.args.get("scope", "read").split(",")
    return [scope for scope in SCOPES if scope in requested]


def _authorization_error() -> Response | None:
    """The error of a request by an unknown client or with a foreign redirect URI, else None."""
    redirect_uri = request.args.get("redirect_uri", "")
    if request.args.get("client_id") != SANDBOX_CLIENT_ID:
        return error_response(400, "Bad Request", ("Application", "client_id", "invalid"))
    if urlsplit(redirect_uri).hostname not in ("localhost", "127.0.0.1"):
        return error_response(400, "Bad Request", ("Application", "redirect_uri", "invalid"))
    return None


def _redirect_back(athlete: Athlete | None, granted: list[str]) -> BaseResponse:
    """Redirect to the application: with a code for the athlete, or, with None, an error."""
    query = {"state": request.args.get("state", "")}
    if athlete:
        code = current_sandbox().grants.issue_code(granted, athlete)
        query |= {"code": code, "scope": ",".join(granted)}
    else:
        query |= {"error": "access_denied"}
    redirect_uri = request.args["redirect_uri"]
    separator = "&" if urlsplit(redirect_uri).query else "?"
    return redirect(f"{redirect_uri}{separator}{urlencode(query)}")


@bp.post("/oauth/token")
@bp.post("/api/v3/oauth/token")
def token() -> Response:
    """Exchange a code or a refresh token for tokens (RFC 6749 §4.1.3, §6), in Strava's form."""
    form = request.form.to_dict()
    if not is_client(form.get("client_id", ""), form.get("client_secret", "")):
        return error_response(401, "Authorization Error", ("Application", "client_id", "invalid"))
    grant_type = form.get("grant_type")
    tokens = current_sandbox().grants.exchange(form)
    if tokens is None:
        field = "code" if grant_type == "authorization_code" else "refresh_token"
        return error_response(400, "Bad Request", ("RefreshToken", field, "invalid"))
    athlete = ATHLETES[tokens.pop("athlete_id")]
    if grant_type == "authorization_code":
        tokens["athlete"] = summary_athlete(athlete)
    return jsonify(tokens)


@bp.post("/oauth/revoke")
def revoke() -> Response:
    """Revoke a token; the application authenticates with HTTP Basic (RFC 7009 §2)."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        credentials = base64.b64decode(encoded).decode()
    except (binascii.Error, UnicodeError):
        credentials = ""
    client_id, _, client_secret = credentials.partition(":")
    if scheme.lower() != "basic" or not is_client(client_id, client_secret):
        return error_response(401, "Authorization Error", ("Application", "", "invalid"))
    current_sandbox().grants.revoke(request.form.get("token", ""))
    return jsonify({})


@bp.post("/oauth/deauthorize")
def deauthorize() -> Response:
    """Revoke everything that an athlete granted. Strava retires this endpoint on 2027-06-01."""
    access_token = request.values.get("access_token", "")
    access_token = access_token or request.headers.get("Authorization", "").partition(" ")[2]
    athlete_id = current_sandbox().grants.deauthorize(access_token)
    if athlete_id is None:
        return error_response(401, "Authorization Error", ("Athlete", "access_token", "invalid"))
    subscriptions = current_sandbox().subscriptions
    subscriptions.publish(athlete_id, "athlete", athlete_id, "update", authorized="false")
    return jsonify({"access_token": access_token})
