"""A long recording is read in little memory."""

import subprocess
import sys
from pathlib import Path

from tests.strava.archive.files.fit_maker import activity, fit, ride

MOST_MB = 200
HOURS = 12
READ = """
import resource, sys
from strava_mcp.strava.archive.files import read
with open(sys.argv[1], "rb") as file:
    (found,) = read(file.read())
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(len(found.streams["time"]), peak >> (20 if sys.platform == "darwin" else 10))
"""


def test_twelve_hours_at_a_sample_a_second(tmp_path: Path) -> None:
    seconds = HOURS * 3600
    path = tmp_path / "long.fit"
    path.write_bytes(fit(activity(*ride(seconds), total_elapsed_time=float(seconds))))
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    samples, peak_mb = map(int, done.stdout.split())
    assert samples == seconds + 1
    assert peak_mb < MOST_MB
