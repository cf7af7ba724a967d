"""``flask doctor --url``: calls a deployed server from outside and says what is wrong with it."""

from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import click

from strava_mcp import __version__
from strava_mcp.cli.findings import MAX_CLOCK_SKEW_S, Finding
from strava_mcp.cli.probe import Reason, Response, Unreachable, send
from strava_mcp.config.parsers import LOOPBACK_HOSTS
from strava_mcp.oauth.metadata import WELL_KNOWN

AUTHORIZATION_SERVER = "/.well-known/oauth-authorization-server"
#: Paths that people copy along with the address of a server.
ENDPOINTS = ("", "/mcp", "/sse", "/health")
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}

ADVICE: dict[Reason, str] = {
    "name": "Check the address; a new name takes some minutes to be known everywhere.",
    "refused": "Start the server, and open its port in the firewall.",
    "timeout": "Start the server, and check the firewall or the proxy in front of it.",
    "certificate": "Renew it, or have one issued for this name by an authority that clients trust.",
    "tls": "Put a proxy with a certificate in front of the server.",
    "other": "Read the log of the server, and of the proxy in front of it.",
}
REMAPPED = (
    "challenge: WWW-Authenticate arrives as x-amzn-Remapped-www-authenticate. Function URLs and "
    "API Gateway do this, so on AWS there is nothing to fix: clients find OAuth by its well-known "
    "addresses, and a client that may only read gets a tool error that says to reconnect."
)


def base_of(address: str) -> str:
    """The address of a server, without the path of an endpoint. Raises BadParameter."""
    try:
        parts = urlsplit(address.strip())
        valid = parts.scheme in ("https", "http") and parts.hostname and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise click.BadParameter("must begin with https:// and a host.", param_hint="--url")
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise click.BadParameter("must end after the host: leave out secrets.", param_hint="--url")
    if parts.path.rstrip("/") not in ENDPOINTS:
        problem = f"must have no path, not {parts.path[:50]}: OAuth discovery is at the root."
        raise click.BadParameter(problem, param_hint="--url")
    default_port = {"https": ":443", "http": ":80"}[parts.scheme]
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(default_port)}"


def check_server(url: str, ask_for_token: Callable[[], str] | None) -> Iterator[Finding]:
    """Check the server at ``url``. ``ask_for_token``: returns the token to try; None for none."""
    is_local = urlsplit(url).hostname in LOOPBACK_HOSTS
    is_plain = url.startswith("http://")
    if is_plain and is_local:
        yield "warn", "plain http: right for this machine only; clients elsewhere need https"
    elif is_plain:
        yield "fail", "plain http: tokens can be read on the way. Serve https, and check that."
    try:
        health = send(f"{url}/health")
        if obstacle := _obstacle(url, health):
            yield "fail", obstacle
            return
        yield "ok", f"reached: {url}, source {_shown(health.body.get('source'))}"
        if health.body.get("authless") is True:
            yield "warn", "ALLOW_AUTHLESS is true: anyone who knows the URL can read data over SSE"
        yield _check_version(health)
        yield _check_clock(health)
        challenge = send(f"{url}/mcp", PING)
        yield _check_challenge(challenge)
        yield _check_oauth(url, "resource_metadata" in str(challenge.headers))
        if ask_for_token and (is_local or not is_plain):
            yield _check_token(url, ask_for_token())
    except Unreachable as exc:
        yield "fail", f"unreachable: {exc}. {ADVICE[exc.reason]}"


def _obstacle(url: str, health: Response) -> str:
    """What answers instead of the server's ``/health``; empty if nothing does."""
    status, headers, body = health.status, health.headers, health.body
    if "status" in body and "version" in body:
        return ""
    if 300 <= status < 400:
        target = _shown(headers.get("location"))
        return f"redirect: it sends visitors to {target}: check that address, and give it to apps."
    if refusal := _refusal_by_aws(health):
        return refusal
    if status == 403 and "message" in body:
        return f"403 by the server: {_shown(body['message'])}"
    if status == 421:
        host = urlsplit(url).netloc
        return f"host: the server does not answer as {host}: set PUBLIC_URL or ALLOWED_HOSTS."
    if status == 429:
        return "status 429: too many requests, or too many calls at once on AWS. Wait a minute."
    if status >= 500:
        return (
            f"status {status}: the server fails, or the proxy does not reach it. Read the log (on "
            "AWS: `zappa tail production`)."
        )
    return (
        f"What answers there is not this server (status {status} on /health): check the address, "
        "and the port that the proxy in front of it forwards to."
    )


