"""``zappa_settings.json``: the file that Zappa deploys by, with one entry per stage."""

import json
from pathlib import Path

import click

from strava_mcp.config import PROJECT_FOLDER
from strava_mcp.json_types import JSON

EXAMPLE = PROJECT_FOLDER / "zappa_settings.example.json"
PATH = Path("zappa_settings.json")
#: Environment variables that only AWS keeps; Zappa would pack ``environment_variables`` into the
#: zip.
VARIABLES = "aws_environment_variables"


def read() -> JSON:
    """Read the settings by stage; empty without a file. Raises ClickException if it is not JSON."""
    return _load(PATH) if PATH.exists() else {}


def example() -> JSON:
    """Read the settings that a new stage starts from."""
    stage: JSON = _load(EXAMPLE)["production"]
    return stage


def stage(name: str) -> JSON:
    """Read the settings of a stage. Raises ClickException if there are none."""
    settings: JSON | None = read().get(name)
    if settings is None:
        raise click.ClickException(f"{PATH} has no stage {name}: run `flask setup` first.")
    return settings


def write(settings: JSON) -> None:
    """Write the file atomically; nobody but its owner can read it at any moment (0600)."""
    # It has the secrets as well: Zappa excludes ``zappa_settings*.json`` from the package.
    draft = PATH.with_suffix(".draft.json")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    try:
        draft.write_text(json.dumps(settings, indent=2) + "\n", "utf-8")
        draft.replace(PATH)
    finally:
        draft.unlink(missing_ok=True)


def _load(path: Path) -> JSON:
    try:
        content: JSON = json.loads(path.read_text("utf-8"))
    except ValueError as exc:
        raise click.ClickException(f"{path} is not JSON: {exc}") from exc
    return content
