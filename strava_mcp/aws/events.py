"""Translates Lambda's HTTP events to WSGI, and WSGI responses back.

Events come from Function URLs and HTTP APIs (payload 2.0), REST APIs (1.0) and load balancers.

Zappa's own translation has imports that slow down a cold start, duplicates cookies, and trusts
``X-Forwarded-For``.
Sources: AWS Lambda Developer Guide, "Invoking function URLs" and "Using Lambda with an ALB"; API
Gateway Developer Guide, "Proxy integrations".
"""

import base64
import io
import sys
from collections.abc import Iterable, Mapping
from urllib.parse import unquote_to_bytes, urlencode

from strava_mcp.json_types import JSON

Environ = dict[str, object]
Headers = list[tuple[str, str]]

#: Bodies of these content types are sent as text, all others in base64.
TEXT_TYPES = ("text/", "application/json", "application/javascript", "image/svg+xml")


def is_http(event: JSON) -> bool:
    """Whether an event is an HTTP request in a supported format."""
    return event.get("version") == "2.0" and "http" in _context(event) or "httpMethod" in event


def wsgi_environ(event: JSON, context: object) -> Environ:
    """Build the WSGI environment (PEP 3333) of an HTTP event."""
    modern = event.get("version") == "2.0"
    headers = _headers(event)
    body = _body(event)
    path = event.get("rawPath", "/") if modern else event.get("path", "/")
    method = _context(event)["http"]["method"] if modern else event["httpMethod"]
    host, _, port = headers.get("host", "lambda").partition(":")
    environ: Environ = {
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
        # Only a load balancer accepts requests without TLS; it sends the scheme.
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


def lambda_response(event: JSON, status: str, headers: Headers, body: bytes) -> JSON:
    """Build the response to ``event``, in the format that its sender expects."""
    names = {name.lower(): value for name, value in headers}
    is_text = (
        names.get("content-type", "").startswith(TEXT_TYPES) and "content-encoding" not in names
    )
    response: JSON = {"statusCode": int(status.split()[0]), "isBase64Encoded": not is_text}
    encoded = body.decode("utf-8", "replace") if is_text else base64.b64encode(body).decode()
    response["body"] = encoded
    if event.get("version") == "2.0":
        return response | prelude(status, headers)
    if _elb(event):
        response["statusDescription"] = status
    if _elb(event) and "multiValueHeaders" not in event:
        return response | {"headers": dict(headers)}
    values: dict[str, list[str]] = {}
    for name, value in headers:
        values.setdefault(name, []).append(value)
    return response | {"multiValueHeaders": values}


def prelude(status: str, headers: Headers) -> JSON:
    """Status, headers and cookies of a payload 2.0 response or of a streamed one."""
    joined: dict[str, str] = {}
    for name, value in headers:
        if name.lower() != "set-cookie":
            joined[name] = f"{joined[name]}, {value}" if name in joined else value
    cookies = [value for name, value in headers if name.lower() == "set-cookie"]
    return {"statusCode": int(status.split()[0]), "headers": joined, "cookies": cookies}


def source_address(event: JSON) -> str:
    """The client's address as AWS reports it; headers that clients can forge are ignored."""
    context = _context(event)
    if _elb(event):  # the load balancer appends the peer address
        return _headers(event).get("x-forwarded-for", "").rpartition(",")[2].strip()
    return str((context.get("http") or context.get("identity") or {}).get("sourceIp") or "")


def _context(event: JSON) -> JSON:
    return event.get("requestContext") or {}


def _elb(event: JSON) -> bool:
    return "elb" in _context(event)


def _headers(event: JSON) -> dict[str, str]:
    """Headers by lowercase name; repeated headers are joined (RFC 9110 §5.3).

    Names with an underscore are left out, as servers do: WSGI has one name for ``true-client-ip``,
    which CloudFront sets, and for a visitor's own ``true_client_ip``.
    """
    many: Mapping[str, Iterable[str]] | None = event.get("multiValueHeaders")
    pairs = many or {name: [str(v)] for name, v in (event.get("headers") or {}).items()}
    headers: dict[str, str] = {}
    for name, values in pairs.items():
        key = name.lower()
        if "_" not in key:
            headers[key] = ",".join([*([headers[key]] if key in headers else []), *values])
    if event.get("cookies"):
        headers["cookie"] = "; ".join(event["cookies"])
    return headers


def _body(event: JSON) -> bytes:
    body = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else str(body).encode("utf-8")


def _query(event: JSON) -> str:
    many = event.get("multiValueQueryStringParameters")
    pairs = many or event.get("queryStringParameters") or {}
    if _elb(event):  # a load balancer sends them still percent-encoded
        listed = [(k, v) for k, vs in pairs.items() for v in (vs if many else [vs])]
        return "&".join(f"{name}={value}" for name, value in listed)
    return urlencode(pairs, doseq=bool(many))


def _without_stage(event: JSON, path: str) -> str:
    """Remove the stage that an HTTP API with a named stage puts before the path."""
    stage = _context(event).get("stage", "$default")
    prefix = f"/{stage}"
    if event.get("version") == "2.0" and (path == prefix or path.startswith(f"{prefix}/")):
        return path[len(prefix) :] or "/"
    return path
