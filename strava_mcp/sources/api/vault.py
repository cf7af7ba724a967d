"""Encrypted records; the key is not kept in the store."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from strava_mcp.store import Record, Store

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

ENCRYPTED = "sealed"


class Vault:
    """Reads and writes encrypted records of a store (Fernet: AES-128-CBC with HMAC-SHA-256).

    ``secret``: text of high entropy, from which the key is derived (HKDF, RFC 5869). To rotate it,
    give two, separated by a comma: the first encrypts, both decrypt.
    """

    def __init__(self, store: Store, secret: str) -> None:
        self._store = store
        self._secret = secret

    def get(self, namespace: str, key: str) -> Record | None:
        """The decrypted record. Its value is empty if it was encrypted with another key."""
        record = self._store.get(namespace, key)
        return record._replace(value=self._decrypt(record.value)) if record else None

    def create(self, namespace: str, key: str, value: Mapping[str, Any]) -> bool:
        """Write the record if there is none. Returns whether it was written."""
        return self._store.create(namespace, key, self._encrypt(value))

    def put(self, namespace: str, key: str, value: Mapping[str, Any]) -> None:
        """Write the record, overwriting what was there."""
        self._store.put(namespace, key, self._encrypt(value))

    def replace(self, namespace: str, key: str, value: Mapping[str, Any], version: int) -> bool:
        """Write the record if it is still at ``version``. Returns whether it was written."""
        return self._store.replace(namespace, key, self._encrypt(value), version)

    @cached_property
    def _fernet(self) -> "MultiFernet":
        from cryptography.fernet import Fernet, MultiFernet
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        def derive_key(secret: str) -> bytes:
            return HKDF(SHA256(), 32, None, b"strava_mcp vault").derive(secret.strip().encode())

        secrets = [secret for secret in self._secret.split(",") if secret.strip()]
        return MultiFernet([Fernet(urlsafe_b64encode(derive_key(secret))) for secret in secrets])

    def _encrypt(self, value: Mapping[str, Any]) -> dict[str, str]:
        return {ENCRYPTED: self._fernet.encrypt(json.dumps(dict(value)).encode()).decode("ascii")}

    def _decrypt(self, value: Mapping[str, Any]) -> dict[str, Any]:
        from cryptography.fernet import InvalidToken

        if ENCRYPTED not in value:  # written by a version without encryption
            return dict(value)
        try:
            decrypted: dict[str, Any] = json.loads(self._fernet.decrypt(value[ENCRYPTED]))
        except InvalidToken:
            return {}
        return decrypted
