"""Packing streams is lossless to the smallest unit that is stored."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strava_mcp.sources.archive.columns import pack, sizes, unpack

SIZE = 40
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "time": st.integers(0, 10**6),
    "distance": st.integers(0, 10**9).map(lambda cm: cm / 100),
    "altitude": st.integers(-5000, 90_000).map(lambda dm: dm / 10),
    "heartrate": st.integers(20, 250),
    "moving": st.booleans(),
    "velocity_smooth": st.integers(0, 30_000).map(lambda mm: mm / 1000),
    "latlng": st.tuples(
        st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000)
    ).map(lambda point: [point[0] / 1e6, point[1] / 1e6]),
}
GAPLESS = ("time", "moving")


@st.composite
def streams(draw: st.DrawFn) -> dict[str, list[Any]]:
    chosen = draw(st.sets(st.sampled_from(sorted(KINDS)), min_size=1))
    size = draw(st.integers(0, SIZE))
    columns = {}
    for key in sorted(chosen):
        kind = KINDS[key] if key in GAPLESS else KINDS[key] | st.none()
        columns[key] = draw(st.lists(kind, min_size=size, max_size=size))
    return columns


@settings(max_examples=150, deadline=None)
@given(streams())
def test_pack_and_unpack(recorded: dict[str, list[Any]]) -> None:
    block = pack(recorded)
    assert unpack(block) == recorded
    assert sizes(block) == {key: len(values) for key, values in recorded.items()}


def test_one_column_is_read_without_the_others() -> None:
    recorded = {"time": [0, 1], "heartrate": [100, None], "latlng": [[1.0, 2.0], None]}
    block = pack(recorded)
    assert unpack(block, ["heartrate"]) == {"heartrate": [100, None]}
    assert unpack(block, ["latlng", "watts"]) == {"latlng": [[1.0, 2.0], None]}
    broken = bytearray(block)
    broken[-30:] = bytes(30)  # in the track, the last column
    assert unpack(bytes(broken), ["heartrate"]) == {"heartrate": [100, None]}
    with pytest.raises(ValueError, match="damaged"):
        unpack(bytes(broken), ["latlng"])


def test_one_byte_per_sample_and_column() -> None:
    hour = range(3600)
    recorded = {
        "time": list(hour),
        "distance": [round(3.1 * i + i * i % 7 / 10, 2) for i in hour],
        "heartrate": [140 + i * i % 5 for i in hour],
        "latlng": [[47 + i / 1e5, 8 + i * i % 11 / 1e6] for i in hour],
    }
    assert len(pack(recorded)) < 1.2 * 5 * len(hour)


def test_columns_of_different_lengths_are_rejected() -> None:
    with pytest.raises(ValueError, match="heartrate has 1 samples and not 2"):
        pack({"time": [0, 1], "heartrate": [100]})


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 400), st.integers(0, 255))
def test_damaged_block_raises_value_error(at: int, byte: int) -> None:
    block = bytearray(pack({"time": list(range(300)), "altitude": [i / 10 for i in range(300)]}))
    block[at % len(block)] = byte
    try:
        unpack(bytes(block))
    except ValueError as exc:
        assert "damaged" in str(exc)
