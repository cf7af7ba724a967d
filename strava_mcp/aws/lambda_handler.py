"""The entry point on Lambda: answers HTTP events, two commands, and events that keep it warm.

Zappa's own handler executes code that an event contains (``raw_command``, ``command``), and the
policy that makes a Function URL public lets anyone send events. This handler does only what is
listed below.
"""

from collections.abc import Callable
from typing import Any

from strava_mcp.aws import events
from strava_mcp.json_types import JSON
from strava_mcp.startup import load_app

app = load_app()


def handler(event: object, context: object) -> JSON:
    """Answer one event. Raises ValueError for unsupported ones."""
    if isinstance(event, dict):
        if events.is_http(event):
            return answer_http(event, context)
        name = event.get("strava_mcp")
        if isinstance(name, str) and name in COMMANDS:
            return COMMANDS[name]()
        if event.get("source") == "aws.events":
            return {"warm": True}  # a schedule that keeps the function warm
    raise ValueError("This function answers HTTP requests and a few commands, and nothing else.")


def answer_http(event: JSON, context: object) -> JSON:
    """Run the app and return its whole response."""
    status, headers = "", events.Headers()
    body: list[bytes] = []

    def start_response(
        new_status: str, new_headers: events.Headers, exc_info: object = None
    ) -> Callable[[bytes], None]:
        nonlocal status, headers
        status, headers = new_status, new_headers
        return body.append

    result: Any = app.wsgi_app(events.wsgi_environ(event, context), start_response)
    try:
        body.extend(result)
    finally:
        if hasattr(result, "close"):
            result.close()
    return events.lambda_response(event, status, headers, b"".join(body))


def connection_guide() -> JSON:
    """``flask show-config --stage``: the connection guide of this function, without the token."""
    from strava_mcp import connection_guide as guide
    from strava_mcp.services import services

    config = services(app).config
    return {"card": guide.render(config, config.base_url, show_token=False)}


def status() -> JSON:
    """The response of ``/health``."""
    health: JSON = app.test_client().get("/health").get_json()
    return health


#: Anyone who may invoke the function may run these: they reveal no secret and change nothing.
COMMANDS: dict[str, Callable[[], JSON]] = {"show-config": connection_guide, "status": status}
