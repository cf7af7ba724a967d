"""Running Python under a limit of memory and processor time: what an attack on a reader may take.

The limits are those of the process, so that a test neither takes the machine's memory nor looks at
a clock.
"""

import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

#: Address space of a process: the longest recording that is read takes about 400 MB.
MAX_MB = 700
#: Seconds of processor time: eight times what the slowest use takes here (14 s). What has no bound
#: would take hours.
MAX_CPU_S = 120
#: Reads a file, and prints the sessions and samples that it has and the first problem, or why not.
READ = """
import sys
from strava_mcp.recordings import read
from strava_mcp.recordings.recording import CorruptFile
with open(sys.argv[1], "rb") as file:
    content = file.read()
try:
    sessions = read(content)
    samples = sum(len(session.streams.get("time", ())) for session in sessions)
    print(len(sessions), samples, *sessions[-1].problems[:3], sep="; ")
except CorruptFile as exc:
    print(exc)
"""


def run(
    code: str, arguments: Sequence[str | Path] = (), mb: int = MAX_MB, cpu_s: int = MAX_CPU_S
) -> str:
    """Run code in a process with these limits, and return what it prints."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (mb << 20, mb << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))

    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        preexec_fn=limit,
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert done.returncode == 0, f"exit code {done.returncode}: {done.stderr[-2000:]}"
    return done.stdout.strip()


def read(path: Path, content: bytes, mb: int = MAX_MB) -> str:
    """Read a recording in a process with limits; return what became of it."""
    path.write_bytes(content)
    return run(READ, [path], mb)
