"""Keys that sign what clients carry, derived from a secret of the settings."""

import hashlib
from secrets import token_hex

from strava_mcp.config import Config


class DerivedKeys:
    """One key per purpose, the same in every process with the same settings."""

    def __init__(self, config: Config) -> None:
        # Without any secret (nothing configured on Lambda) a process trusts only itself.
        self._secret = (
            config.secret_key
            or "".join(config.auth_tokens)
            or config.owner_passphrase_hash
            or token_hex(32)
        )

    def key_for(self, purpose: str) -> bytes:
        """The 32-byte key for one purpose."""
        return hashlib.sha256(f"{purpose}:{self._secret}".encode()).digest()
