"""The memory for parsing a long recording is bounded."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.recordings.fit_maker import activity, fit, ride
from tests.sources.archive import maker_long
from tests.sources.archive.maker import encoded

pytestmark = pytest.mark.no_cover

if not Path("/proc/self/status").exists():
    pytest.skip("peak memory is read from /proc", allow_module_level=True)

#: For six hours at one sample per second: 49 MB (FIT) and 65 MB (GPX) were measured.
MAX_MB = 100
HOURS = 6
#: Makes a file as long as those of programs that indent and write 30 digits per position.
INDENTED = b">\n" + b" " * 40 + b"<"
READ = """
import sys
from strava_mcp.recordings import read
with open(sys.argv[1], "rb") as file:
    (recording,) = read(file.read())
# Not ru_maxrss, which includes the memory of the parent process.
with open("/proc/self/status") as status:
    (peak,) = [line.split()[1] for line in status if line.startswith("VmHWM:")]
print(len(recording.streams["time"]), int(peak) >> 10)
"""


def peak_mb(path: Path, samples: int) -> int:
    """Return the peak memory of a process that reads the file."""
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    count, peak = map(int, done.stdout.split())
    assert count == samples
    return peak


def test_six_hours_of_fit(tmp_path: Path) -> None:
    seconds = HOURS * 3600
    path = tmp_path / "long.fit"
    path.write_bytes(fit(activity(*ride(seconds), total_elapsed_time=float(seconds))))
    assert peak_mb(path, seconds + 1) < MAX_MB


def test_fifteen_megabytes_of_gpx(tmp_path: Path) -> None:
    _, recording = maker_long.generate(HOURS * 3600, 1, "gpx")
    path = tmp_path / "long.gpx"
    path.write_bytes(encoded(recording, "long.gpx").replace(b"><", INDENTED))
    assert path.stat().st_size > 15e6
    assert peak_mb(path, HOURS * 3600 + 1) < MAX_MB
