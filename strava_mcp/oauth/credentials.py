"""Generating, signing and hashing secrets."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from secrets import choice, token_urlsafe

ID_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that look alike
#: A secret of 256 random bits as it is written (RFC 4648 §5, without padding).
SECRET = "[A-Za-z0-9_-]{43}"


def new_id(length: int) -> str:
    """A random ID; it may be shown and logged."""
    return "".join(choice(ID_LETTERS) for _ in range(length))


def new_secret() -> str:
    """256 random bits, 43 characters that need no escaping anywhere."""
    return token_urlsafe(32)


def signed_secret(key: str) -> str:
    """A secret of the same form, half random, half the seal of its maker: known again by
    ``has_valid_signature`` without being kept."""
    number = token_urlsafe(16)
    return number + _signature(key, number)


def has_valid_signature(key: str, secret: str) -> bool:
    """Whether a secret was made with ``key``; never with an empty one."""
    number, seal = secret[:22], secret[22:]
    return bool(key) and hmac.compare_digest(seal.encode(), _signature(key, number).encode())


def _signature(key: str, number: str) -> str:
    """21 characters, 126 bits, of an HMAC-SHA-256."""
    mac = hmac.new(key.encode(), number.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(mac)[:21].decode()


def digest(secret: str) -> str:
    """SHA-256, in hexadecimal: enough for a secret that is random, and all that is kept of it."""
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()
