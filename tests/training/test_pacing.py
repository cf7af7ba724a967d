"""Verdicts on pacing."""

import pytest

from strava_mcp.training.pacing import of_power, of_speed
from strava_mcp.training.unmeasurable import Unmeasurable


@pytest.mark.parametrize(
    "speeds, faded, verdict",
    [
        ([4.0] * 1000 + [3.8] * 1000, None, "faded by"),
        ([3.8] * 1000 + [4.0] * 1000, None, "negative split: second half"),
        ([4.0] * 2000, 0.0, "even"),
        ([4.0] * 1000 + [4.03] * 1000, None, "even"),
    ],
)
def test_speed(speeds: list[float], faded: float | None, verdict: str) -> None:
    pacing = of_speed(speeds)
    assert pacing.verdict.startswith(verdict)
    assert pacing.first + pacing.second == pytest.approx(2000)
    if faded is not None:
        assert pacing.faded_percent == pytest.approx(faded, abs=1e-9)


def test_halves_are_those_of_the_distance() -> None:
    """6000 m: the first 3000 in 750 s, the others in 1000 s: a third slower."""
    pacing = of_speed([4.0] * 750 + [3.0] * 1000)
    assert (pacing.first, pacing.second) == pytest.approx((750, 1000))
    assert pacing.verdict == "faded by 33.3 %"
    odd = of_speed([4.0] * 701 + [3.0] * 600)  # 4604 m; half of it after 575.5 s
    assert odd.first == pytest.approx(575.5)


def test_power_compares_the_halves_of_the_time() -> None:
    pacing = of_power([250.0] * 1000 + [240.0] * 1000)
    assert (pacing.first, pacing.second, pacing.verdict) == (250, 240, "faded by 4.0 %")
    assert of_power([240.0] * 500 + [250.0] * 500).verdict == (
        "negative split: second half 4.2 % harder"
    )


@pytest.mark.parametrize("values", [[], [3.0] * 599])
def test_too_short(values: list[float]) -> None:
    for measure in (of_speed, of_power):
        with pytest.raises(Unmeasurable, match="10 minutes"):
            measure(values)


def test_nothing_to_compare() -> None:
    with pytest.raises(Unmeasurable):
        of_power([0.0] * 900)
    with pytest.raises(Unmeasurable):
        of_speed([0.0] * 900)
