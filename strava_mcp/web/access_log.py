"""Access log: one line per request, plus the CloudWatch metrics that alarms are built on."""

import logging
import time
from secrets import token_hex

from flask import Flask, Response, g, request

from strava_mcp.json_types import JSON
from strava_mcp.services import services
from strava_mcp.web.client_address import client_address

log = logging.getLogger("strava_mcp.access")

NAMESPACE = "strava_mcp"


def install(app: Flask) -> None:
    """Log every request of ``app``; on Lambda in the form that CloudWatch turns into metrics."""
    on_lambda = bool(services(app).config.lambda_function)

    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        counts = _counts()
        # A warning, because a higher LOG_LEVEL must not silence what alarms are built on.
        level = logging.WARNING if any(counts.values()) else logging.INFO
        if log.isEnabledFor(level):
            metrics = _metrics(counts) if on_lambda else {k: n for k, n in counts.items() if n}
            log.log(level, "request", extra=_fields(response) | metrics)
        return response

    app.before_request(_begin)
    app.after_request(end)


def _begin() -> None:
    g.began = time.perf_counter()
    context = request.environ.get("lambda.context")
    g.request_id = getattr(context, "aws_request_id", None) or token_hex(8)


def _fields(response: Response) -> JSON:
    principal = g.get("principal")
    fields = {
        "request_id": g.request_id,
        "token_id": principal.id if principal else None,
        "http_method": request.method,
        "path": request.path,  # never the query string: people put tokens there
        "method": _text(g.get("rpc_method")),
        "tool": _text(g.get("rpc_tool")),
        "status": response.status_code,
        "duration_ms": round((time.perf_counter() - g.began) * 1000, 2),
        "address": client_address(),
    }
    return {name: value for name, value in fields.items() if value is not None}


def _text(value: object) -> str | None:
    """A method or tool as the client sent it; None if it is not even text."""
    return value if isinstance(value, str) else None


def _counts() -> dict[str, int]:
    return {
        "AuthFailures": int(g.get("auth_failed", False)),
        "RateLimited": int(g.get("rate_limited", False)),
    }


def _metrics(counts: dict[str, int]) -> JSON:
    """The counts in CloudWatch's embedded metric format, in which a log line defines metrics."""
    metrics = [{"Name": name, "Unit": "Count"} for name in counts]
    directive = {"Namespace": NAMESPACE, "Dimensions": [[]], "Metrics": metrics}
    aws = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    return {**counts, "_aws": aws}
