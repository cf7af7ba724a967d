"""Virtual environments for clients that cannot be installed beside those of the tests."""

import subprocess
import venv
from pathlib import Path

from tests.conftest import ROOT, require

FOLDER = ROOT / "build" / "clients"
INSTALL_S = 300


def python_with(*requirements: str) -> Path:
    """The Python of an environment with these packages, created on the first run.

    Skips the test where pip cannot install them.
    """
    name = "_".join("".join(c if c.isalnum() else "-" for c in one) for one in requirements)
    folder = FOLDER / name
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        venv.create(folder, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "--quiet", *requirements]
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_S)
        require(done.returncode == 0, f"pip cannot install {name}: {done.stderr[-300:]}")
        (folder / "complete").touch()
    return python
