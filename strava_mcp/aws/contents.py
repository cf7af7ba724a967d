"""What the deployment package contains: the server and what it imports on Lambda, nothing else.

Zappa packs whatever lies in the project's folder and is installed in its environment. Names that
are excluded here are left out at any depth (``shutil.ignore_patterns``), so a name that a needed
package uses as well is not excluded.
"""

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

PROJECT = ("strava_mcp", "wsgi.py")
#: What Zappa itself writes into the package.
ZAPPA = ("handler.py", "package_info.json", "zappa_settings.py")
#: Of the server, but for the README only.
NOT_ON_LAMBDA = {"examples"}
#: Left out although needed packages have files of these names.
NEVER = {"tests", "README.md", "LICENSE", "__pycache__"}
#: The requirements that the server imports on Lambda, whose runtime brings boto3.
REQUIREMENTS = (
    "flask",
    "authlib",
    "cryptography",
    "itsdangerous",
    "requests",
    "marshmallow",
    "resvg-py",
)


def select(cli: Any) -> None:
    """Have Zappa pack only what is needed. ``cli``: Zappa's command line."""
    needed = list(closure(REQUIREMENTS))
    within = {part for dist in needed for file in dist.files or () for part in file.parts}
    within |= {file.name for file in Path("strava_mcp").rglob("*")}
    within -= NEVER
    names = {file.name for file in Path.cwd().iterdir()} | set(_installed(cli))
    excluded = names - set(PROJECT) - top_level_names(needed) - within
    own = cli.stage_config.get("exclude", [])
    cli.override_stage_config_setting("exclude", sorted({*own, *excluded, *NOT_ON_LAMBDA}))
    # Zappa would ask PyPI for a wheel of each installed package, also of those left out.
    versions = {_key(dist.name): dist.version for dist in needed}
    cli.zappa.get_installed_packages = lambda *_: versions


def top_level_names(needed: Iterable[Distribution] | None = None) -> set[str]:
    """The names at the top of the package. ``needed``: by default those of REQUIREMENTS."""
    dists = closure(REQUIREMENTS) if needed is None else needed
    installed = {file.parts[0] for dist in dists for file in dist.files or ()} - {".."}
    return {*PROJECT, *ZAPPA, *installed}


def closure(requirements: Iterable[str]) -> Iterator[Distribution]:
    """Yield the installed distributions of these names, and all that they depend on."""
    from packaging.requirements import Requirement

    seen: set[str] = set()
    pending = list(requirements)
    while pending:
        name = pending.pop()
        if _key(name) in seen:
            continue
        seen.add(_key(name))
        dist = distribution(name)
        yield dist
        for text in dist.requires or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                pending.append(requirement.name)


def _key(name: str) -> str:
    """A distribution's normalized name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _installed(cli: Any) -> Iterator[str]:
    """The names in the environment's site-packages."""
    environment = Path(str(cli.zappa.get_current_venv()))
    for pattern in ("lib/python*/site-packages", "Lib/site-packages"):
        for folder in environment.glob(pattern):
            yield from (file.name for file in folder.iterdir())
