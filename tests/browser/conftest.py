"""Headless Chromium, a running server, and a program that waits for its code."""

import http.server
import shutil
import threading
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from urllib3.exceptions import HTTPError

from tests.browser import pages
from tests.browser.strict_host import Server, StrictHost, check_message, strict_host
from tests.clock import Clock
from tests.closing_server import ClosingServer
from tests.conftest import ROOT, require
from tests.season_day import SEASON_APP, start_the_day
from tests.servers import flask_run, free_port, running
from tests.web.conftest import TOKEN

PASSPHRASE = "correct horse battery staple"
#: Width and height of the window, and whether it is a phone.
DESKTOP, TABLET, PHONE = (1280, 900), (768, 1024), (390, 844)
SIZES = [(DESKTOP, "desktop"), (TABLET, "tablet"), (PHONE, "phone")]

MAX_STARTS = 3

Open = Callable[..., Chrome]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chrome]:
    """One browser process for all tests, because each start takes a second."""
    browser = start_chromium()
    yield browser
    browser.quit()


def start_chromium() -> Chrome:
    """Start headless Chromium, which keeps what is written to its console.

    On a busy machine a start fails or hangs now and then, so it is tried MAX_STARTS times.
    """
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    require(binary and driver, "needs Chromium: apt-get install chromium chromium-driver")
    options = ChromeOptions()
    options.binary_location = str(binary)
    for argument in (
        *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
        *("--hide-scrollbars", "--proxy-server=direct://", "--no-first-run"),
        # Chromium contacts its maker by itself: nothing may leave this machine.
        *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for left in reversed(range(MAX_STARTS)):
        try:
            browser = Chrome(options=options, service=Service(str(driver), port=free_port()))
        except (WebDriverException, HTTPError):
            if not left:
                raise
        else:
            browser.set_script_timeout(pages.SCRIPT_S)
            return browser
    raise AssertionError("unreachable")


@pytest.fixture
def open_browser(chromium: Chrome) -> Iterator[Open]:
    """Open an empty browser without cookies: ``size`` of the window, ``dark`` color scheme.

    ``zone``: the reader's time zone; that of the machine if it is empty.
    """

    def start(size: tuple[int, int] = DESKTOP, dark: bool = False, zone: str = "") -> Chrome:
        width, height = size
        metrics = {
            "width": width,
            "height": height,
            "deviceScaleFactor": 2 if size == PHONE else 1,
            "mobile": size == PHONE,
        }
        chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
        chromium.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": zone})
        return chromium

    yield start
    chromium.switch_to.default_content()
    chromium.get("about:blank")
    chromium.execute_cdp_cmd("Network.clearBrowserCookies", {})


@pytest.fixture(scope="module")
def season_clock() -> Iterator[Clock]:
    """It is the day of ``tests.season_day`` for apps in this process, as for ``SEASON_APP``."""
    with pytest.MonkeyPatch.context() as patch:
        yield start_the_day(patch)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """``flask run`` with a passphrase; yields its base URL."""
    from strava_mcp import data_folder
    from strava_mcp.oauth import owner

    folder, port = tmp_path_factory.mktemp("browser"), free_port()
    env = {"STRAVA_MCP_HOME": str(folder / "home"), "RATE_LIMIT": "100000"}
    data_folder.replace(folder / "home", owner.FILE, owner.scrypt(PASSPHRASE))
    with running(flask_run(port, SEASON_APP), port, folder / "server.log", env) as base:
        yield base


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """``flask run`` with a token: the sandbox's athlete, who is drawn."""
    folder, port = tmp_path_factory.mktemp("sandbox"), free_port()
    env = {"STRAVA_MCP_HOME": str(folder / "home"), "AUTH_TOKEN": TOKEN, "RATE_LIMIT": "100000"}
    with running(flask_run(port, SEASON_APP), port, folder / "server.log", env) as base:
        yield Server(base, TOKEN)


@pytest.fixture
def host(open_browser: Open, sandbox: Server) -> Iterator[StrictHost]:
    """A strict host of MCP Apps whose server is the sandbox's; nothing may reach the console."""
    browser = open_browser((728, 900))
    browser.get_log("browser")  # of the test before
    with strict_host(browser, sandbox.page) as opened:
        opened.call = sandbox.call
        yield opened
        browser.switch_to.default_content()
        for message in opened.messages:
            check_message(message)
        assert [entry["message"] for entry in browser.get_log("browser")] == []
        browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


class Program:
    """A client on this device that waits for the browser to return with a code."""

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

        self.site = ClosingServer(("127.0.0.1", 0), Handler)
        self.uri = f"http://127.0.0.1:{self.site.server_address[1]}/callback"
        threading.Thread(target=self.site.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def program() -> Iterator[Program]:
    listening = Program()
    yield listening
    listening.site.shutdown()
    listening.site.server_close()


def picture(browser: Chrome, name: str) -> None:
    """Save a screenshot to ``build/pictures``."""
    folder = ROOT / "build" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    browser.save_screenshot(str(folder / f"{name}.png"))


def picture_of(browser: Chrome, selector: str, name: str) -> None:
    """Save what an element shows to ``build/pictures``."""
    folder = ROOT / "build" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    pages.use(browser, selector, lambda one: one.screenshot(str(folder / f"{name}.png")))
