"""Damaging exports. Each function writes a damaged copy beside the zip, which stays unchanged."""

import copy
import csv
import io
import stat
import struct
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from tests.sources.archive.maker import member

Rows = list[list[str]]

CATALOG = "activities.csv"
FILE_COLUMNS = ("Filename", "Dateiname", "filename")
#: Names outside of an export, used as members and in rows.
TRICKS = (
    "../../etc/passwd",
    "/absolute.gpx",
    "C:\\Windows\\drive.gpx",
    "activities/../../above.gpx",
    "activities/link.gpx",
)
LINK, LINK_TARGET = "activities/link.gpx", "/etc/passwd"
#: The content of these members, which must never be written anywhere.
BAIT = b"bait"
BLOCK = 1 << 20


def truncated(path: Path, share: float = 0.6) -> Path:
    """Keep only the first part of the bytes, as after an interrupted download."""
    data = path.read_bytes()
    return _beside(path, "truncated", data[: int(len(data) * share)])


def encrypted(path: Path) -> Path:
    """Set the flag of encrypted members (bit 0); none is really encrypted."""
    data = bytearray(path.read_bytes())
    with ZipFile(path) as archive:
        at = archive.start_dir
        for info in archive.infolist():
            data[info.header_offset + 6] |= 1
            data[at + 8] |= 1
            at += 46 + sum(struct.unpack_from("<3H", data, at + 28))  # name, extra field, comment
    return _beside(path, "encrypted", bytes(data))


def with_member_replaced(path: Path, name: str, data: bytes) -> Path:
    """Replace the content of one member, or add it."""
    with _copied(path, "replaced", without=(name,)) as (copy, archive):
        archive.writestr(member(name), data)
    return copy


def without_member(path: Path, name: str) -> Path:
    """Remove one member."""
    with _copied(path, "without", without=(name,)) as (copy, _):
        pass
    return copy


def with_bomb(path: Path, name: str, size: int = 120 << 20) -> Path:
    """Add a member that expands from a thousandth to ``size`` bytes.

    It is compressed by gzip if its name ends in .gz, else by the zip. Its content is spaces, which
    XML parsers accept at the beginning.
    """
    with _copied(path, "bomb", without=(name,)) as (copy, archive):
        blank = bytes(b" ") * BLOCK
        packer = zlib.compressobj(9, wbits=31) if name.endswith(".gz") else None
        with archive.open(member(name), "w") as into:
            for _ in range(size // BLOCK):
                into.write(packer.compress(blank) if packer else blank)
            if packer:
                into.write(packer.flush())
    return copy


def with_path_tricks(path: Path) -> Path:
    """Add members with names outside of the export and rows that refer to them; one is a symlink.

    The ids of the rows are 1, 2 … in the order of TRICKS.
    """

    def change(rows: Rows) -> None:
        column = next(i for i, name in enumerate(rows[0]) if name in FILE_COLUMNS)
        for number, trick in enumerate(TRICKS, 1):
            row = [str(number), *rows[1][1:]]
            row[column] = trick
            rows.append(row)

    with _copied(path, "tricks", without=(CATALOG,)) as (copy, archive):
        archive.writestr(member(CATALOG), _changed(path, change))
        for trick in TRICKS:
            if trick != LINK:
                archive.writestr(member(trick), BAIT)
        link = member(LINK)
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, LINK_TARGET)
    return copy


def with_doubled_row(path: Path) -> Path:
    """Append a second row for the first activity, with another name."""

    def change(rows: Rows) -> None:
        rows.append([*rows[1][:2], "Twice", *rows[1][3:]])

    return with_rows(path, change)


def with_rows(path: Path, change: Callable[[Rows], object]) -> Path:
    """Apply ``change`` to the rows of the catalog, including the header."""
    with _copied(path, "rows", without=(CATALOG,)) as (copy, archive):
        archive.writestr(member(CATALOG), _changed(path, change))
    return copy


def as_folder(path: Path, folder: Path) -> Path:
    """Unpack the export into ``folder``."""
    with ZipFile(path) as archive:
        archive.extractall(folder)
    return folder


def _changed(path: Path, change: Callable[[Rows], object]) -> bytes:
    with ZipFile(path) as archive:
        rows = list(csv.reader(io.StringIO(archive.read(CATALOG).decode(), newline="")))
    change(rows)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _beside(path: Path, word: str, data: bytes) -> Path:
    copy = path.with_stem(f"{path.stem}-{word}")
    copy.write_bytes(data)
    return copy


@contextmanager
def _copied(path: Path, word: str, without: Collection[str]) -> Iterator[tuple[Path, ZipFile]]:
    """Copy the zip without some members, and yield it open for adding others."""
    copy = path.with_stem(f"{path.stem}-{word}")
    with ZipFile(path) as old, ZipFile(copy, "w") as new:
        for info in old.infolist():
            if info.filename not in without:
                new.writestr(_head(info), old.read(info))
        yield copy, new


def _head(info: ZipInfo) -> ZipInfo:
    """Copy the header of a member, because writing changes it."""
    return copy.copy(info)
