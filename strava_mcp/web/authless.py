"""AUTHLESS_SECRET, which ``/sse`` and ``/message`` need of clients without a token where it is set.

Some clients can send neither a token nor a header. So this secret, unlike any other, may also come
in the URL, on these paths only.
"""

import hmac

from flask import g, request

HEADER = "X-Authless-Secret"
PARAMETER = "secret"
HINT = (
    f"Without a token, this path needs the secret of AUTHLESS_SECRET: send it as `{HEADER}`, or as "
    f"`?{PARAMETER}=` in the URL."
)


def presented_secret() -> str | None:
    """The secret of the header, or else of the URL, where it may stand once."""
    if HEADER in request.headers:
        return request.headers[HEADER]
    values = request.args.getlist(PARAMETER)
    return values[0] if len(values) == 1 else None


def is_correct(presented: str | None, secret: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest((presented or "").encode("utf-8", "replace"), secret.encode())


def carried_on() -> str:
    """What the address for posts repeats: the secret that a client sent in the URL; else empty."""
    return str(g.get("authless_secret_in_url", ""))


def accept(secret: str) -> None:
    """Note for ``carried_on`` how the client sent the correct secret."""
    if HEADER not in request.headers:
        g.authless_secret_in_url = secret
