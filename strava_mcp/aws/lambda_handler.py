"""The function that Lambda calls: HTTP requests, and a short list of commands by name.

Zappa's own handler runs any code that an event brings (``raw_command``, ``command``), and the
policy that makes a Function URL public lets strangers send events. Here nothing but the lists
below does anything.
"""

from collections.abc import Callable
from typing import Any

from strava_mcp.aws import events
from strava_mcp.json_types import JSON
from wsgi import app


def handler(event: Any, context: Any) -> JSON:
    """Answer one event. Raises ValueError for one that is not on the lists."""
    if isinstance(event, dict) and events.is_http(event):
        return http(event, context)
    name = event.get("strava_mcp") if isinstance(event, dict) else None
    if isinstance(name, str) and name in COMMANDS:
        return COMMANDS[name]()
    if isinstance(event, dict) and event.get("source") == "aws.events":
        return {"warm": True}  # a schedule that keeps the function warm
    raise ValueError("This function answers HTTP requests and a few commands, and nothing else.")


def http(event: JSON, context: Any) -> JSON:
    """Answer a request whole."""
    started: list[Any] = []

    def start_response(status: str, headers: events.Headers, exc_info: Any = None) -> Any:
        started[:] = [status, headers]
        return pieces.append

    pieces: list[bytes] = []
    result = app.wsgi_app(events.environ_of(event, context), start_response)
    try:
        pieces.extend(result)
    finally:
        if hasattr(result, "close"):
            result.close()
    return events.reply_of(event, started[0], started[1], b"".join(pieces))


def card() -> JSON:
    """``flask show-config --stage``: how to connect, as the deployed function has it; no token."""
    from strava_mcp.connection_guide import card as text
    from strava_mcp.services import services

    config = services(app).config
    return {"card": text(config, config.base_url, show_token=False)}


def status() -> JSON:
    """What runs here: the answer of ``/health``."""
    found: JSON = app.test_client().get("/health").get_json()
    return found


#: Whoever may invoke the function may run these: none tells a secret, none changes anything.
COMMANDS: dict[str, Callable[[], JSON]] = {"show-config": card, "status": status}
