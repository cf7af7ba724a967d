"""The data folder: closed to others, with one secret for processes that start at once."""

import subprocess
import sys
from pathlib import Path

from strava_mcp import data_folder


def test_only_the_owner_can_read_folder_and_files(tmp_path: Path) -> None:
    secret = data_folder.get_or_create_secret(tmp_path / "a" / "b", "key")
    assert len(secret) == 64 and int(secret, 16) >= 0
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a" / "b" / "key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in (tmp_path / "a" / "b").iterdir()] == ["key"]


def test_open_folder_is_closed(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(0o755)
    data_folder.prepare(tmp_path / "home")
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


def test_processes_that_start_at_once_agree_on_a_secret(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from strava_mcp import data_folder; "
    code += "print(data_folder.get_or_create_secret(Path(sys.argv[1]), 'key'))"
    command = [sys.executable, "-c", code, str(tmp_path / "home")]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    printed = {process.communicate(timeout=120)[0].strip() for process in started}
    assert len(printed) == 1 and len(printed.pop()) == 64
