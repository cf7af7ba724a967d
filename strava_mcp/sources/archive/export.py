"""Strava's export as it was downloaded: a zip, or the folder that somebody unpacked.

Nothing is ever unpacked to disk, and a name is only looked up in the list of what is there, so that
a name such as ``../../.bashrc`` leads nowhere.
"""

import stat
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path, PurePosixPath
from typing import IO

from strava_mcp.recordings.recording import CorruptFile

CATALOG = "activities.csv"
#: A catalog of 50,000 activities has about 50 MB, a recording of a day a few.
MAX_CATALOG_BYTES = 256 << 20
MAX_FILE_BYTES = 64 << 20


class NotAnExport(ValueError):
    """What was given is no export of Strava; the text says what to do."""


class Export(ABC):
    """The files of an export by their names within it, the folder of activities.csv being its root.

    ``name``: what the user gave, without its folder.
    """

    def __init__(self, name: str, paths: Iterable[str]) -> None:
        self.name = name
        found = {path for path in paths if _is_plain(path)}
        catalogs = [path for path in found if PurePosixPath(path).name == CATALOG]
        if not catalogs:
            raise NotAnExport(
                f"{name} has no {CATALOG}: give the zip that Strava sent, or its folder unpacked."
            )
        catalog = min(catalogs, key=lambda path: (path.count("/"), path))
        self._root = catalog.removesuffix(CATALOG)
        start = len(self._root)
        self.names = {path[start:] for path in found if path.startswith(self._root)}
        self._by_stem = {_stem(path): path for path in sorted(self.names, reverse=True)}

    def __enter__(self) -> "Export":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def find(self, name: str) -> str | None:
        """The file that a row of the catalog means: renamed or packed otherwise, it is the same."""
        return name if name in self.names else self._by_stem.get(_stem(name))

    def open(self, name: str, most: int) -> AbstractContextManager[IO[bytes]]:
        """A file of at most ``most`` bytes to read. Raises CorruptFile."""
        if self.size(name) > most:
            raise CorruptFile(f"it has more than {most >> 20} MB")
        try:
            return self._open(self._root + name)
        except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as exc:
            raise CorruptFile(_why(exc)) from exc

    def read(self, name: str, most: int = MAX_FILE_BYTES) -> bytes:
        """A whole file. Raises CorruptFile."""
        with self.open(name, most) as file:
            try:
                content = file.read(most + 1)
            except (OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError) as exc:
                raise CorruptFile(_why(exc)) from exc
        if len(content) > most:
            raise CorruptFile(f"it has more than {most >> 20} MB")
        return content

    @abstractmethod
    def size(self, name: str) -> int:
        """Bytes of a file once it is unpacked."""

    @abstractmethod
    def stamp(self, name: str) -> str:
        """What changes when the file does."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the zip."""

    @abstractmethod
    def _open(self, path: str) -> AbstractContextManager[IO[bytes]]:
        """Open a file by its whole name."""


class ZipExport(Export):
    """The zip as it was downloaded; it is read where it is."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except zipfile.BadZipFile as exc:
            raise NotAnExport(
                f"{path.name} is no complete zip ({exc}): download it again from Strava."
            ) from exc
        members = [info for info in self._zip.infolist() if not info.is_dir()]
        super().__init__(path.name, [info.filename for info in members])
        if self._zip.getinfo(self._root + CATALOG).flag_bits & 1:
            raise NotAnExport(f"{path.name} is encrypted: unpack it and give the folder.")

    def size(self, name: str) -> int:
        return self._zip.getinfo(self._root + name).file_size

    def stamp(self, name: str) -> str:
        info = self._zip.getinfo(self._root + name)
        return f"{info.file_size}-{info.CRC:08x}"

    def close(self) -> None:
        self._zip.close()

    def _open(self, path: str) -> AbstractContextManager[IO[bytes]]:
        return self._zip.open(path)


class FolderExport(Export):
    """An export that was unpacked. Links in it are not followed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        files = (item for item in path.rglob("*") if stat.S_ISREG(item.lstat().st_mode))
        super().__init__(path.name, [item.relative_to(path).as_posix() for item in files])

    def size(self, name: str) -> int:
        return (self._path / self._root / name).stat().st_size

    def stamp(self, name: str) -> str:
        """By its content, as a zip's: the time of a file tells when it was unpacked."""
        crc = 0
        with (self._path / self._root / name).open("rb") as file:
            while part := file.read(1 << 20):
                crc = zlib.crc32(part, crc)
        return f"{self.size(name)}-{crc:08x}"

    def close(self) -> None:
        """Nothing is open."""

    def _open(self, path: str) -> AbstractContextManager[IO[bytes]]:
        return (self._path / path).open("rb")


def open_export(path: Path) -> Export:
    """The export at ``path``. Raises NotAnExport."""
    try:
        if path.is_dir():
            return FolderExport(path)
        if path.name == CATALOG:
            raise NotAnExport(f"{CATALOG} is a part of an export: give the folder that it is in.")
        return ZipExport(path)
    except OSError as exc:
        raise NotAnExport(f"{path.name} cannot be opened: {exc.strerror or exc}.") from exc


def _is_plain(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return not path.startswith("/") and ".." not in parts and "\\" not in path


def _stem(path: str) -> str:
    """A name without what tells its format."""
    bare = PurePosixPath(path)
    return str(bare.parent / bare.name.partition(".")[0])


def _why(exc: BaseException) -> str:
    text = str(exc)
    return "it is encrypted" if "password" in text or "encrypted" in text else f"{text or 'broken'}"
