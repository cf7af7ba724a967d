"""The pages of links: uploading a file, what is wrong with one, and a link that was used."""

from pathlib import Path
from typing import Any

import pytest
import requests
from selenium.webdriver import Chrome

from tests.browser.conftest import DESKTOP, PHONE, Open, picture
from tests.browser.pages import (
    check_accessible,
    check_layout,
    check_text,
    submit,
    type_in,
)
from tests.node import package
from tests.season_day import SEASON_APP
from tests.servers import flask_run, free_port, running
from tests.tools.test_uploads import gpx
from tests.web.conftest import TOKEN


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder, port = tmp_path_factory.mktemp("links"), free_port()
    env = {"STRAVA_MCP_HOME": str(folder / "home"), "AUTH_TOKEN": TOKEN, "RATE_LIMIT": "100000"}
    with running(flask_run(port, SEASON_APP), port, folder / "server.log", env) as base:
        yield base


def upload_link(server: str) -> str:
    """Ask the tool for a link, as an app does."""
    call = {"name": "create_upload", "arguments": {}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    reply = requests.post(f"{server}/mcp", json=message, headers=headers, timeout=60).json()
    link: str = reply["result"]["structuredContent"]["upload_link"]
    return link


def choose(browser: Chrome, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    type_in(browser, "#file", str(file))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size, name", [(DESKTOP, "desktop"), (PHONE, "phone")])
def test_uploading_a_recording(
    open_browser: Open, server: str, tmp_path: Path, size: tuple[int, int], name: str, dark: bool
) -> None:
    package("axe-core")
    browser = open_browser(size, dark)
    look = f"{name}-{'dark' if dark else 'light'}"

    def check(page: str) -> None:
        check_layout(browser)
        check_accessible(browser)
        check_text(browser, server)  # the page names its server
        picture(browser, f"{page}-{look}")

    link = upload_link(server)
    browser.get(link)
    check_text(browser, "The link works for one file")
    check("upload")
    choose(browser, tmp_path / "notes.txt", b"no recording")
    submit(browser, "Upload")
    check_text(browser, "This is no FIT, TCX or GPX file. Nothing was uploaded.")
    check("upload-refused")
    minutes = 20 + 2 * (size == PHONE) + dark  # each time another recording
    choose(browser, tmp_path / "run.gpx", gpx(minutes))
    submit(browser, "Upload")
    check_text(browser, "Strava has the file")
    check("uploaded")
    browser.get(link)
    check_text(browser, "This link does not work")
    check("link-used")
    browser.get(f"{server}/download/smcp_link_unknown")
    check_text(browser, "This link does not work")
    check("download-unknown")