def _refusal_by_aws(response: Response) -> str:
    """What AWS refused before the request reached the function; empty if it did not."""
    kind = response.headers.get("x-amzn-errortype", "")
    if response.status == 403 and ("AccessDenied" in kind or "Message" in response.body):
        return (
            "403 by AWS itself: the Function URL lacks a permission. Run `zappa update "
            "production`, whose hook sets both, and wait a minute."
        )
    if response.status == 403 and kind:
        return f"403 by API Gateway ({_shown(kind)}): check its stage, path and authorizer."
    if response.status == 403 and "x-amz-cf-id" in response.headers:
        return "403 by CloudFront or WAF: allow this address, and let all methods pass."
    return ""


def _check_version(health: Response) -> Finding:
    version = str(health.body["version"])
    if version == __version__:
        return "ok", f"version: {__version__}, as here"
    return "fail", f"version: {_shown(version)} there, {__version__} here: deploy again, or update."


def _check_clock(health: Response) -> Finding:
    """Compare the server's clock with this machine's: one of them may be wrong."""
    try:
        skew_s = parsedate_to_datetime(health.headers["date"]).timestamp() - health.at
    except (KeyError, ValueError, OverflowError):
        return "warn", "clock: the server sent no time to compare with"
    if abs(skew_s) > MAX_CLOCK_SKEW_S:
        return "fail", f"clock: {skew_s:+.0f} s from this machine's. Synchronize both with NTP."
    return "ok", "clock: agrees with this machine's"


def _check_challenge(response: Response) -> Finding:
    """Check that ``/mcp`` refuses a call without a token, in a way that clients understand."""
    if response.status == 200:
        return "fail", "/mcp answers without a token: stop it, and see what adds one on the way."
    if refusal := _refusal_by_aws(response):
        return "fail", refusal
    if response.status != 401:
        problem = f"/mcp: status {response.status} instead of 401"
        return "fail", f"{problem}: let the proxy pass POST requests to every path."
    if "www-authenticate" in response.headers:
        return "ok", "challenge: a call without a token gets 401 with WWW-Authenticate"
    if "x-amzn-remapped-www-authenticate" in response.headers:
        return "warn", REMAPPED
    return "fail", "challenge: WWW-Authenticate is missing: let the proxy pass it to clients."


def _check_oauth(url: str, is_announced: bool) -> Finding:
    """Check that the metadata is there and names this address, byte for byte (RFC 8414 §3.3).

    ``is_announced``: whether the challenge names the metadata.
    """
    server, resource = send(url + AUTHORIZATION_SERVER), send(f"{url}{WELL_KNOWN}/mcp")
    issuer = server.body.get("issuer")
    if issuer is None or "resource" not in resource.body:
        if not is_announced and 401 in (server.status, resource.status):
            return "ok", "OAuth: off; clients connect with a token"
        return "fail", "OAuth: its metadata is missing: let the proxy pass /.well-known/."
    if issuer != url:
        return "fail", (
            f"issuer: the server calls itself {_shown(issuer)}, so clients refuse it here: give "
            f"them that address, or set PUBLIC_URL={url} and restart it."
        )
    if resource.body["resource"] != f"{url}/mcp":
        named = _shown(resource.body["resource"])
        return "fail", f"issuer: the metadata is for {named}: set PUBLIC_URL={url} and restart it."
    return "ok", f"OAuth: issuer {url}"


def _check_token(url: str, token: str) -> Finding:
    response = send(f"{url}/mcp", PING, token)
    if response.status == 200 and "result" in response.body:
        return "ok", "token: accepted"
    error = response.body.get("error")
    reason = error.get("message") if isinstance(error, dict) else None
    return "fail", f"token: status {response.status}: {_shown(reason)}"


def _shown(value: object) -> str:
    """Text of a server for a terminal: short, and with control characters escaped."""
    text = str(value)[:200]
    return text if text.isascii() and text.isprintable() else ascii(text)
