"""A strict host of MCP Apps for tests, and the server whose charts it shows.

The page of charts runs in a frame of opaque origin under the policy that a host applies if a
resource declares none (MCP Apps 2026-01-26, "Host behavior"). Every message that the page sends is
kept, and checked against the schema of the ext-apps package.
"""

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import jsonschema
import requests
from selenium.webdriver import Chrome

from strava_mcp.charts.chart import Chart
from strava_mcp.tools.chart_page import CHART_KEY
from tests.browser import pages
from tests.closing_server import ClosingServer
from tests.node import package

POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; media-src 'self' data:; connect-src 'none'"
)
SCHEMA = "@modelcontextprotocol/ext-apps"
CAPABILITIES = {"openLinks": {}, "serverTools": {}, "updateModelContext": {}}
#: The ground of the host's page, as of Claude and ChatGPT.
GROUNDS = {"light": "#ffffff", "dark": "#212121"}

Call = Callable[[str, dict[str, Any]], Any]


class Server:
    """A running server, called as an app calls it."""

    def __init__(self, base: str, token: str) -> None:
        self.base, self.token = base, token

    def call(self, name: str, arguments: dict[str, Any]) -> Any:
        """The result of a tool."""
        return self._ask("tools/call", {"name": name, "arguments": arguments})

    @cached_property
    def page(self) -> str:
        """The page that ``show_chart`` names."""
        tools = self._ask("tools/list", {})["tools"]
        (tool,) = (one for one in tools if one["name"] == "show_chart")
        content = self._ask("resources/read", {"uri": tool["_meta"]["ui"]["resourceUri"]})
        text: str = content["contents"][0]["text"]
        return text

    def _ask(self, method: str, params: dict[str, Any]) -> Any:
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        headers = {"Authorization": f"Bearer {self.token}"}
        reply = requests.post(f"{self.base}/mcp", json=message, headers=headers, timeout=60)
        return reply.json()["result"]


class StrictHost:
    """The host; ``call`` answers what the page asks of its server's tools."""

    def __init__(self, browser: Chrome, url: str) -> None:
        self.browser, self.url = browser, url
        self.call: Call = lambda name, arguments: {"content": [], "isError": True}

    def show(
        self,
        *results: Any,
        theme: str = "light",
        arguments: dict[str, Any] | None = None,
        capabilities: dict[str, Any] | None = None,
        context: dict[str, Any] | None = None,
        is_silent: bool = False,
    ) -> None:
        """Open the page, and send it results of a tool, called with ``arguments``.

        ``capabilities``, ``context``: of the host. ``is_silent``: never answer ``ui/initialize``.
        """
        modes = {"displayMode": "inline", "availableDisplayModes": ["inline", "fullscreen"]}
        options = {
            "results": results,
            "input": arguments,
            "background": GROUNDS[theme],
            "capabilities": CAPABILITIES if capabilities is None else capabilities,
            "context": {"theme": theme, **modes, **(context or {})},
            "isSilent": is_silent,
        }
        self.browser.switch_to.default_content()
        self.browser.get(self.url)
        self.browser.execute_script("start(arguments[0])", options)
        self.wait(lambda: self.sent("ui/notifications/size-changed"))
        if not is_silent:
            self.wait_for_theme(theme)
        if results:
            self.wait_for_chart()

    def wait_for_chart(self) -> None:
        """Wait until the page has drawn or has said why not, and the frame has its height."""
        with self.view():
            self.wait(lambda: self.run("return document.querySelector('main').ariaBusy") != "true")
        self.settle()

    @contextmanager
    def view(self) -> Iterator[None]:
        """Scripts and elements are those of the page of charts, inside its frame."""
        self.browser.switch_to.frame(0)
        try:
            yield
        finally:
            self.browser.switch_to.default_content()

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script where the browser is: on the host's page, or inside ``view``."""
        return self.browser.execute_script(script, *arguments)

    def wait(self, condition: Callable[[], Any]) -> None:
        """Wait until ``condition`` holds."""
        pages.wait_until(self.browser, condition)

    def resize(self, width: int, height: int = 900) -> None:
        """Give the host's page this size in px."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        with self.view():
            self.wait(lambda: self.run("return innerWidth") == width)
        self.settle()

    def use_theme(self, theme: str) -> None:
        """Switch the host to light or dark."""
        ground = GROUNDS[theme]
        self.run(
            "document.documentElement.style.colorScheme = arguments[0];"
            "document.body.style.background = arguments[1]",
            *(theme, ground),
        )
        self.send("ui/notifications/host-context-changed", {"theme": theme})
        self.wait_for_theme(theme)
        self.settle()

    def wait_for_theme(self, theme: str) -> None:
        """Wait until the page has taken over the theme, and with it all of the host's context."""
        with self.view():
            self.wait(lambda: self.run("return document.documentElement.dataset.theme") == theme)

    def settle(self) -> None:
        """Wait until the page has drawn, reported its height, and the frame has it."""
        with self.view():
            pages.let_it_draw(self.browser)
        self.wait(self._has_its_height)

    def _has_its_height(self) -> bool:
        own = "return Math.ceil(document.querySelector('main').getBoundingClientRect().height)"
        with self.view():
            drawn: float = self.run(own)
        return bool(abs(self.run("return view.clientHeight") - drawn) <= 1)

    def send(self, method: str, params: Any = None, number: int | None = None) -> None:
        """Send a notification, or the request ``number``, to the page."""
        message = {"method": method, "params": params or {}}
        if number is not None:
            message["id"] = number
        self.run("send(arguments[0])", message)

    @property
    def messages(self) -> list[Any]:
        """What the page has sent; only outside of ``view``."""
        sent: list[Any] = self.run("return messages")
        return sent

    def sent(self, method: str) -> list[Any]:
        """The parameters of the messages of a method."""
        return [one.get("params") for one in self.messages if one.get("method") == method]


