"""The HTTP session to Strava: timeouts on everything, retries of reads, rate limits respected."""

import math
import random
import time
from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import BaseAdapter

from strava_mcp.errors import RateLimited, ReadsUsedUp, Unavailable
from strava_mcp.library_errors import HttpError, http_errors
from strava_mcp.sources.api.answer_reads import AnswerReads
from strava_mcp.sources.api.rate_limits import QUARTER_S, RateLimits
from strava_mcp.sources.api.response_body import read_body

CONNECT_S, READ_S = 5, 20
#: The token endpoint is called under a lease that others wait for.
TOKEN_READ_S = 10
#: A failed read is retried only within this time, so that no call outlasts Lambda's 29 seconds.
RETRY_WITHIN_S = 4
#: How long a read waits for a rate limit to reset; if it would take longer, RateLimited is raised
#: at once.
MAX_RESET_WAIT_S = 4
RETRIED_STATUSES = (500, 502, 503, 504)
MAX_TRIES = 3
#: Wait before the second try; doubled before the third. Half of it is random (jitter), so that
#: callers who failed together do not return together.
BACKOFF_S = 0.3
#: Advice after a request without a usable response: a write may have been carried out.
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
        # The cookie jar is shared by all threads, and Strava's cookies are of no use here.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))

    def call_api(
        self,
        method: str,
        url: str,
        token: str,
        athlete_key: str,
        reads: AnswerReads | None = None,
        keep: int = 0,
        **options: Any,
    ) -> requests.Response:
        """Call the API with an athlete's token. Failed reads are retried, writes never.

        ``athlete_key``: the athlete whose share of the limits the call uses. ``reads``: the answer
        whose reads are counted, and ``keep``, see there. ``options`` are those of ``requests``.
        Raises RateLimited before a limit is exceeded, and Unavailable.
        """
        options["headers"] = {"Authorization": f"Bearer {token}"}
        is_read = method == "GET"

        def send() -> requests.Response:
            with self._rate_limits.reserve(is_read, athlete_key, keeps_rest=keep > 0):
                if is_read and reads:
                    reads.take(keep)
                response = self._send(method, url, READ_S, advice_for(method), **options)
                self._rate_limits.update_from(response.headers)
            return response

        return _with_retries(send) if is_read else send()

    def call_app(self, method: str, url: str, **options: Any) -> requests.Response:
        """Call an endpoint that takes the application's credentials: once, without rate limits.

        ``options`` are those of ``requests``. Raises Unavailable.
        """
        return self._send(method, url, TOKEN_READ_S, TRY_AGAIN, **options)

    def _send(
        self, method: str, url: str, read_s: float, advice: str, **options: Any
    ) -> requests.Response:
        try:
            with http_errors():
                response = self._session.request(
                    method,
                    url,
                    timeout=(CONNECT_S, read_s),
                    allow_redirects=False,
                    stream=True,
                    **options,
                )
                read_body(response, read_s, advice)
                return response
        except HttpError as exc:
            if exc.is_timeout:
                raise Unavailable(f"Strava did not answer within {read_s} s. {advice}") from exc
            raise Unavailable(f"Strava could not be reached. {advice}") from exc


def advice_for(method: str) -> str:
    """What to do if a request with this method got no response."""
    return TRY_AGAIN if method == "GET" else CHECK_FIRST


def _with_retries(send: Callable[[], requests.Response]) -> requests.Response:
    """Send a read, and again while its failure may be temporary and the deadline allows."""
    deadline = time.monotonic() + RETRY_WITHIN_S
    for number in range(1, MAX_TRIES):
        try:
            response = send()
            wait_s = _retry_wait_s(response, number)
            if time.monotonic() + wait_s > deadline:
                return response
        except ReadsUsedUp:
            raise
        except RateLimited as exc:
            wait_s = exc.retry_after_s
            if wait_s > MAX_RESET_WAIT_S or time.monotonic() + wait_s > deadline:
                raise
        except Unavailable:
            wait_s = _backoff_s(number)
            if time.monotonic() + wait_s > deadline:
                raise
        time.sleep(wait_s)
    return send()


def _retry_wait_s(response: requests.Response, number: int) -> float:
    """How long to wait before the next try; infinite if the response is final."""
    if response.status_code in RETRIED_STATUSES:
        return _backoff_s(number)
    reset_s = QUARTER_S - time.time() % QUARTER_S
    if response.status_code == 429 and reset_s < MAX_RESET_WAIT_S:
        return reset_s + _backoff_s(1)
    return math.inf


def _backoff_s(number: int) -> float:
    return float(BACKOFF_S * 2 ** (number - 1) * (0.5 + random.random() / 2))
