"""Strava's export: the zip that was downloaded, or the folder it was unpacked into.

Nothing is unpacked to disk. Path traversal is impossible: names are only looked up in the export's
own listing.
"""

import io
import stat
import struct
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path, PurePosixPath
from typing import IO

from strava_mcp.recordings.recording import CorruptFile

CATALOG = "activities.csv"
#: A catalog of 50,000 activities takes about 50 MB, the recording of a day a few.
MAX_CATALOG_BYTES = 64 << 20
MAX_FILE_BYTES = 64 << 20
#: The list of files in a zip, which is read at once: 5 MB with 50,000 activities.
MAX_DIRECTORY_BYTES = 16 << 20
#: Methods of compression that are read in steps of a bounded size. Strava uses no others.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: What the standard library raises for damaged zips and files.
DAMAGE = (
    *(OSError, EOFError, RuntimeError, ValueError, struct.error),
    *(zipfile.BadZipFile, zlib.error),
)


class NotAnExport(ValueError):
    """The path is not an export of Strava; the message says what to do."""


class Export(ABC):
    """The files of an export. Their names are relative to the folder of activities.csv.

    ``name``: of the zip or folder.
    """

    def __init__(self, name: str, paths: Iterable[str]) -> None:
        self.name = name
        safe = {path for path in paths if _is_safe(path)}
        catalogs = [path for path in safe if PurePosixPath(path).name == CATALOG]
        if not catalogs:
            raise NotAnExport(
                f"{name} has no {CATALOG}: give the zip that Strava sent, or its folder unpacked."
            )
        catalog = min(catalogs, key=lambda path: (path.count("/"), path))
        self._root = catalog.removesuffix(CATALOG)
        start = len(self._root)
        self.names = {path[start:] for path in safe if path.startswith(self._root)}
        self._by_stem = {_stem(path): path for path in sorted(self.names, reverse=True)}

    def __enter__(self) -> "Export":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def find(self, name: str) -> str | None:
        """Return the file that a row names, even with another extension; None if missing."""
        return name if name in self.names else self._by_stem.get(_stem(name))

    def open(self, name: str, max_bytes: int) -> AbstractContextManager[IO[bytes]]:
        """Open a file for reading. Raises CorruptFile, also if it is larger than allowed."""
        if self.size(name) > max_bytes:
            raise CorruptFile(f"it has more than {max_bytes >> 20} MB")
        try:
            return self._open(self._root + name)
        except DAMAGE as exc:
            raise CorruptFile(_reason(exc)) from exc

    def read(self, name: str, max_bytes: int = MAX_FILE_BYTES) -> bytes:
        """Read a whole file. Raises CorruptFile, also if it is larger than allowed."""
        with self.open(name, max_bytes) as file:
            try:
                content = file.read(max_bytes + 1)
            except DAMAGE as exc:
                raise CorruptFile(_reason(exc)) from exc
        if len(content) > max_bytes:
            raise CorruptFile(f"it has more than {max_bytes >> 20} MB")
        return content

    @abstractmethod
    def size(self, name: str) -> int:
        """Return the size of a file in bytes, uncompressed."""

    @abstractmethod
    def checksum(self, name: str) -> str:
        """Return a text that changes when the content of the file does: its size and CRC-32."""

    @abstractmethod
    def close(self) -> None:
        """Close the zip."""

    @abstractmethod
    def _open(self, path: str) -> AbstractContextManager[IO[bytes]]:
        """Open a file by its full path."""


class _ZipFile(io.BufferedReader):
    """A zip for ``zipfile``, which reads the list of all files at once, however long it is."""

    def __init__(self, path: Path) -> None:
        super().__init__(io.FileIO(path))
        self._name = path.name
        self.is_listed = False

    def read(self, size: int | None = -1, /) -> bytes:
        if not self.is_listed and (size or 0) > MAX_DIRECTORY_BYTES:
            raise NotAnExport(
                f"{self._name} lists more files than any export: give the zip that Strava sent."
            )
        return super().read(size)


class ZipExport(Export):
    """The zip as it was downloaded."""

    def __init__(self, path: Path) -> None:
        self._file = _ZipFile(path)
        try:
            self._list(path)
        except BaseException:
            self._file.close()
            raise

    def _list(self, path: Path) -> None:
        """Read the list of files. Raises NotAnExport."""
        try:
            self._zip = zipfile.ZipFile(self._file)
        except NotAnExport:
            raise
        except DAMAGE as exc:
            raise NotAnExport(
                f"{path.name} is not a complete zip ({exc}): download it again from Strava."
            ) from exc
        self._file.is_listed = True
        members = [info for info in self._zip.infolist() if not info.is_dir()]
        Export.__init__(self, path.name, [info.filename for info in members])
        if self._zip.getinfo(self._root + CATALOG).flag_bits & 1:
            raise NotAnExport(f"{path.name} is encrypted: unpack it and give the folder.")

    def size(self, name: str) -> int:
        return self._zip.getinfo(self._root + name).file_size

    def checksum(self, name: str) -> str:
        info = self._zip.getinfo(self._root + name)
        return f"{info.file_size}-{info.CRC:08x}"

    def close(self) -> None:
        self._zip.close()
        self._file.close()

    def _open(self, path: str) -> AbstractContextManager[IO[bytes]]:
        if self._zip.getinfo(path).compress_type not in METHODS:
            raise NotImplementedError("it is compressed in a way that Strava does not use")
        return self._zip.open(path)


class FolderExport(Export):
    """An unpacked export. Symbolic links are not followed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._checksums: dict[str, str] = {}
        files = (item for item in path.rglob("*") if stat.S_ISREG(item.lstat().st_mode))
        super().__init__(path.name, [item.relative_to(path).as_posix() for item in files])

    def size(self, name: str) -> int:
        return (self._path / self._root / name).stat().st_size

    def checksum(self, name: str) -> str:
        if name not in self._checksums:
            self._checksums[name] = f"{self.size(name)}-{self._crc(name):08x}"
        return self._checksums[name]

    def _crc(self, name: str) -> int:
        """Compute the CRC-32 of a file; 0 if it is larger than what is read of any."""
        crc = 0
        if self.size(name) <= MAX_FILE_BYTES:
            with (self._path / self._root / name).open("rb") as file:
                while part := file.read(1 << 20):
                    crc = zlib.crc32(part, crc)
        return crc

    def close(self) -> None:
        """No-op: no file stays open."""

    def _open(self, path: str) -> AbstractContextManager[IO[bytes]]:
        return (self._path / path).open("rb")


def open_export(path: Path) -> Export:
    """Open the export at ``path``. Raises NotAnExport."""
    try:
        if path.is_dir():
            return FolderExport(path)
        if path.name == CATALOG:
            raise NotAnExport(f"{CATALOG} is a part of an export: give the folder that it is in.")
        return ZipExport(path)
    except OSError as exc:
        raise NotAnExport(f"{path.name} cannot be opened: {exc.strerror or exc}.") from exc


def _is_safe(path: str) -> bool:
    """Whether the path stays within the export."""
    parts = PurePosixPath(path).parts
    return not path.startswith("/") and ".." not in parts and "\\" not in path


def _stem(path: str) -> str:
    """Return a path without its extensions."""
    bare = PurePosixPath(path)
    return str(bare.parent / bare.name.partition(".")[0])


def _reason(exc: BaseException) -> str:
    text = str(exc)
    return "it is encrypted" if "password" in text or "encrypted" in text else f"{text or 'broken'}"
