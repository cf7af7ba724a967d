"""CPU time and memory of a process and its children, from /proc."""

import os
from contextlib import suppress
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6


def family(pid: int) -> list[int]:
    """Return the process ids of a process and its descendants."""
    pids = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # the thread has ended in the meantime
            for child in task.read_text().split():
                pids += family(int(child))
    return pids


def cpu_s(pid: int) -> float:
    """CPU seconds, user and system, that a process and its descendants have used."""
    total = 0
    for member in family(pid):
        fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total * TICK_S


def rss_mb(pid: int) -> float:
    """Resident megabytes of the largest process among them: the worker."""
    return max(
        int(Path(f"/proc/{member}/statm").read_text().split()[1]) * PAGE_MB
        for member in family(pid)
    )
