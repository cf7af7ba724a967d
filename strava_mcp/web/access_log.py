"""The line that each request leaves in the log, and the counts that alarms are made of."""

import logging
import time
from secrets import token_hex
from typing import Any

from flask import Flask, Response, g, request

from strava_mcp.services import services
from strava_mcp.web.client_address import client_address

log = logging.getLogger("strava_mcp.access")

NAMESPACE = "strava_mcp"


def install(app: Flask) -> None:
    """Log every request of ``app``; on Lambda so that CloudWatch makes metrics of the counts."""
    on_lambda = bool(services(app).config.lambda_function)

    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        counts = _counts()
        # What alarms are made of is a warning, or a higher LOG_LEVEL would silence them.
        level = logging.WARNING if any(counts.values()) else logging.INFO
        if log.isEnabledFor(level):
            shown = _embedded(counts) if on_lambda else {k: n for k, n in counts.items() if n}
            log.log(level, "request", extra=_line(response) | shown)
        return response

    app.before_request(_begin)
    app.after_request(end)


def _begin() -> None:
    g.began = time.perf_counter()
    context = request.environ.get("lambda.context")
    g.request_id = getattr(context, "aws_request_id", None) or token_hex(8)


def _line(response: Response) -> dict[str, Any]:
    principal = g.get("principal")
    line = {
        "request_id": g.request_id,
        "token_id": principal.id if principal else None,
        "http_method": request.method,
        "path": request.path,  # never the query string: people put tokens there
        "method": _word(g.get("rpc_method")),
        "tool": _word(g.get("rpc_tool")),
        "status": response.status_code,
        "duration_ms": round((time.perf_counter() - g.began) * 1000, 2),
        "address": client_address(),
    }
    return {name: value for name, value in line.items() if value is not None}


def _word(value: Any) -> str | None:
    """A method or tool as the client named it, which may be anything."""
    return value if isinstance(value, str) else None


def _counts() -> dict[str, int]:
    return {
        "AuthFailures": int(g.get("auth_failed", False)),
        "RateLimited": int(g.get("rate_limited", False)),
    }


def _embedded(counts: dict[str, int]) -> dict[str, Any]:
    """Counts in CloudWatch's embedded metric format: a line of JSON that names its own metrics."""
    metrics = [{"Name": name, "Unit": "Count"} for name in counts]
    directive = {"Namespace": NAMESPACE, "Dimensions": [[]], "Metrics": metrics}
    aws = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    return {**counts, "_aws": aws}
