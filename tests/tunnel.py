"""A TLS proxy on this machine that passes requests on as the usual tunnels do."""

import http.client
import http.server
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.closing_server import ClosingServer
from tests.proxying import pass_on

HOST = "tunnel.example"
KINDS = ("cloudflared", "tailscale", "ngrok", "ngrok --host-header=rewrite")
#: Names the address that the proxy sees as the client's; never passed on.
CLIENT_HEADER = "X-Test-Client"
CLIENT = "192.0.2.1"


@dataclass
class Tunnel:
    """A running tunnel. ``kind`` and the port that it forwards to may change."""

    url: str
    certificates: Path
    kind: str = "cloudflared"
    port: int = 0
    #: The headers of the requests that were passed on.
    forwarded: list[dict[str, str]] = field(default_factory=list)

    def headers(self, sent: dict[str, str], client: str) -> dict[str, str]:
        """What the server gets; ``sent`` has lower-case names.

        The sources are in ``strava_mcp.cli.tunnel``.
        """
        forwarded = {"x-forwarded-for": client, "x-forwarded-proto": "https"}
        if self.kind != "cloudflared":
            forwarded["x-forwarded-host"] = sent["host"]
        appended = {"cloudflared": ["x-forwarded-for"], "tailscale": []}
        for name in appended.get(self.kind, ["x-forwarded-for", "x-forwarded-proto"]):
            forwarded[name] = ", ".join(filter(None, (sent.get(name), forwarded[name])))
        if self.kind == "ngrok --host-header=rewrite":
            forwarded["host"] = f"127.0.0.1:{self.port}"
        return sent | forwarded


@contextmanager
def tunnel(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tunnel]:
    """Run a tunnel until the block ends; this process finds and trusts it."""
    authority = trustme.CA()
    running = Tunnel("", folder / "authority.pem")
    authority.cert_pem.write_to_path(str(running.certificates))

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def _forward(self) -> None:
            sent = {name.lower(): value for name, value in self.headers.items()}
            client = sent.pop(CLIENT_HEADER.lower(), CLIENT)
            headers = running.headers(sent, client)
            running.forwarded.append(headers)
            connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
            try:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                connection.request(self.command, self.path, body, headers)
                reply = connection.getresponse()
            except (OSError, http.client.HTTPException):
                self.send_error(502)
                return
            try:
                pass_on(reply, self, reply.read1)
            except (OSError, http.client.HTTPException):
                pass  # one of the two went away
            finally:
                connection.close()

        do_GET = do_POST = do_DELETE = _forward

        def log_message(self, *args: object) -> None:
            pass

    server = ClosingServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    running.url = f"https://{HOST}:{server.server_address[1]}"
    resolve = socket.getaddrinfo

    def resolve_tunnel(host: Any, *args: Any, **options: Any) -> Any:
        here = host in (HOST, HOST.encode())
        return resolve("127.0.0.1" if here else host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve_tunnel)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(running.certificates))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()
