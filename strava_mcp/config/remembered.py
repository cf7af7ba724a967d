"""Settings that commands remember in the data folder, such as the source after an import.

They count only where no other place sets them, so a line in ``.env`` always wins.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from strava_mcp import data_folder

FILE = "settings.json"
#: The name of this place among those that settings come from.
PLACE = "data folder"


def read(folder: Path, problems: list[str]) -> dict[str, str]:
    """Return the remembered settings by name; an unreadable file is appended to ``problems``."""
    try:
        content = json.loads(data_folder.read(folder, FILE) or "{}")
        if isinstance(content, dict) and all(isinstance(v, str) for v in content.values()):
            return content
    except (OSError, ValueError):
        pass
    problems.append(
        f"{folder / FILE} must be a JSON object of strings; fix it or delete it "
        "(commands write it again)."
    )
    return {}


def remember(folder: Path, settings: Mapping[str, str]) -> None:
    """Add ``settings`` to those remembered in ``folder``. Raises OSError."""
    values = read(folder, [])
    data_folder.replace(folder, FILE, json.dumps({**values, **settings}, indent=2))


def forget(folder: Path, name: str) -> bool:
    """Remove the setting ``name`` from those remembered in ``folder``; False if it is not there.

    Raises OSError.
    """
    values = read(folder, [])
    if values.pop(name, None) is None:
        return False
    data_folder.replace(folder, FILE, json.dumps(values, indent=2))
    return True
