"""The data folder: a place on disk for one person only, and the secrets that are born in it."""

import os
from pathlib import Path


def prepare(home: Path) -> Path:
    """Create ``home`` if need be and close it to everybody else (0700).

    Raises OSError where the folder cannot be made or belongs to somebody else.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if home.stat().st_mode & 0o077:
        home.chmod(0o700)
    return home


def write_new(path: Path, text: str) -> bool:
    """Write a file that only its owner can read (0600), unless it exists already.

    The text appears under its name whole or not at all, so that two processes that start together
    agree on one of the two texts. Returns whether this call wrote it.
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


def secret(home: Path, name: str) -> tuple[str, bool]:
    """The secret called ``name``: 64 hexadecimal characters, 256 random bits, generated once.

    Returns the secret and whether it is new.
    """
    from secrets import token_hex

    path = prepare(home) / name
    new = not path.exists() and write_new(path, token_hex(32) + "\n")
    return path.read_text(encoding="ascii").strip(), new


def read(home: Path, name: str) -> str:
    """What the file called ``name`` holds; empty where there is none."""
    try:
        return (home / name).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def replace(home: Path, name: str, text: str) -> None:
    """Write the file called ``name`` (0600), whatever it held. Raises OSError."""
    draft = prepare(home) / f".{name}.{os.getpid()}"
    draft.touch(mode=0o600)
    try:
        draft.write_text(text + "\n", encoding="utf-8")
        draft.replace(home / name)
    finally:
        draft.unlink(missing_ok=True)
