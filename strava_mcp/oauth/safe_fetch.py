"""A GET of an untrusted URL, protected against SSRF."""

import http.client
import logging
import socket
import ssl
import time
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Timer
from urllib.parse import urlsplit

from strava_mcp import __version__
from strava_mcp.errors import StravaMcpError
from strava_mcp.oauth.dns_lookups import Lookups

log = logging.getLogger(__name__)

MAX_BYTES = 5 * 1024
MAX_S = 3.0
LOOKUPS = Lookups()
_NAT64 = ip_network("64:ff9b::/96")


class FetchError(StravaMcpError):
    """Nothing could be fetched, or the response is not acceptable."""


class Busy(StravaMcpError):
    """Too many names are being looked up; nothing is known about this one."""


class PinnedConnection(http.client.HTTPSConnection):
    """A connection to an address that was checked; the certificate must still name the host."""

    def __init__(self, host: str, port: int, address: str, timeout_s: float) -> None:
        super().__init__(host, port, timeout=timeout_s)
        self._address = address
        self._tls = tls_context()
        self._tls_socket: ssl.SSLSocket | None = None
        #: Whether the deadline passed before the response was read.
        self.timed_out = False

    def connect(self) -> None:
        """Connect to the checked address, whatever the name resolves to in the meantime."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        # Set before the handshake, so that the deadline can abort a slow one as well.
        self._tls_socket = self.sock = self._tls.wrap_socket(
            plain, server_hostname=self.host, do_handshake_on_connect=False
        )
        if self.timed_out:  # ``abort`` was called before there was a socket to close
            raise TimeoutError("The deadline passed while connecting.")
        self.sock.do_handshake()

    def abort(self) -> None:
        """Close the connection at the deadline, from another thread; reading then fails."""
        self.timed_out = True
        if self._tls_socket is not None:
            try:
                # Of the plain socket, because the waiting thread is using the TLS layer.
                socket.socket.shutdown(self._tls_socket, socket.SHUT_RDWR)
            except OSError:
                pass


def fetch(url: str, requester: str) -> tuple[bytes, str]:
    """Fetch a JSON document. Returns its body and Cache-Control. Raises FetchError and Busy.

    ``url``: https with a host and a path. ``requester``: see ``dns_lookups.Lookups``.
    """
    deadline = time.monotonic() + MAX_S
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    address = public_address(host, port, requester)
    remaining_s = max(0.01, deadline - time.monotonic())
    connection = PinnedConnection(host, port, address, remaining_s)
    timer = Timer(remaining_s, connection.abort)
    timer.daemon = True
    timer.start()
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {"Accept": "application/json", "User-Agent": f"strava_mcp/{__version__}"}
        connection.request("GET", target, headers=headers)
        response = connection.getresponse()
        body = response.read(MAX_BYTES + 1)
    except (OSError, http.client.HTTPException, ValueError) as exc:
        # ValueError: from TLS, for an impossible host name. The reason is not shown to visitors,
        # because it would reveal which ports are open.
        log.info("A client document was not fetched: %s", type(exc).__name__, extra={"host": host})
        raise FetchError(f"{host} did not respond correctly.") from exc
    finally:
        timer.cancel()
        connection.close()
    if connection.timed_out:
        raise FetchError(f"{host} did not respond correctly.")
    _check(response, body)
    return body, response.getheader("Cache-Control", "")


def _check(response: http.client.HTTPResponse, body: bytes) -> None:
    if response.status != 200:
        raise FetchError(f"the status was {response.status}, not 200; redirects are not followed.")
    if len(body) > MAX_BYTES:
        raise FetchError(f"it has more than {MAX_BYTES} bytes.")
    length = response.getheader("Content-Length")
    if length is not None and length != str(len(body)):
        raise FetchError("it ended too early.")
    media_type = response.headers.get_content_type()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise FetchError("it is not application/json.")


def public_address(host: str, port: int, requester: str) -> str:
    """An address of the host to connect to. Raises FetchError unless all of them are public."""
    try:
        addresses = resolve(host, port, requester)
    except BlockingIOError as exc:
        raise Busy(f"{host} cannot be looked up now; try again in a minute.") from exc
    except OSError as exc:
        log.info("A client document was not fetched: %s", exc, extra={"host": host})
        addresses = []
    if not addresses or not all(map(is_public, addresses)):
        raise FetchError(f"{host} is not at a public address.")
    return addresses[0]


def resolve(host: str, port: int, requester: str) -> list[str]:
    """Every address of a host. Raises OSError, after MAX_S at the latest."""
    return LOOKUPS.resolve(host, port, requester, MAX_S)


def is_public(address: str) -> bool:
    """Whether an address is public.

    IPv6 addresses that embed an IPv4 address (mapped, 6to4, Teredo, NAT64 of RFC 6052) are not:
    they may lead to a private one.
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if ip.is_site_local or ip.ipv4_mapped or ip.sixtofour or ip.teredo or ip in _NAT64:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def tls_context() -> ssl.SSLContext:
    """A TLS context with the certificates that the requests library trusts."""
    import certifi

    return ssl.create_default_context(cafile=certifi.where())
