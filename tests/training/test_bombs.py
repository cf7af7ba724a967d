"""Recordings made to be slow to measure take no longer than others of their length.

Sizes of which a quadratic rule takes minutes, in processes with a limit of processor time.
"""

import pytest

from tests.recordings.memory_limit import run

pytestmark = pytest.mark.no_cover

#: Seconds of processor time: ten times what each takes.
MAX_CPU_S = 15
#: A device that creeps along 150 m for two days, over a hole and onto a cliff.
CREEPING = """
from strava_mcp.training.climbs import climbs_of
samples = 172_800
distance = [150 * i / samples for i in range(samples)]
heights = [400.0 if d < 40 else 330.0 if d < 80 else 480.0 for d in distance]
print(climbs_of(distance, heights))
"""
#: The same hole and cliff again and again, with a sample every metre.
RUGGED = """
from strava_mcp.training.climbs import climbs_of
distance = [float(i) for i in range(345_600)]
heights = [400.0 if i % 150 < 40 else 330.0 if i % 150 < 80 else 480.0 for i in range(345_600)]
print(climbs_of(distance, heights))
"""
#: The shortest repetitions for two days; then with as many laps as count.
REPETITIONS = """
from strava_mcp.training.interval_sets import structure
output = ([1.0] * 12 + [3.0] * 12) * 7200
result = structure(output, [True] * len(output))
print(result.origin, len(result.repetitions), len(result.sets))
"""
LAPS = """
from strava_mcp.training.interval_sets import structure
output = ([1.0] * 12 + [3.0] * 12) * 7200
laps = [(i * 172, i * 172 + 172) for i in range(1000)]
result = structure(output, [True] * len(output), laps)
print(result.origin, len(result.repetitions), len(result.sets))
"""


@pytest.mark.parametrize(
    "code, expected",
    [
        (CREEPING, "[]"),
        (RUGGED, "[]"),
        (REPETITIONS, "output 7200 1"),
        (LAPS, "output 7200 1"),
    ],
    ids=["creeping", "rugged", "repetitions", "laps"],
)
def test_time_grows_with_the_recording(code: str, expected: str) -> None:
    assert run(code, cpu_s=MAX_CPU_S) == expected
