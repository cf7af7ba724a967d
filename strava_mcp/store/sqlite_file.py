"""An SQLite file that only its owner can read: creating it and connecting to it.

Used by the store and by the library of the archive.
"""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from strava_mcp.data_folder import prepare

BUSY_TIMEOUT_S = 30


def create(path: Path) -> None:
    """Create an empty file (0600) in a folder (0700) unless it exists. Raises OSError.

    An existing file is not opened: closing it would drop the locks that SQLite holds on it in this
    process, and another process could then delete its write-ahead log
    (https://www.sqlite.org/howtocorrupt.html §2.2).
    """
    prepare(path.parent)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def connect(path: Path | str, timeout_s: float = BUSY_TIMEOUT_S) -> sqlite3.Connection:
    """Open an autocommit connection that any thread may use.

    ``timeout_s``: how long a statement waits while another process has the file locked.
    Raises sqlite3.Error.
    """
    return sqlite3.connect(path, timeout=timeout_s, isolation_level=None, check_same_thread=False)
