"""Randomly damaged files are parsed or raise CorruptFile, nothing else."""

import random
from collections.abc import Callable

import pytest

from strava_mcp.recordings import read
from strava_mcp.recordings.recording import UNFORESEEN, CorruptFile, Recording
from strava_mcp.sources.archive import columns
from tests.recordings.test_kinds import FILES

COUNT = 60


def flipped(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.randint(1, 12)):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def truncated(data: bytearray, rng: random.Random) -> None:
    del data[rng.randrange(1, len(data)) :]


def spliced(data: bytearray, rng: random.Random) -> None:
    begin, end = sorted(rng.randrange(len(data)) for _ in range(2))
    at = rng.randrange(len(data))
    data[at:at] = data[begin : min(end, begin + 2000)]


def inserted(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data))
    data[at:at] = rng.randbytes(rng.randint(1, 40))


def shortened(data: bytearray, rng: random.Random) -> None:
    begin = rng.randrange(len(data))
    del data[begin : begin + rng.randint(1, 60)]


HARMS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    *(flipped, truncated, spliced, inserted, shortened),
)


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("seed", range(COUNT))
def test_random_damage(kind: str, seed: int) -> None:
    rng = random.Random(f"{kind} {seed}")
    data = bytearray(FILES[kind])
    for _ in range(rng.randint(1, 3)):
        HARMS[rng.randrange(len(HARMS))](data, rng)
        if not data:
            break
    try:
        recordings = read(bytes(data))
    except CorruptFile as exc:
        assert str(exc) and UNFORESEEN not in str(exc)
        return
    assert recordings
    for recording in recordings:
        check(recording)


def check(recording: Recording) -> None:
    """Assert what all users of recordings rely on."""
    streams = recording.streams
    assert len({len(values) for values in streams.values()}) <= 1
    times = streams.get("time", [])
    assert all(before < after for before, after in zip(times, times[1:], strict=False))
    metres = streams.get("distance", [])
    assert all(before <= after for before, after in zip(metres, metres[1:], strict=False))
    assert all(isinstance(moves, bool) for moves in streams.get("moving", []))
    assert all(lap.start_s >= 0 for lap in recording.laps)
    if streams:
        assert columns.unpack(columns.pack(streams)).keys() == streams.keys()