def result_of(chart: Chart) -> dict[str, Any]:
    """A result of ``show_chart`` as far as the page reads it."""
    return {"content": [], "_meta": {CHART_KEY: chart.to_json()}}


@contextmanager
def strict_host(browser: Chrome, page: str) -> Iterator[StrictHost]:
    """Serve the host until the block ends. ``page``: the document of the MCP App."""
    shell = (Path(__file__).parent / "strict_host.html").read_bytes()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/view":
                self.reply(page.encode(), "text/html; charset=utf-8", POLICY)
            else:
                self.reply(shell, "text/html; charset=utf-8")

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            result = host.call(request["name"], request["arguments"])
            self.reply(json.dumps(result).encode(), "application/json")

        def reply(self, body: bytes, media: str, policy: str = "") -> None:
            self.send_response(200)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(body)))
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ClosingServer(("127.0.0.1", 0), Handler)
    host = StrictHost(browser, f"http://127.0.0.1:{server.server_address[1]}/")
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()


@cache
def _definitions() -> dict[str, Any]:
    schema = json.loads((package(SCHEMA) / "dist/src/generated/schema.json").read_text("utf-8"))
    definitions: dict[str, Any] = schema["$defs"]
    return definitions


def check_message(message: Any) -> None:
    """Check a message of the page against the schema of MCP Apps; of MCP itself, its envelope."""
    assert message["jsonrpc"] == "2.0"
    if "method" not in message:
        assert isinstance(message["id"], int) and ("result" in message) != ("error" in message)
        return
    by_method = {
        one["properties"]["method"]["const"]: one
        for one in _definitions().values()
        if "const" in one.get("properties", {}).get("method", {})
    }
    if message["method"] == "tools/call":
        assert set(message["params"]) == {"name", "arguments"}
        return
    content = {name: value for name, value in message.items() if name not in ("jsonrpc", "id")}
    jsonschema.Draft202012Validator(by_method[message["method"]]).validate(content)
