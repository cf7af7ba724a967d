"""Virtual environments with a part of this environment's packages, created without a network.

``pip install`` would take half a minute to fetch packages that are installed already. Their files
are linked, which takes a second.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

SCRIPT = """#!{python}
import sys
from {module} import {function}
sys.exit({function}())
"""


def requirements_of(path: Path) -> list[str]:
    """Parse a requirements file."""
    lines = (line.partition("#")[0].strip() for line in path.read_text().splitlines())
    return [line for line in lines if line and not line.startswith("-r")]


def create(folder: Path, requirements: Iterable[str]) -> Path:
    """Create an environment with packages and their dependencies. Returns its Python.

    Raises PackageNotFoundError if a package is not installed here, and AssertionError if its
    version does not match.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site_packages = folder / "lib" / version / "site-packages"
    for dist in _closure(requirements):
        _link_files(dist, site_packages)
        for entry in dist.entry_points.select(group="console_scripts"):
            module, _, function = entry.value.partition(":")
            script = folder / "bin" / entry.name
            script.write_text(SCRIPT.format(python=python, module=module, function=function))
            script.chmod(0o755)
    return python


def _closure(requirements: Iterable[str]) -> Iterator[Distribution]:
    """The distributions that satisfy the requirements, and all of their dependencies."""
    seen: set[str] = set()
    pending = [(Requirement(text), "") for text in requirements]
    while pending:
        requirement, extra = pending.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        dist = distribution(requirement.name)
        assert requirement.specifier.contains(dist.version, prereleases=True), requirement
        for wanted in ("", *requirement.extras):
            key = f"{re.sub('[-_.]+', '-', requirement.name).lower()}[{wanted}]"
            if key in seen:
                continue
            seen.add(key)
            pending += [(Requirement(text), wanted) for text in dist.requires or ()]
            if not wanted:
                yield dist


def _link_files(dist: Distribution, site_packages: Path) -> None:
    """Link a distribution's files into another environment."""
    for file in dist.files or ():
        source, target = Path(str(dist.locate_file(file))), site_packages / file
        if ".." in file.parts or not source.exists():
            continue  # scripts and data outside of site-packages; bytecode that was not compiled
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except OSError:  # another file system
            shutil.copy2(source, target)
