"""The browser of these tests starts on a machine on which a start fails now and then."""

import shutil
from pathlib import Path

import pytest

from tests.browser.conftest import start_chromium
from tests.conftest import require


@pytest.mark.parametrize("program", ["chromium", "chromedriver"])
def test_a_start_that_fails_is_tried_again(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failed = shutil.which(program), tmp_path / "failed"
    require(real, "needs Chromium: apt-get install chromium chromium-driver")
    script = f'#!/bin/sh\n[ -e {failed} ] && exec {real} "$@"\ntouch {failed}\nexit 1\n'
    (tmp_path / program).write_text(script)
    (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    browser = start_chromium()
    try:
        assert failed.exists() and browser.execute_script("return 1 + 1") == 2
    finally:
        browser.quit()
