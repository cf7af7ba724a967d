"""Damaged exports: exactly the intended damage, and the original stays unchanged."""

import csv
import gzip
import io
import zipfile
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.sources.archive import maker_harm
from tests.sources.archive.maker import bulk_export


def catalog(path: Path) -> list[list[str]]:
    with ZipFile(path) as archive:
        text = archive.read("activities.csv").decode()
    return list(csv.reader(io.StringIO(text, newline="")))


def test_damage_is_done_to_copies(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    first, *_ = bulk_export(path, 3)
    before = path.read_bytes()
    with pytest.raises(zipfile.BadZipFile):
        ZipFile(maker_harm.truncated(path))
    with ZipFile(maker_harm.encrypted(path)) as archive:
        assert all(info.flag_bits & 1 for info in archive.infolist())
        with pytest.raises(RuntimeError, match="encrypted"):
            archive.read("activities.csv")
    name = first.file or ""
    replaced = maker_harm.with_member_replaced(path, name, b"other")
    with ZipFile(replaced) as archive:
        assert archive.namelist().count(name) == 1 and archive.read(name) == b"other"
    with ZipFile(maker_harm.without_member(path, name)) as archive:
        assert name not in archive.namelist()
    rows = catalog(maker_harm.with_doubled_row(path))
    assert len(rows) == 5 and rows[1][:2] == rows[-1][:2] and rows[-1][2] == "Twice"
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["activities/bomb.gpx", "activities/bomb.fit.gz"])
def test_bomb_is_small_until_decompressed(tmp_path: Path, name: str) -> None:
    bulk_export(tmp_path / "export.zip", 1)
    export = maker_harm.with_bomb(tmp_path / "export.zip", name)
    assert export.stat().st_size < 1 << 18
    with ZipFile(export) as archive, archive.open(name) as packed:
        size = 0
        unpacked = gzip.open(packed) if name.endswith(".gz") else packed
        while block := unpacked.read(1 << 20):
            size += len(block)
    assert size == 120 << 20


def test_path_tricks_are_members_and_rows(tmp_path: Path) -> None:
    bulk_export(tmp_path / "export.zip", 2, "german")
    export = maker_harm.with_path_tricks(tmp_path / "export.zip")
    with ZipFile(export) as archive:
        assert set(maker_harm.TRICKS) <= set(archive.namelist())
        assert archive.getinfo(maker_harm.LINK).external_attr >> 28 == 0o12  # a symbolic link
    named = [row[12] for row in catalog(export)[-len(maker_harm.TRICKS) :]]
    assert named == list(maker_harm.TRICKS)
