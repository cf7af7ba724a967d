"""Strava's OAuth endpoints in the sandbox: consent at once, tokens, revocation."""

import base64
import binascii
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from strava_mcp.strava.sandbox.athlete import summary_athlete
from strava_mcp.strava.sandbox.grants import SANDBOX_CLIENT_ID, SCOPES, is_client
from strava_mcp.strava.sandbox.parts import fault_reply, sandbox

bp = Blueprint("sandbox_oauth", __name__)


@bp.get("/oauth/authorize")
def authorize() -> BaseResponse:
    """Consent or refuse in the athlete's name; scopes that they untick are not granted."""
    redirect_uri = request.args.get("redirect_uri", "")
    if request.args.get("client_id") != SANDBOX_CLIENT_ID:
        return fault_reply(400, "Bad Request", ("Application", "client_id", "invalid"))
    if urlsplit(redirect_uri).hostname not in ("localhost", "127.0.0.1"):
        return fault_reply(400, "Bad Request", ("Application", "redirect_uri", "invalid"))
    asked = request.args.get("scope", "read").split(",")
    granted = [s for s in SCOPES if s in asked and s not in sandbox().unticked]
    answer = {"state": request.args.get("state", "")}
    if sandbox().approves:
        answer |= {"code": sandbox().grants.code(granted), "scope": ",".join(granted)}
    else:
        answer |= {"error": "access_denied"}
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
    if form.get("grant_type") == "authorization_code":
        answer["athlete"] = summary_athlete()
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
    """The older way, which Strava ends on 2027-06-01."""
    ended = request.values.get("access_token", "")
    ended = ended or request.headers.get("Authorization", "").partition(" ")[2]
    if not sandbox().grants.revoke(ended):
        return fault_reply(401, "Authorization Error", ("Athlete", "access_token", "invalid"))
    return jsonify({"access_token": ended})
