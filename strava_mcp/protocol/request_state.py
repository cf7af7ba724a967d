"""Request state: what a stateless server needs in the next round, carried by the client.

It is signed, not encrypted: clients can read what they sent before, but cannot change it, use it
for another request or another caller, or keep it for long.
"""

import hashlib
import time

from itsdangerous import BadData, Serializer

from strava_mcp.json_types import JSON
from strava_mcp.protocol import jsonrpc

LIFETIME_S = 900


def sign(secret: bytes, purpose: str, content: JSON) -> str:
    """Sign ``content`` for one ``purpose`` (the caller and the request), valid for 15 minutes."""
    state = {"until": int(time.time()) + LIFETIME_S, "content": content}
    return _serializer(secret, purpose).dumps(state)


def load(secret: bytes, purpose: str, signed: object) -> JSON:
    """Verify what ``sign`` returned and return its content.

    Raises RpcError (-32602) for a state that was changed, has expired, or was not signed by this
    server for this purpose.
    """
    try:
        if not isinstance(signed, str):
            raise BadData("not text")
        state = _serializer(secret, purpose).loads(signed)
    except (BadData, UnicodeError):
        raise jsonrpc.invalid_params(
            "requestState is not one that this server made for this request"
        ) from None
    if state["until"] < time.time():
        raise jsonrpc.invalid_params("requestState has expired; repeat the request without it")
    content: JSON = state["content"]
    return content


def _serializer(secret: bytes, purpose: str) -> Serializer[str]:
    # Not the timed serializer: it rejects a state signed by a server whose clock is a little ahead.
    # Nor the URL-safe one: it compresses, so that a short state could expand to a very large one.
    return Serializer(
        secret,
        salt=purpose.encode("utf-8"),
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )
