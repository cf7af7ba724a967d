"""One session to Strava: time limits on everything, reads tried again, limits kept to."""

import math
import random
import time
from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import BaseAdapter

from strava_mcp.errors import RateLimited, Unavailable
from strava_mcp.library_errors import HttpError, http_errors
from strava_mcp.sources.api.rate_limits import QUARTER_S, RateLimits

CONNECT_S, READ_S = 5, 20
#: The token endpoint is asked under a lease that others wait for.
TOKEN_READ_S = 10
#: A read that failed is sent again only this soon, so that no call outlasts Lambda's 29 seconds.
RETRY_WITHIN_S = 4
#: So long a read waits for a limit to be reset; where it takes longer, the athlete is told.
MAX_RESET_WAIT_S = 4
RETRIED = (500, 502, 503, 504)
MAX_TRIES = 3
#: Before the second try; twice as long before the third. Half of it is chance (jitter), so that
#: callers who failed together do not come back together.
BACKOFF_S = 0.3
#: What to do where a request got no answer that can be used: a write may have happened.
TRY_AGAIN = "Try again later."
CHECK_FIRST = "It may have been carried out all the same: look before you try again."


class Transport:
    """Sends requests to Strava's API and OAuth hosts; API calls count against ``rate_limits``."""

    def __init__(
        self, urls: tuple[str, ...], adapter: BaseAdapter, rate_limits: RateLimits
    ) -> None:
        self._rate_limits = rate_limits
        self._session = requests.Session()
        for url in urls:
            self._session.mount(url, adapter)
        # A .netrc of the machine would replace our Authorization header.
        self._session.trust_env = False
        # Strava's cookies mean nothing here, and the jar is shared by all threads.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))

    def call_api(
        self, method: str, url: str, token: str, whose: str, **options: Any
    ) -> requests.Response:
        """Call the API. A read that failed is sent again, anything else never.

        ``whose``: the athlete that the call counts for, where several share the limits.
        Raises RateLimited before a limit is crossed, and Unavailable.
        """
        options["headers"] = {"Authorization": f"Bearer {token}"}

        def once() -> requests.Response:
            with self._rate_limits.reserve(method == "GET", whose):
                response = self._send(method, url, READ_S, advice_for(method), **options)
                self._rate_limits.update_from(response.headers)
            return response

        return _persistently(once) if method == "GET" else once()

    def call_app(self, method: str, url: str, **options: Any) -> requests.Response:
        """Ask what takes the application's own credentials: once, and outside of the limits.

        Raises Unavailable.
        """
        return self._send(method, url, TOKEN_READ_S, TRY_AGAIN, **options)

    def _send(
        self, method: str, url: str, read_s: float, advice: str, **options: Any
    ) -> requests.Response:
        try:
            with http_errors():
                return self._session.request(
                    method, url, timeout=(CONNECT_S, read_s), allow_redirects=False, **options
                )
        except HttpError as exc:
            if exc.is_timeout:
                raise Unavailable(f"Strava did not answer within {read_s} s. {advice}") from exc
            raise Unavailable(f"Strava could not be reached. {advice}") from exc


def advice_for(method: str) -> str:
    """What to do where a request failed without an answer."""
    return TRY_AGAIN if method == "GET" else CHECK_FIRST


def _persistently(once: Callable[[], requests.Response]) -> requests.Response:
    """The response to a read, sent again where there is hope, within its deadline."""
    until = time.monotonic() + RETRY_WITHIN_S
    for number in range(1, MAX_TRIES):
        try:
            response = once()
            wait_s = _wait_s(response, number)
            if time.monotonic() + wait_s > until:
                return response
        except RateLimited as exc:
            wait_s = exc.retry_after_s
            if wait_s > MAX_RESET_WAIT_S or time.monotonic() + wait_s > until:
                raise
        except Unavailable:
            wait_s = _backoff_s(number)
            if time.monotonic() + wait_s > until:
                raise
        time.sleep(wait_s)
    return once()


def _wait_s(response: requests.Response, number: int) -> float:
    """How long to wait before a read is sent again; endless where its answer stands."""
    if response.status_code in RETRIED:
        return _backoff_s(number)
    reset_s = QUARTER_S - time.time() % QUARTER_S
    if response.status_code == 429 and reset_s < MAX_RESET_WAIT_S:
        return reset_s + _backoff_s(1)
    return math.inf


def _backoff_s(number: int) -> float:
    return float(BACKOFF_S * 2 ** (number - 1) * (0.5 + random.random() / 2))
