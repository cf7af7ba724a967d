"""The data folder (0700) and the secrets generated in it."""

import os
from pathlib import Path


def prepare(folder: Path) -> Path:
    """Create ``folder`` if it is missing and restrict it to its owner (0700).

    Raises OSError if that is not possible, as for a folder of another user.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return folder


def write_new(path: Path, text: str) -> bool:
    """Write a file that only its owner can read (0600); False if it exists already.

    The file appears atomically, so processes that start at the same time agree on one content.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def get_or_create_secret(folder: Path, name: str) -> str:
    """Read the secret ``name``, or generate it: 64 hexadecimal characters (256 random bits).

    Raises OSError.
    """
    from secrets import token_hex

    path = prepare(folder) / name
    if not path.exists():
        write_new(path, token_hex(32) + "\n")
    return path.read_text(encoding="ascii").strip()


def read(folder: Path, name: str) -> str:
    """Read the file ``name``, stripped; empty if it does not exist."""
    try:
        return (folder / name).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def replace(folder: Path, name: str, text: str) -> None:
    """Write the file ``name`` (0600) atomically, replacing any previous one. Raises OSError."""
    draft = prepare(folder) / f".{name}.{os.getpid()}"
    draft.touch(mode=0o600)
    try:
        draft.write_text(text + "\n", encoding="utf-8")
        draft.replace(folder / name)
    finally:
        draft.unlink(missing_ok=True)
