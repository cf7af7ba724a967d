"""Whether clients on the internet reach this server at its public URL."""

import hmac
from collections.abc import Callable
from secrets import token_hex

from strava_mcp.cli.probe import Unreachable, send
from strava_mcp.oauth.metadata import WELL_KNOWN

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
        status, _, health, _ = send(f"{url}/health?challenge={challenge}")
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
        metadata = send(url + WELL_KNOWN).body
        return "" if metadata.get("authorization_servers") == [url] else RESTART
    except Unreachable as exc:
        return (
            f"{url} cannot be reached: start the tunnel, or wait a minute if its address is new "
            f"({exc}). `flask tunnel` checks it again."
        )
