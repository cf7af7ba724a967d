"""The owner: the one person who may say yes, known by a pass-phrase."""

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
#: Wrong tries in a window: from one network or known browser, and from everywhere.
PER_KEY, OVERALL = 5, 60


class NotTheOwner(StravaMcpError):
    """The pass-phrase is wrong, or may not be tried now, or none is set.

    ``status``: of HTTP; ``retry_after_s``: seconds to wait, 0 for none.
    """

    def __init__(self, message: str, status: int, retry_after_s: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after_s = retry_after_s


class Owner:
    """Checks pass-phrases against OWNER_PASSPHRASE_HASH, the data folder, or else AUTH_TOKEN."""

    def __init__(self, config: Config, store: Store) -> None:
        self._config = config
        self._attempts = ExactLimiter("passphrase", store, WINDOW_S, PER_KEY, OVERALL)

    def asks_for(self) -> str:
        """What the owner has to type: ``passphrase``, ``AUTH_TOKEN``, or nothing that is set."""
        if hash_of(self._config):
            return "passphrase"
        return "AUTH_TOKEN" if self._config.auth_tokens else ""

    def fingerprint(self) -> str:
        """Of the secret that the owner types now, without telling it."""
        return digest(hash_of(self._config) or " ".join(self._config.auth_tokens))

    def check(self, given: str, network: str, browser: str = "") -> None:
        """Return if ``given`` is right. Raises NotTheOwner, and StoreError.

        ``browser``: an ID of one in which it was right before. It has tries of its own, so that
        nobody locks the owner out by using up those of all (OWASP: device cookies).
        """
        if not self.asks_for():
            raise NotTheOwner(
                "Nobody can approve anything yet: the owner has to set OWNER_PASSPHRASE_HASH "
                "(`flask passphrase set --print` makes it) or AUTH_TOKEN.",
                503,
            )
        key, alone = browser or network, bool(browser)
        if wait_s := self._attempts.hit(key, alone):
            raise NotTheOwner(f"Too many wrong tries. Try again in {wait_s} s.", 429, wait_s)
        if not self._matches(given.strip()[:MAX_LENGTH]):
            raise NotTheOwner("That is not right. Try again.", 403)
        self._attempts.refund(key, alone)

    def _matches(self, given: str) -> bool:
        known = hash_of(self._config)
        if known:
            from werkzeug.security import check_password_hash

            return check_password_hash(known, given)
        typed = given.encode("utf-8")
        return any([hmac.compare_digest(typed, t.encode()) for t in self._config.auth_tokens])


def hash_of(config: Config) -> str:
    """The pass-phrase's hash; empty where none is set.

    Read each time: a new pass-phrase counts from the moment it is set.
    """
    if config.owner_passphrase_hash or config.lambda_function:
        return config.owner_passphrase_hash
    return data_folder.read(config.home, FILE)


def scrypt(passphrase: str) -> str:
    """The hash to keep of a pass-phrase (RFC 7914; N=2^15, r=8, p=1). Raises ValueError."""
    from werkzeug.security import generate_password_hash

    passphrase = passphrase.strip()
    if not MIN_LENGTH <= len(passphrase) <= MAX_LENGTH:
        raise ValueError(f"A pass-phrase has {MIN_LENGTH} to {MAX_LENGTH} characters.")
    return generate_password_hash(passphrase, method="scrypt")
