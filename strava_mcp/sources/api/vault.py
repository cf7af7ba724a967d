"""Records that a stolen store does not give away: encrypted with a key that is not in it."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from strava_mcp.store import Record, Store

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

SEALED = "sealed"


class Vault:
    """A part of a store in which values are encrypted (Fernet: AES-128-CBC with HMAC-SHA-256).

    ``secret``: any text of high entropy; the key is derived from it (HKDF, RFC 5869). Of two with a
    comma between them the first encrypts and both decrypt, so that a key can be rotated.
    """

    def __init__(self, store: Store, secret: str) -> None:
        self._store = store
        self._secret = secret

    def get(self, namespace: str, key: str) -> Record | None:
        """The record. Its value is empty where it was written with another key."""
        record = self._store.get(namespace, key)
        return replace(record, value=self._decrypt(record.value)) if record else None

    def create(self, namespace: str, key: str, value: Mapping[str, Any]) -> bool:
        """Write the record only where there is none."""
        return self._store.create(namespace, key, self._encrypt(value))

    def put(self, namespace: str, key: str, value: Mapping[str, Any]) -> None:
        """Write the record, whatever it was."""
        self._store.put(namespace, key, self._encrypt(value))

    def replace(self, namespace: str, key: str, value: Mapping[str, Any], version: int) -> bool:
        """Write only while the record is still at ``version``."""
        return self._store.replace(namespace, key, self._encrypt(value), version)

    @cached_property
    def _fernet(self) -> "MultiFernet":
        from cryptography.fernet import Fernet, MultiFernet
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        def derived(secret: str) -> bytes:
            return HKDF(SHA256(), 32, None, b"strava_mcp vault").derive(secret.strip().encode())

        secrets = [secret for secret in self._secret.split(",") if secret.strip()]
        return MultiFernet([Fernet(urlsafe_b64encode(derived(secret))) for secret in secrets])

    def _encrypt(self, value: Mapping[str, Any]) -> dict[str, str]:
        return {SEALED: self._fernet.encrypt(json.dumps(dict(value)).encode()).decode("ascii")}

    def _decrypt(self, value: Mapping[str, Any]) -> dict[str, Any]:
        from cryptography.fernet import InvalidToken

        if SEALED not in value:  # written before there was a vault
            return dict(value)
        try:
            opened: dict[str, Any] = json.loads(self._fernet.decrypt(value[SEALED]))
        except InvalidToken:
            return {}
        return opened
