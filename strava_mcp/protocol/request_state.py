"""Request state: what a stateless server needs again in the next round, carried by the client.

It is signed, not encrypted: the client may read what it said itself, but not change it, use it for
another request or another caller, or keep it for long.
"""

import base64
import hashlib
import hmac
import time
from typing import Any

from strava_mcp.json_types import JSON
from strava_mcp.protocol import jsonrpc

LIFETIME_S = 900


def sign(secret: bytes, purpose: str, content: JSON) -> str:
    """Sign ``content``, bound to ``purpose`` and to the next 15 minutes."""
    payload = jsonrpc.encode({"until": int(time.time()) + LIFETIME_S, "content": content})
    return f"{_text(payload)}.{_text(_signature(secret, purpose, payload))}"


def load(secret: bytes, purpose: str, signed: Any) -> JSON:
    """The content. Raises RpcError (-32602) for what was changed, is too old or not ours."""
    try:
        payload, signature = (_bytes(part) for part in signed.split("."))
    except (AttributeError, ValueError):
        raise _refused() from None
    if not hmac.compare_digest(signature, _signature(secret, purpose, payload)):
        raise _refused()
    opened = jsonrpc.parse(payload)
    if opened["until"] < time.time():
        raise jsonrpc.invalid_params("requestState has expired; send the request anew without it")
    content: JSON = opened["content"]
    return content


def _refused() -> jsonrpc.RpcError:
    return jsonrpc.invalid_params("requestState is not one that this server made for this request")


def _signature(secret: bytes, purpose: str, payload: bytes) -> bytes:
    message = hashlib.sha256(purpose.encode("utf-8")).digest() + payload
    return hmac.digest(secret, message, "sha256")


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _bytes(text: str) -> bytes:
    padded = text.encode("ascii") + b"=" * (-len(text) % 4)
    return base64.b64decode(padded, altchars=b"-_", validate=True)
