"""Access log: one line per request, plus the CloudWatch metrics that alarms are built on.

Other modules leave in ``flask.g`` what it logs: ``principal`` and ``rate_limited`` (the guard),
``auth_failed`` (the guard, and the modules where people sign in), ``rpc_method`` and ``rpc_tool``
(the transports).
"""

import logging
import re
import time
from secrets import token_hex

from flask import Flask, Response, g, request

from strava_mcp.json_types import JSON
from strava_mcp.links import PATHS
from strava_mcp.log import HIDDEN
from strava_mcp.services import services
from strava_mcp.web.client_address import client_address

log = logging.getLogger("strava_mcp.access")

NAMESPACE = "strava_mcp"
#: The token of a link, in a path or an address.
LINK_TOKEN = re.compile(rf"((?:{'|'.join(PATHS.values())})/)[^/?#]+")


def install(app: Flask) -> None:
    """Log every request of ``app``; on Lambda in the form that CloudWatch turns into metrics."""
    on_lambda = bool(services(app).config.lambda_function)

    def end(response: Response) -> Response:
        values = vars(g._get_current_object())
        response.headers["X-Request-Id"] = values["request_id"]
        counts = _counts(values)
        # A warning, because a higher LOG_LEVEL must not silence what alarms are built on.
        level = logging.WARNING if any(counts.values()) else logging.INFO
        if log.isEnabledFor(level):
            metrics = _metrics(counts) if on_lambda else {k: n for k, n in counts.items() if n}
            log.log(level, "request", extra=_fields(values, response) | metrics)
        return response

    app.before_request(_begin)
    app.after_request(end)


def _begin() -> None:
    g.began = time.perf_counter()
    context = request.environ.get("lambda.context")
    g.request_id = getattr(context, "aws_request_id", None) or token_hex(8)
    _hide_secrets(request.environ)


def _hide_secrets(environ: JSON) -> None:
    """Remove queries and tokens from what servers write to their own access logs.

    A query may hold AUTHLESS_SECRET, or a code of OAuth; a path, the token of a link. gunicorn logs
    RAW_URI and HTTP_REFERER. ``request.args`` and ``request.path`` keep what they are.
    """
    for name in ("RAW_URI", "REQUEST_URI", "HTTP_REFERER", "PATH_INFO"):
        if name in environ:
            path = environ[name].partition("?")[0] if name != "PATH_INFO" else environ[name]
            environ[name] = LINK_TOKEN.sub(rf"\1{HIDDEN}", path)
    environ["QUERY_STRING"] = ""


def _fields(values: JSON, response: Response) -> JSON:
    """The fields of the line. ``values``: those of ``flask.g`` at the end of the request."""
    principal = values.get("principal")
    fields = {
        "request_id": values["request_id"],
        "token_id": principal.id if principal else None,
        "http_method": request.method,
        "path": request.path,  # never the query string: people put tokens there
        "method": _text(values.get("rpc_method")),
        "tool": _text(values.get("rpc_tool")),
        "status": response.status_code,
        "duration_ms": round((time.perf_counter() - values["began"]) * 1000, 2),
        "address": client_address(),
    }
    return {name: value for name, value in fields.items() if value is not None}


def _text(value: object) -> str | None:
    """A method or tool as the client sent it; None if it is not even text."""
    return value if isinstance(value, str) else None


def _counts(values: JSON) -> dict[str, int]:
    return {
        "AuthFailures": int(values.get("auth_failed", False)),
        "RateLimited": int(values.get("rate_limited", False)),
    }


def _metrics(counts: dict[str, int]) -> JSON:
    """The counts in CloudWatch's embedded metric format, in which a log line defines metrics."""
    metrics = [{"Name": name, "Unit": "Count"} for name in counts]
    directive = {"Namespace": NAMESPACE, "Dimensions": [[]], "Metrics": metrics}
    aws = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    return {**counts, "_aws": aws}
