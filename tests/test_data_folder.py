"""The data folder: closed to others, and its secrets agreed on by all who start together."""

import subprocess
import sys
from pathlib import Path

from strava_mcp import data_folder


def test_folder_and_files_are_the_owners_alone(tmp_path: Path) -> None:
    secret, new = data_folder.get_or_create_secret(tmp_path / "a" / "b", "key")
    assert new and len(secret) == 64 and int(secret, 16) >= 0
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a" / "b" / "key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in (tmp_path / "a" / "b").iterdir()] == ["key"]


def test_a_folder_that_was_open_is_closed(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(0o755)
    data_folder.prepare(tmp_path / "home")
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from strava_mcp import data_folder; "
    code += "print(*data_folder.get_or_create_secret(Path(sys.argv[1]), 'key'))"
    command = [sys.executable, "-c", code, str(tmp_path / "home")]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    said = [process.communicate(timeout=60)[0].split() for process in started]
    assert len({secret for secret, _ in said}) == 1
    assert [new for _, new in said].count("True") == 1
