"""The MCP Inspector's host of apps, in a browser."""

import base64
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.browser import pages
from tests.node import node, package
from tests.servers import free_port, running

TOKEN = "inspector"

#: The page has drawn, and its frame has the height that it has reported.
HAS_DRAWN = """
const page = document.querySelector('main[aria-busy="false"]');
return page && Math.abs(innerHeight - page.getBoundingClientRect().height) <= 2;
"""


class Inspector:
    """A running Inspector. ``base``: its address; ``server``: that of the server it shows."""

    def __init__(self, base: str, server: str, browser: Chrome) -> None:
        self.base, self.server, self.browser = base, server, browser

    def open(self, **arguments: Any) -> None:
        """Connect to the server, call ``show_chart``, and open its page."""
        text = base64.urlsafe_b64encode(json.dumps(arguments).encode()).decode().rstrip("=")
        query = {"serverUrl": self.server, "transport": "http", "autoConnect": TOKEN}
        query |= {"openApp": "show_chart", "appArgs": text, "autoOpen": TOKEN}
        self.browser.get(f"{self.base}/?{urlencode(query)}")
        pages.wait_for(self.browser, '[data-testid="connection-status"][data-status="connected"]')

    def enter_view(self) -> None:
        """Scripts and elements are those of the page of charts from now on, once it has drawn."""
        pages.wait_until(self.browser, self._has_entered)

    def _has_entered(self) -> bool:
        self.browser.switch_to.default_content()
        for _ in range(2):  # the frame of the host's sandbox, and in it that of the page
            self.browser.switch_to.frame(self.browser.find_element(By.TAG_NAME, "iframe"))
        return bool(self.browser.execute_script(HAS_DRAWN))


@contextmanager
def inspector(browser: Chrome, server: str, folder: Path) -> Iterator[Inspector]:
    """Run the Inspector until the block ends. ``server``: an endpoint that needs no token."""
    port, sandbox = free_port(), free_port()
    launcher = package("@modelcontextprotocol/inspector") / "clients/launcher/build/index.js"
    env = {
        "HOST": "127.0.0.1",
        "CLIENT_PORT": str(port),
        "MCP_SANDBOX_PORT": str(sandbox),
        "MCP_AUTO_OPEN_ENABLED": "false",
        "MCP_INSPECTOR_API_TOKEN": TOKEN,
        "HOME": str(folder),
        "PATH": f"{node().parent}{os.pathsep}{os.environ['PATH']}",
    }
    with running(
        [str(node()), str(launcher), "--web"], port, folder / "inspector.log", env
    ) as base:
        yield Inspector(base, server, browser)
