"""Gzip that expands to more than any recording, or takes long to expand, is refused."""

import gzip
import zlib
from pathlib import Path

import pytest

from tests.recordings.memory_limit import read

pytestmark = pytest.mark.no_cover


@pytest.mark.parametrize("content", [b"", b"x"])
def test_many_members(tmp_path: Path, content: bytes) -> None:
    """The work does not grow with the square of their number."""
    members = gzip.compress(content, mtime=0) * 500_000
    assert read(tmp_path / "members.gz", members) == "its gzip has more than 1,000 parts"
    nested = gzip.compress(members)
    assert read(tmp_path / "nested.gz", nested) == "its gzip has more than 1,000 parts"


def test_large_content(tmp_path: Path) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(100)) + packer.flush()
    assert "64 MB when expanded" in read(tmp_path / "once.gz", bomb)
    assert "64 MB when expanded" in read(tmp_path / "twice.gz", gzip.compress(bomb))
    assert "64 MB when expanded" in read(tmp_path / "thrice.gz", gzip.compress(bomb) * 2)
