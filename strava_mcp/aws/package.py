"""The zip that Lambda runs: byte code added, and a look whether all is as it should be.

Zappa leaves byte code out, and ``/var/task`` cannot be written, so that every cold start would
compile everything again.
"""

import compileall
import io
import os
import struct
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path, PurePosixPath
from py_compile import PycInvalidationMode

MAX_BYTES = 15 << 20
ROOT = "/var/task"
WRAPPER = "strava_mcp/aws/stream.sh"
NEEDED = (
    *("wsgi.py", "strava_mcp/app.py", "strava_mcp/aws/lambda_handler.py", WRAPPER),
    *("strava_mcp/web/templates/consent.html", "strava_mcp/tools/catalogue.json"),
    *("flask/__init__.py", "authlib/__init__.py"),
)
#: Secrets, and what only a developer or an import needs. boto3 comes with Lambda's runtime.
UNWANTED = (
    *(".env", "instance/", ".git/", ".ci/", "tests/", "zappa_settings.json"),
    *("boto3/", "botocore/", "pytest/", "_pytest/", "pip/", "setuptools/", "zappa/", "moto/"),
    *("mypy/", "black/", "selenium/", "hypothesis/"),
    *("garmin_fit_sdk/", "gpxpy/", "defusedxml/", "tzfpy/"),
)
#: e_machine of ELF files (System V ABI).
MACHINES = {"x86_64": 62, "arm64": 183}
EPOCH = (1980, 1, 1, 0, 0, 0)


def add_bytecode(path: Path) -> int:
    """Compile every module in the zip with this Python and add the result; how many.

    The files are hash-based and unchecked (PEP 552): entries of a zip carry no usable time, so that
    byte code with the time of its source, which Zappa may pack, would be thrown away at each start.
    """
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(path) as archive:
            entries = [item for item in archive.infolist() if not item.is_dir()]
            kept = [item for item in entries if not item.filename.endswith(".pyc")]
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
    """What is wrong with a package; empty where nothing is. ``tag``: of the byte code."""
    with zipfile.ZipFile(path) as archive:
        return list(
            _problems(archive, path, architecture, tag or str(sys.implementation.cache_tag))
        )


def _problems(archive: zipfile.ZipFile, path: Path, architecture: str, tag: str) -> Iterator[str]:
    names = set(archive.namelist())
    for name in NEEDED:
        if name not in names:
            yield f"{name} is missing."
    for name in UNWANTED:
        found = [one for one in names if one == name or (name[-1] == "/" and one.startswith(name))]
        if found:
            yield f"{name} must not be in it ({len(found)} files)."
    # Zappa leaves an empty __init__.py even where byte code lives.
    modules = {name for name in names if name.endswith(".py") and "__pycache__/" not in name}
    bare = [name for name in modules if _compiled(name, tag) not in names]
    # Flags of PEP 552: 1 is hash-based and unchecked.
    timed = [n for n in names if n.endswith(".pyc") and archive.read(n)[4:8] != b"\1\0\0\0"]
    if timed:
        yield f"{len(timed)} files of byte code go by a time that no zip keeps: {min(timed)}."
    if bare:
        yield f"{len(bare)} modules have no byte code of {tag}: {min(bare)} and so on."
    if WRAPPER in names and not archive.getinfo(WRAPPER).external_attr >> 16 & 0o111:
        yield f"{WRAPPER} cannot be run."
    for name in sorted(names):
        if name.endswith(".so") or ".so." in name:
            yield from _machine(archive.read(name)[:20], name, architecture)
    if os.path.getsize(path) > MAX_BYTES:
        yield f"It has {os.path.getsize(path) / (1 << 20):.1f} MiB, and may have 15."


def _compiled(name: str, tag: str) -> str:
    module = PurePosixPath(name)
    return str(module.parent / "__pycache__" / f"{module.stem}.{tag}.pyc")


def _machine(head: bytes, name: str, architecture: str) -> Iterator[str]:
    if head[:4] == b"\x7fELF" and struct.unpack("<H", head[18:20])[0] != MACHINES[architecture]:
        yield f"{name} is not for {architecture}: build on a machine of that architecture."
