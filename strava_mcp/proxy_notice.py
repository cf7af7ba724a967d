"""Notices a reverse proxy that PROXY_HOPS does not count.

Behind it every visitor has the proxy's address, so they share all limits: a stranger's wrong
passphrases lock the owner out.
"""

import logging
import time
from contextlib import suppress
from ipaddress import ip_address

from strava_mcp.config import Config
from strava_mcp.errors import StoreError
from strava_mcp.store import Store

log = logging.getLogger(__name__)

NAMESPACE, KEY = "proxy", "uncounted"
#: How long ``flask doctor`` reports a proxy that is not seen again.
KEPT_S = 7 * 86400
ADVICE = (
    "All visitors count as one, so that a stranger's wrong attempts lock you out. Set PROXY_HOPS "
    "to the number of proxies in front of this server, usually 1."
)


class ProxyNotice:
    """Warns once, in the log and for ``flask doctor``, of a proxy that is not counted."""

    def __init__(self, config: Config, store: Store) -> None:
        self._store = store
        # On Lambda the event, not the connection, says whose address it is.
        self._is_quiet = bool(config.proxy_hops or config.lambda_function)

    def check(self, peer: str, forwarded_for: str | None) -> None:
        """Look at one request: the address it comes from, and its X-Forwarded-For."""
        if self._is_quiet or not forwarded_for or not _is_local(peer):
            return
        self._is_quiet = True
        log.warning("A proxy passes requests on, but PROXY_HOPS is 0. %s", ADVICE)
        with suppress(StoreError):
            self._store.put(NAMESPACE, KEY, {}, time.time() + KEPT_S)


def problem(config: Config, store: Store) -> str:
    """What is wrong with PROXY_HOPS; empty if nothing is known to be. Raises StoreError."""
    if config.proxy_hops or config.lambda_function:
        return ""
    if store.get(NAMESPACE, KEY):
        return f"PROXY_HOPS is 0, but a proxy passes requests on. {ADVICE}"
    if config.public_url.startswith("https:"):
        return f"PROXY_HOPS is 0, but PUBLIC_URL is https, so a proxy ends TLS. {ADVICE}"
    return ""


def _is_local(peer: str) -> bool:
    """Whether an address is of this machine or a private network; unknown is a local socket."""
    try:
        return not ip_address(peer).is_global
    except ValueError:
        return True
