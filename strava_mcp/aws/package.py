"""Adds bytecode to the deployment package and validates it.

Zappa packs no bytecode, and ``/var/task`` is read-only, so every cold start would compile every
module again.
"""

import compileall
import io
import os
import struct
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Container, Iterator
from contextlib import redirect_stdout
from pathlib import Path, PurePosixPath
from py_compile import PycInvalidationMode

MAX_BYTES = 15 << 20
ROOT = "/var/task"
WRAPPER = "strava_mcp/aws/stream.sh"
REQUIRED = (
    *("wsgi.py", "strava_mcp/app.py", "strava_mcp/aws/lambda_handler.py", WRAPPER),
    *("strava_mcp/web/templates/consent.html", "strava_mcp/tools/catalogue.json"),
    *("strava_mcp/charts/rules.json", "strava_mcp/charts/fonts/widths.json"),
    *("strava_mcp/charts/fonts/inter-400.ttf", "strava_mcp/charts/fonts/inter-600.ttf"),
    *("flask/__init__.py", "authlib/__init__.py", "resvg_py/__init__.py"),
)
#: Secrets, and what only development or an import needs. Lambda's runtime brings boto3.
FORBIDDEN = (
    *(".env", "instance/", ".git/", ".ci/", "tests/", "zappa_settings.json"),
    *("boto3/", "botocore/", "pytest/", "_pytest/", "pip/", "setuptools/", "zappa/", "moto/"),
    *("mypy/", "black/", "selenium/", "hypothesis/"),
    "strava_mcp/charts/examples/",
    *("garmin_fit_sdk/", "gpxpy/", "defusedxml/", "tzfpy/"),
)
#: e_machine of ELF files (System V ABI).
MACHINES = {"x86_64": 62, "arm64": 183}
EPOCH = (1980, 1, 1, 0, 0, 0)


def add_bytecode(path: Path, kept_names: Container[str]) -> int:
    """Compile every module in the zip with this Python; returns how many.

    Only files below ``kept_names``, the names at its top, stay in the zip.

    The bytecode is hash-based and unchecked (PEP 552): zip entries have no reliable timestamp, so
    Python would reject timestamp-based bytecode, which Zappa may pack, at every start.
    """
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(path) as archive:
            entries = [item for item in archive.infolist() if not item.is_dir()]
            kept = [
                item
                for item in entries
                if item.filename.partition("/")[0] in kept_names
                and not item.filename.endswith(".pyc")
            ]
            archive.extractall(folder, kept)
        with redirect_stdout(io.StringIO()):
            compileall.compile_dir(
                folder,
                quiet=2,
                stripdir=folder,
                prependdir=ROOT,
                invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
            )
        compiled = sorted(Path(folder).rglob("*.pyc"))
        draft = path.with_suffix(".draft")
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for item in kept:
                archive.writestr(item, (Path(folder) / item.filename).read_bytes())
            for file in compiled:
                entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), EPOCH)
                entry.external_attr = 0o644 << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, file.read_bytes())
        draft.replace(path)
    return len(compiled)


def check(path: Path, architecture: str = "x86_64", tag: str | None = None) -> list[str]:
    """List the problems of a package. ``tag``: cache tag of its Python, such as ``cpython-312``."""
    tag = tag or str(sys.implementation.cache_tag)
    with zipfile.ZipFile(path) as archive:
        return list(_problems(archive, path, architecture, tag))


def _problems(archive: zipfile.ZipFile, path: Path, architecture: str, tag: str) -> Iterator[str]:
    names = set(archive.namelist())
    for name in REQUIRED:
        if name not in names:
            yield f"{name} is missing."
    for name in FORBIDDEN:
        is_folder = name.endswith("/")
        matches = [n for n in names if n == name or (is_folder and n.startswith(name))]
        if matches:
            yield f"{name} must not be in it ({len(matches)} files)."
    # Zappa adds an empty __init__.py even to __pycache__ folders.
    modules = {name for name in names if name.endswith(".py") and "__pycache__/" not in name}
    uncompiled = [name for name in modules if _bytecode_path(name, tag) not in names]
    # Flags of PEP 552: 1 is hash-based and unchecked.
    timestamped = [n for n in names if n.endswith(".pyc") and archive.read(n)[4:8] != b"\1\0\0\0"]
    if timestamped:
        count = len(timestamped)
        first = min(timestamped)
        yield f"{count} bytecode files depend on a timestamp, which a zip loses: {first}."
    if uncompiled:
        yield f"{len(uncompiled)} modules have no bytecode for {tag}: {min(uncompiled)} and others."
    if WRAPPER in names and not archive.getinfo(WRAPPER).external_attr >> 16 & 0o111:
        yield f"{WRAPPER} is not executable."
    for name in sorted(names):
        if name.endswith(".so") or ".so." in name:
            yield from _machine_problems(archive.read(name)[:20], name, architecture)
    if os.path.getsize(path) > MAX_BYTES:
        size_mib = os.path.getsize(path) / (1 << 20)
        yield (
            f"It is {size_mib:.1f} MiB; the maximum is {MAX_BYTES >> 20} MiB. "
            f"The largest parts: {_largest_parts(archive)}."
        )


def _largest_parts(archive: zipfile.ZipFile, count: int = 5) -> str:
    """The names at the top with the most compressed bytes, and how much each has."""
    sizes: Counter[str] = Counter()
    for item in archive.infolist():
        sizes[item.filename.partition("/")[0]] += item.compress_size
    return ", ".join(
        f"{name} {size / (1 << 20):.1f} MiB" for name, size in sizes.most_common(count)
    )


def _bytecode_path(name: str, tag: str) -> str:
    module = PurePosixPath(name)
    return str(module.parent / "__pycache__" / f"{module.stem}.{tag}.pyc")


def _machine_problems(head: bytes, name: str, architecture: str) -> Iterator[str]:
    if head[:4] == b"\x7fELF" and struct.unpack("<H", head[18:20])[0] != MACHINES[architecture]:
        yield f"{name} is not for {architecture}: build on a machine with that architecture."
