"""Virtual environments for clients that cannot be installed beside those of the tests.

``python -m tests.clients.environments`` creates them, which needs the standard library only.
"""

import subprocess
import venv
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "build" / "clients"
INSTALL_S = 300
#: LangChain's adapters, which exclude the 2.x line of the official SDK.
LANGCHAIN = ("langchain-mcp-adapters==0.3.2", "mcp>=1.30,<2")


class NotInstalled(Exception):
    """pip cannot install the packages."""


def python_with(*requirements: str) -> Path:
    """The Python of an environment with these packages, created on the first run.

    Raises NotInstalled.
    """
    name = "_".join("".join(c if c.isalnum() else "-" for c in one) for one in requirements)
    folder = FOLDER / name
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        venv.create(folder, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "--quiet", *requirements]
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_S)
        if done.returncode:
            raise NotInstalled(f"pip cannot install {name}: {done.stderr[-300:]}")
        (folder / "complete").touch()
    return python


if __name__ == "__main__":
    print(python_with(*LANGCHAIN))
