"""One safe GET to an address that somebody else chose."""

import http.client
import logging
import socket
import ssl
import time
from ipaddress import IPv6Address, ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Thread, Timer
from urllib.parse import urlsplit

from strava_mcp import __version__
from strava_mcp.errors import StravaMcpError

log = logging.getLogger(__name__)

MAX_BYTES = 5 * 1024
MAX_S = 3.0
#: Look-ups at once. One that nobody waits for any more holds its place until the resolver is done.
LOOK_UPS = BoundedSemaphore(4)
_NAT64 = ip_network("64:ff9b::/96")


class FetchError(StravaMcpError):
    """Nothing could be fetched, or it was not what it should be."""


class Pinned(http.client.HTTPSConnection):
    """A connection to an address that was checked; the name still has to be on the certificate."""

    def __init__(self, host: str, port: int, address: str, timeout_s: float) -> None:
        super().__init__(host, port, timeout=timeout_s)
        self._address = address
        self._secured = context()
        self._live: socket.socket | None = None
        #: Whether time was up before the end.
        self.late = False

    def connect(self) -> None:
        """Connect to the checked address, not to whatever the name resolves to by now."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        # Known before the handshake, so that the deadline can end a slow one, too.
        self._live = self.sock = self._secured.wrap_socket(
            plain, server_hostname=self.host, do_handshake_on_connect=False
        )
        if self.late:  # ``end`` came when there was nothing to end yet
            raise TimeoutError("The deadline passed while connecting.")
        self.sock.do_handshake()

    def end(self) -> None:
        """Time is up: whoever reads finds the connection closed."""
        self.late = True
        if self._live is not None:
            try:
                # Of the socket below TLS: that of TLS is in use by the thread that waits.
                socket.socket.shutdown(self._live, socket.SHUT_RDWR)
            except OSError:
                pass


def fetch(url: str) -> tuple[bytes, str]:
    """The body and the Cache-Control of a JSON document. Raises FetchError.

    ``url``: https with a host and a path.
    """
    until = time.monotonic() + MAX_S
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    address = public_address(host, port)
    left_s = max(0.01, until - time.monotonic())
    connection = Pinned(host, port, address, left_s)
    deadline = Timer(left_s, connection.end)
    deadline.daemon = True
    deadline.start()
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {"Accept": "application/json", "User-Agent": f"strava_mcp/{__version__}"}
        connection.request("GET", target, headers=headers)
        reply = connection.getresponse()
        body = reply.read(MAX_BYTES + 1)
    except (OSError, http.client.HTTPException, ValueError) as exc:
        # ValueError: of TLS, for a name that cannot be one. Visitors are not told which it was:
        # that would tell open ports from closed ones.
        log.info("A client document was not fetched: %s", type(exc).__name__, extra={"host": host})
        raise FetchError(f"{host} did not answer as it should.") from exc
    finally:
        deadline.cancel()
        connection.close()
    if connection.late:
        raise FetchError(f"{host} did not answer as it should.")
    _check(reply, body)
    return body, reply.getheader("Cache-Control", "")


def _check(reply: http.client.HTTPResponse, body: bytes) -> None:
    if reply.status != 200:
        raise FetchError(f"the answer was {reply.status} and not 200; redirects are not followed.")
    if len(body) > MAX_BYTES:
        raise FetchError(f"it has more than {MAX_BYTES} bytes.")
    length = reply.getheader("Content-Length")
    if length is not None and length != str(len(body)):
        raise FetchError("it ended too early.")
    media = reply.headers.get_content_type()
    if media != "application/json" and not media.endswith("+json"):
        raise FetchError("it is not application/json.")


def public_address(host: str, port: int) -> str:
    """An address of the host to connect to. Raises FetchError unless all of them are public."""
    try:
        found = resolve(host, port)
    except OSError as exc:
        log.info("A client document was not fetched: %s", exc, extra={"host": host})
        found = []
    if not found or not all(map(is_public, found)):
        raise FetchError(f"{host} is not at a public address.")
    return found[0]


def resolve(host: str, port: int) -> list[str]:
    """Every address of a name. Raises OSError, after MAX_S at the latest.

    The system's resolver takes no time limit, so it runs in a thread that can be left alone.
    """
    if not LOOK_UPS.acquire(blocking=False):
        raise OSError("too many look-ups at once")
    answers: SimpleQueue[list[str]] = SimpleQueue()
    Thread(target=_look_up, args=(host, port, answers), daemon=True).start()
    try:
        return answers.get(timeout=MAX_S)
    except Empty:
        raise OSError("the resolver did not answer in time") from None


def _look_up(host: str, port: int, answers: "SimpleQueue[list[str]]") -> None:
    try:
        records = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        answers.put([str(record[4][0]) for record in records])
    except (OSError, UnicodeError):
        answers.put([])
    finally:
        LOOK_UPS.release()


def is_public(address: str) -> bool:
    """Whether an address is reachable by everybody, and leads nowhere else.

    Addresses that carry an IPv4 address (mapped, 6to4, Teredo, NAT64 of RFC 6052) count as it.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if (
            found.is_site_local
            or found.ipv4_mapped
            or found.sixtofour
            or found.teredo
            or found in _NAT64
        ):
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def context() -> ssl.SSLContext:
    """TLS as the requests library trusts it."""
    import certifi

    return ssl.create_default_context(cafile=certifi.where())
