"""What may be wrong with an export. Each function leaves the zip as it is and makes a damaged copy
beside it.
"""

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
#: Names that lead out of an export, as members and in rows.
TRICKS = (
    "../../etc/passwd",
    "/absolute.gpx",
    "C:\\Windows\\drive.gpx",
    "activities/../../above.gpx",
    "activities/link.gpx",
)
LINK, LINK_TARGET = "activities/link.gpx", "/etc/passwd"
#: What is in those members: no file with it may ever appear.
BAIT = b"bait"
BLOCK = 1 << 20


def truncated(path: Path, share: float = 0.6) -> Path:
    """Only the first part of the bytes, as after a broken download."""
    data = path.read_bytes()
    return _beside(path, "truncated", data[: int(len(data) * share)])


def encrypted(path: Path) -> Path:
    """Every member says that it is encrypted (bit 0 of its flags); none really is."""
    data = bytearray(path.read_bytes())
    with ZipFile(path) as archive:
        at = archive.start_dir
        for info in archive.infolist():
            data[info.header_offset + 6] |= 1
            data[at + 8] |= 1
            at += 46 + sum(struct.unpack_from("<3H", data, at + 28))  # name, extra field, comment
    return _beside(path, "encrypted", bytes(data))


def with_member_replaced(path: Path, name: str, data: bytes) -> Path:
    """Another content of one member, or one more."""
    with _copied(path, "replaced", without=(name,)) as (made, archive):
        archive.writestr(member(name), data)
    return made


def without_member(path: Path, name: str) -> Path:
    """One member less."""
    with _copied(path, "without", without=(name,)) as (made, _):
        pass
    return made


def with_bomb(path: Path, name: str, size: int = 120 << 20) -> Path:
    """A member of ``size`` bytes that is a thousandth of it packed: by gzip where its name ends in
    .gz, else by the zip. It is blank all through, which XML readers wade into.
    """
    with _copied(path, "bomb", without=(name,)) as (made, archive):
        blank = bytes(b" ") * BLOCK
        packer = zlib.compressobj(9, wbits=31) if name.endswith(".gz") else None
        with archive.open(member(name), "w") as into:
            for _ in range(size // BLOCK):
                into.write(packer.compress(blank) if packer else blank)
            if packer:
                into.write(packer.flush())
    return made


def with_path_tricks(path: Path) -> Path:
    """Members, and rows that name them, which lead out of the export; one is a symbolic link.

    The rows are numbered 1, 2 … in the order of TRICKS.
    """

    def change(rows: Rows) -> None:
        column = next(i for i, name in enumerate(rows[0]) if name in FILE_COLUMNS)
        for number, trick in enumerate(TRICKS, 1):
            row = [str(number), *rows[1][1:]]
            row[column] = trick
            rows.append(row)

    with _copied(path, "tricks", without=(CATALOG,)) as (made, archive):
        archive.writestr(member(CATALOG), _changed(path, change))
        for trick in TRICKS:
            if trick != LINK:
                archive.writestr(member(trick), BAIT)
        link = member(LINK)
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, LINK_TARGET)
    return made


def with_doubled_row(path: Path) -> Path:
    """The first activity has a second row under another name, at the end."""

    def change(rows: Rows) -> None:
        rows.append([*rows[1][:2], "Twice", *rows[1][3:]])

    return with_rows(path, change)


def with_rows(path: Path, change: Callable[[Rows], object]) -> Path:
    """What ``change`` makes of the catalog's rows, the header among them."""
    with _copied(path, "rows", without=(CATALOG,)) as (made, archive):
        archive.writestr(member(CATALOG), _changed(path, change))
    return made


def as_folder(path: Path, folder: Path) -> Path:
    """The export unpacked into ``folder``."""
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
    made = path.with_stem(f"{path.stem}-{word}")
    made.write_bytes(data)
    return made


@contextmanager
def _copied(path: Path, word: str, without: Collection[str]) -> Iterator[tuple[Path, ZipFile]]:
    """A copy beside the zip, open for more, without the members of some names."""
    made = path.with_stem(f"{path.stem}-{word}")
    with ZipFile(path) as old, ZipFile(made, "w") as new:
        for info in old.infolist():
            if info.filename not in without:
                new.writestr(_head(info), old.read(info))
        yield made, new


def _head(info: ZipInfo) -> ZipInfo:
    """A member's head to write anew: writing changes it."""
    return copy.copy(info)
