"""Headless Chromium, a running server, and a program that waits for its code."""

import http.server
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from tests.conftest import ROOT, require
from tests.servers import flask_run, free_port, running

PASSPHRASE = "correct horse battery staple"
#: Width and height of the window, and whether it is a phone.
DESKTOP, PHONE = (1000, 900), (390, 844)

Open = Callable[..., Chrome]


@pytest.fixture
def open_browser() -> Iterator[Open]:
    """Open a browser of its own: ``size`` of the window, ``dark`` if the person likes it so."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    require(chromium and driver, "needs Chromium: apt-get install chromium chromium-driver")
    with ExitStack() as opened:

        def start(size: tuple[int, int] = DESKTOP, dark: bool = False) -> Chrome:
            return opened.enter_context(_chrome(str(chromium), str(driver), size, dark))

        yield start


@contextmanager
def _chrome(binary: str, driver: str, size: tuple[int, int], dark: bool) -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = binary
    for argument in (
        *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
        *("--hide-scrollbars", "--proxy-server=direct://", "--no-first-run"),
        # The browser has business of its own with its maker: nothing leaves this machine.
        *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    ):
        options.add_argument(argument)
    browser = Chrome(options=options, service=Service(driver))
    try:
        browser.implicitly_wait(5)
        width, height = size
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {
                "width": width,
                "height": height,
                "deviceScaleFactor": 2 if size == PHONE else 1,
                "mobile": size == PHONE,
            },
        )
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
        yield browser
    finally:
        browser.quit()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """``flask run`` with a pass-phrase; yields its base URL."""
    from strava_mcp import data_folder
    from strava_mcp.oauth import owner

    port = free_port()
    env = {"STRAVA_MCP_HOME": str(tmp_path / "home")}
    data_folder.replace(tmp_path / "home", owner.FILE, owner.scrypt(PASSPHRASE))
    with running(flask_run(port), port, tmp_path / "server.log", env) as base:
        yield base


class Program:
    """A client on this device that waits for the browser to come back."""

    def __init__(self) -> None:
        self.arrived: list[dict[str, list[str]]] = []
        program = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.startswith("/callback"):
                    program.arrived.append(parse_qs(urlsplit(self.path).query))
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<!doctype html><title>Back</title><h1>Back in the app</h1>")

            def log_message(self, *args: object) -> None:
                pass

        self.site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.uri = f"http://127.0.0.1:{self.site.server_address[1]}/callback"
        threading.Thread(target=self.site.serve_forever, daemon=True).start()


@pytest.fixture
def program() -> Iterator[Program]:
    found = Program()
    yield found
    found.site.shutdown()
    found.site.server_close()


def picture(browser: Chrome, name: str) -> None:
    """Keep the whole page as a picture in ``build/pictures``."""
    folder = ROOT / "build" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    browser.save_screenshot(str(folder / f"{name}.png"))
