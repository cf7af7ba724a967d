"""HTTP events of Lambda to WSGI and back.

They come from Function URLs and HTTP APIs (payload 2.0), REST APIs (1.0) and load balancers.

Zappa's own translation imports what a cold start then pays for, doubles cookies, and believes
``X-Forwarded-For``.
Source: AWS Lambda Developer Guide, "Invoking function URLs" and "Using Lambda with an ALB"; API
Gateway Developer Guide, "Proxy integrations".
"""

import base64
import io
import sys
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode

from strava_mcp.json_types import JSON

Environ = dict[str, Any]
Headers = list[tuple[str, str]]

#: Bodies of these types travel as text, all others in base64.
TEXT = ("text/", "application/json", "application/javascript", "image/svg+xml")


def is_http(event: JSON) -> bool:
    """Whether an event is an HTTP request of a kind that we know."""
    return event.get("version") == "2.0" and "http" in _context(event) or "httpMethod" in event


def environ_of(event: JSON, context: Any) -> Environ:
    """The WSGI environment (PEP 3333) of an HTTP event."""
    modern = event.get("version") == "2.0"
    headers = _headers(event)
    body = _body(event)
    path = event.get("rawPath", "/") if modern else event.get("path", "/")
    method = _context(event)["http"]["method"] if modern else event["httpMethod"]
    host, _, port = headers.get("host", "lambda").partition(":")
    environ = {
        "REQUEST_METHOD": str(method),
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(_without_stage(event, path)).decode("latin-1"),
        "QUERY_STRING": event.get("rawQueryString", "") if modern else _query(event),
        "SERVER_NAME": host,
        "SERVER_PORT": port or headers.get("x-forwarded-port", "443"),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": source_address(event),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        # Only a load balancer can be reached without TLS, and says so.
        "wsgi.url_scheme": headers.get("x-forwarded-proto", "https") if _elb(event) else "https",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "lambda.event": event,
        "lambda.context": context,
        "strava_mcp.address": source_address(event),
    }
    if "content-type" in headers:
        environ["CONTENT_TYPE"] = headers["content-type"]
    for name, value in headers.items():
        if name not in ("content-type", "content-length"):
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    return environ


def reply_of(event: JSON, status: str, headers: Headers, body: bytes) -> JSON:
    """A whole WSGI response in the form that the sender of ``event`` wants."""
    names = {name.lower(): value for name, value in headers}
    text = names.get("content-type", "").startswith(TEXT) and "content-encoding" not in names
    reply: JSON = {"statusCode": int(status.split()[0]), "isBase64Encoded": not text}
    reply["body"] = body.decode("utf-8", "replace") if text else base64.b64encode(body).decode()
    if event.get("version") == "2.0":
        return reply | prelude(status, headers)
    if _elb(event):
        reply["statusDescription"] = status
    if _elb(event) and "multiValueHeaders" not in event:
        return reply | {"headers": dict(headers)}
    many: dict[str, list[str]] = {}
    for name, value in headers:
        many.setdefault(name, []).append(value)
    return reply | {"multiValueHeaders": many}


def prelude(status: str, headers: Headers) -> JSON:
    """Status, headers and cookies of a payload 2.0 response, or of one that is streamed."""
    joined: dict[str, str] = {}
    for name, value in headers:
        if name.lower() != "set-cookie":
            joined[name] = f"{joined[name]}, {value}" if name in joined else value
    cookies = [value for name, value in headers if name.lower() == "set-cookie"]
    return {"statusCode": int(status.split()[0]), "headers": joined, "cookies": cookies}


def source_address(event: JSON) -> str:
    """The client's address as AWS saw it, never as the client says."""
    context = _context(event)
    if _elb(event):  # the load balancer appends the address that it saw
        return _headers(event).get("x-forwarded-for", "").rpartition(",")[2].strip()
    return str((context.get("http") or context.get("identity") or {}).get("sourceIp") or "")


def _context(event: JSON) -> JSON:
    return event.get("requestContext") or {}


def _elb(event: JSON) -> bool:
    return "elb" in _context(event)


def _headers(event: JSON) -> dict[str, str]:
    """Names in lower case; a header that came more than once is joined (RFC 9110 §5.3)."""
    many: Mapping[str, Iterable[str]] | None = event.get("multiValueHeaders")
    if many:
        found = {name.lower(): ",".join(values) for name, values in many.items()}
    else:
        found = {name.lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    if event.get("cookies"):
        found["cookie"] = "; ".join(event["cookies"])
    return found


def _body(event: JSON) -> bytes:
    body = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else str(body).encode("utf-8")


def _query(event: JSON) -> str:
    many = event.get("multiValueQueryStringParameters")
    pairs = many or event.get("queryStringParameters") or {}
    if _elb(event):  # which leaves them as they came, encoded
        listed = [(k, v) for k, vs in pairs.items() for v in (vs if many else [vs])]
        return "&".join(f"{name}={value}" for name, value in listed)
    return urlencode(pairs, doseq=bool(many))


def _without_stage(event: JSON, path: str) -> str:
    """An HTTP API with a named stage puts it before the path."""
    stage = _context(event).get("stage", "$default")
    prefix = f"/{stage}"
    if event.get("version") == "2.0" and (path == prefix or path.startswith(f"{prefix}/")):
        return path[len(prefix) :] or "/"
    return path
