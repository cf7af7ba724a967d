"""Whether clients on the internet reach this server at its public URL."""

import hmac
import json
from collections.abc import Callable
from secrets import token_hex

from strava_mcp.json_types import JSON
from strava_mcp.library_errors import HttpError, http_errors
from strava_mcp.oauth.metadata import WELL_KNOWN

TIMEOUT_S = 10
MAX_BYTES = 64 * 1024
MISDIRECTED = 421
RESTART = (
    "The server still has its earlier settings: stop it and start it again. "
    "`flask tunnel` then checks the address."
)


def problem_at(url: str, proof: Callable[[str], str]) -> str:
    """Why clients cannot connect at ``url``, and what to do; empty if they can.

    ``proof``: computes what only a server with these secrets can (``Services.proof``). No secret
    is sent, since the address may be somebody else's.
    """
    challenge = token_hex(16)
    try:
        status, health = _get(f"{url}/health?challenge={challenge}")
        if status == MISDIRECTED:
            return RESTART
        if "status" not in health:
            return (
                f"What answers at {url} is not this server (status {status}): start the server, "
                "and check the port that the tunnel forwards to. `flask tunnel` checks it again."
            )
        if not hmac.compare_digest(
            str(health.get("proof", "")).encode(), proof(challenge).encode()
        ):
            return (
                f"Another Strava MCP server answers at {url}, one with another data folder: check "
                "the port that the tunnel forwards to. `flask tunnel` checks it again."
            )
        _, metadata = _get(url + WELL_KNOWN)
        return "" if metadata.get("authorization_servers") == [url] else RESTART
    except HttpError as exc:
        reason = f"did not answer in {TIMEOUT_S} s" if exc.is_timeout else "cannot be reached"
        return (
            f"{url} {reason}: start the tunnel, or wait a minute if its address is new. "
            "`flask tunnel` checks it again."
        )


def _get(url: str) -> tuple[int, JSON]:
    """The status of a GET, and the JSON object of its body; empty if it is anything else.

    Raises HttpError.
    """
    import requests

    with http_errors():
        with requests.get(url, timeout=TIMEOUT_S, allow_redirects=False, stream=True) as response:
            body = next(response.iter_content(MAX_BYTES), b"")
    try:
        content = json.loads(body)
    except ValueError:
        content = None
    return response.status_code, content if isinstance(content, dict) else {}
