"""nginx with the configuration that the deployment README gives, in front of a server."""

import os
import re
import shlex
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

import trustme

from tests.servers import ROOT

README = ROOT / "strava_mcp" / "aws" / "README.md"
#: Debian keeps it out of the PATH of ordinary users.
PROGRAM = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
START_S = 120

#: The rest of a configuration: what Debian's nginx.conf says, with all files in one folder.
MAIN = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""


class Proxy(NamedTuple):
    """A running nginx: its port on ``localhost``, and the file with its authority's certificate."""

    port: int
    authority: Path

    @property
    def base(self) -> str:
        """Its base URL."""
        return f"https://localhost:{self.port}"

    def context(self) -> ssl.SSLContext:
        """A TLS context that trusts it."""
        return ssl.create_default_context(cafile=str(self.authority))


def site(text: str, port: int, upstream: int, certificate: Path) -> str:
    """The README's configuration, with the ports, the name and the certificate of a test."""
    block = re.search(r"```nginx\n(.*?)```", text, re.DOTALL)
    assert block, "the README has no configuration of nginx"
    changes = {
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "server_name strava.example.com;": "server_name localhost;",
        "/etc/letsencrypt/live/strava.example.com/fullchain.pem": str(certificate),
        "/etc/letsencrypt/live/strava.example.com/privkey.pem": str(certificate),
        "http://127.0.0.1:8000;": f"http://127.0.0.1:{upstream};",
    }
    result = block[1]
    for old, new in changes.items():
        assert result.count(old) == 1, f"the README's configuration has no {old!r}"
        result = result.replace(old, new)
    return result


def documented_command(port: int) -> tuple[dict[str, str], list[str]]:
    """The README's settings and command for a server behind a proxy, on another port."""
    line = re.search(r"^PUBLIC_URL=.*gunicorn .*$", README.read_text("utf-8"), re.MULTILINE)
    assert line, "the README has no command for a server"
    words = shlex.split(line[0].replace("127.0.0.1:8000", f"127.0.0.1:{port}"))
    start = words.index("gunicorn")
    settings = dict(word.split("=", 1) for word in words[:start])
    return settings, [sys.executable, "-m", *words[start:]]


@contextmanager
def in_front_of(upstream: int, port: int, folder: Path) -> Iterator[Proxy]:
    """Run nginx on ``port`` until the block ends; ``upstream`` is the port of the server."""
    assert PROGRAM, "nginx is not installed"
    folder.mkdir(parents=True, exist_ok=True)
    authority, certificate = trustme.CA(), folder / "certificate.pem"
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    user = "user root;" if os.geteuid() == 0 else ""
    text = site(README.read_text("utf-8"), port, upstream, certificate)
    file = folder / "nginx.conf"
    file.write_text(MAIN.format(user=user, folder=folder, site=text))
    process = subprocess.Popen([PROGRAM, "-c", str(file), "-e", str(folder / "error.log")])
    try:
        proxy = Proxy(port, folder / "authority.pem")
        _wait(proxy, folder)
        yield proxy
    finally:
        process.terminate()
        process.wait(START_S)


def _wait(proxy: Proxy, folder: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        try:
            urlopen(f"{proxy.base}/health", timeout=5, context=proxy.context()).close()
            return
        except (URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"nginx did not start: {(folder / 'error.log').read_text()[-1000:]}")
