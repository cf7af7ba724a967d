"""How much of one file is read, in every format: a small file can describe any amount of data."""

from strava_mcp.recordings.recording import CorruptFile

#: Four days at one sample per second, which take 400 MB of memory.
MAX_SAMPLES = 345_600
#: Programs export years of training as one TCX file.
MAX_SESSIONS, MAX_LAPS = 1000, 10_000
#: Names, numbers and times are shorter.
MAX_TEXT_LENGTH = 10_000
#: Lines about what was left out of a session.
MAX_PROBLEMS = 20


def check(count: int, max_count: int, noun: str) -> None:
    """Raise CorruptFile if the file has more of something than any recording."""
    if count > max_count:
        raise CorruptFile(f"it has more than {max_count:,} {noun}: divide it into several files")


def samples_left_out() -> str:
    """Say that samples after the first MAX_SAMPLES are left out."""
    return f"what it recorded after {MAX_SAMPLES:,} samples is left out"


def shortened(problems: list[str]) -> tuple[str, ...]:
    """Return at most MAX_PROBLEMS lines; the last one counts the others."""
    if len(problems) <= MAX_PROBLEMS:
        return tuple(problems)
    listed = problems[: MAX_PROBLEMS - 1]
    return (*listed, f"{len(problems) - len(listed):,} more values are left out")
