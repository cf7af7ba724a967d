"""Generating, signing and hashing secrets."""

import hashlib
import hmac
from secrets import choice, token_urlsafe

from itsdangerous import Signer

ID_CHARACTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that look alike
#: A secret as text: 43 characters of base64url (RFC 4648 §5, unpadded), random or signed.
SECRET = "[A-Za-z0-9_-]{43}"

#: Characters of a signed secret that are random (128 bits); a signature of 126 bits follows.
NONCE_LENGTH = 22
SIGNATURE_LENGTH = 21


def new_id(length: int) -> str:
    """Generate a random ID, which may be shown and logged."""
    return "".join(choice(ID_CHARACTERS) for _ in range(length))


def new_secret() -> str:
    """Generate a secret of 256 random bits."""
    return token_urlsafe(32)


def signed_secret(key: str) -> str:
    """Generate a secret that ``has_valid_signature`` recognizes without storing it."""
    nonce = token_urlsafe(16)
    return nonce + _signature(key, nonce)


def has_valid_signature(key: str, secret: str) -> bool:
    """Whether ``signed_secret`` generated the secret with this key; False for an empty key."""
    nonce, signature = secret[:NONCE_LENGTH], secret[NONCE_LENGTH:]
    expected = _signature(key, nonce)
    return bool(key) and hmac.compare_digest(signature.encode(), expected.encode())


def _signature(key: str, nonce: str) -> str:
    """Sign with HMAC-SHA-256, cut so that signed secrets are as long as random ones."""
    # No key derivation: each key is random and signs nothing else.
    signer = Signer(key, key_derivation="none", digest_method=hashlib.sha256)
    return signer.get_signature(nonce)[:SIGNATURE_LENGTH].decode()


def digest(secret: str) -> str:
    """Hash a secret for the store: SHA-256 in hexadecimal, which is enough for random ones."""
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()
