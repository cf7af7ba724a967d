"""The server's owner, who approves clients and is authenticated by a passphrase."""

import hmac

from strava_mcp import data_folder
from strava_mcp.config import Config
from strava_mcp.errors import StravaMcpError
from strava_mcp.oauth.credentials import digest
from strava_mcp.oauth.exact_limiter import ExactLimiter
from strava_mcp.store import Store

MIN_LENGTH = 12
MAX_LENGTH = 1024
FILE = "passphrase_hash"
WINDOW_S = 300
#: Failed attempts in any period of WINDOW_S seconds: per network or known browser, and overall.
PER_KEY, OVERALL = 5, 60


class NotTheOwner(StravaMcpError):
    """The passphrase is wrong, there were too many attempts, or no passphrase is set.

    ``status``: the HTTP status; ``retry_after_s``: seconds until the next attempt, or 0.
    """

    def __init__(self, message: str, status: int, retry_after_s: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after_s = retry_after_s


class Owner:
    """Checks passphrases against OWNER_PASSPHRASE_HASH, the data folder, or else AUTH_TOKEN."""

    def __init__(self, config: Config, store: Store) -> None:
        self._config = config
        self._attempts = ExactLimiter("passphrase", store, WINDOW_S, PER_KEY, OVERALL)

    def asks_for(self) -> str:
        """The secret that the owner enters: ``passphrase``, ``AUTH_TOKEN``, or empty for none."""
        if hash_of(self._config):
            return "passphrase"
        return "AUTH_TOKEN" if self._config.auth_tokens else ""

    def fingerprint(self) -> str:
        """Fingerprint of the owner's current secret; browser cookies are void when it changes."""
        return digest(hash_of(self._config) or " ".join(self._config.auth_tokens))

    def check(self, passphrase: str, network: str, browser: str = "") -> None:
        """Return if the passphrase is correct. Raises NotTheOwner and StoreError.

        ``browser``: the ID of a browser in which it was entered correctly before. Such a browser
        has its own attempts, so that attackers who use up the shared ones do not lock the owner out
        (OWASP: device cookies).
        """
        if not self.asks_for():
            raise NotTheOwner(
                "Nobody can approve anything yet: the owner has to set OWNER_PASSPHRASE_HASH "
                "(`flask passphrase set --print` prints it) or AUTH_TOKEN.",
                503,
            )
        key, alone = browser or network, bool(browser)
        if wait_s := self._attempts.hit(key, alone):
            raise NotTheOwner(f"Too many failed attempts. Try again in {wait_s} s.", 429, wait_s)
        if not self._matches(passphrase.strip()[:MAX_LENGTH]):
            raise NotTheOwner(f"Wrong {self.asks_for()}. Try again.", 403)
        self._attempts.refund(key, alone)

    def _matches(self, passphrase: str) -> bool:
        stored_hash = hash_of(self._config)
        if stored_hash:
            from werkzeug.security import check_password_hash

            return check_password_hash(stored_hash, passphrase)
        entered = passphrase.encode("utf-8")
        # A list: all are compared, so that the time taken does not depend on which one matches.
        return any([hmac.compare_digest(entered, t.encode()) for t in self._config.auth_tokens])


def hash_of(config: Config) -> str:
    """The passphrase's hash; empty if none is set.

    Read each time, so that a new passphrase takes effect at once.
    """
    if config.owner_passphrase_hash or config.lambda_function:
        return config.owner_passphrase_hash
    return data_folder.read(config.home, FILE)


def scrypt(passphrase: str) -> str:
    """Hash a passphrase for storage (RFC 7914; N=2^15, r=8, p=1). Raises ValueError."""
    from werkzeug.security import generate_password_hash

    passphrase = passphrase.strip()
    if not MIN_LENGTH <= len(passphrase) <= MAX_LENGTH:
        raise ValueError(f"A passphrase has {MIN_LENGTH} to {MAX_LENGTH} characters.")
    return generate_password_hash(passphrase, method="scrypt")
