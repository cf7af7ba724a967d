"""How intervals are written."""

from typing import Any

import pytest

from strava_mcp.analysis.session_intervals import Intervals, RepetitionFigures, SetFigures
from strava_mcp.tools.interval_text import clock, text_of


def repetitions(*rows: tuple[int, float | None, int | None], **values: Any) -> SetFigures:
    """Of (seconds, metres, rest)."""
    figures = [
        RepetitionFigures(
            begin_s=0,
            duration_s=seconds,
            distance_m=metres,
            heart_rate=values.get("hr"),
            max_heart_rate=None,
            watts=values.get("watts"),
            rest_s=rest,
        )
        for seconds, metres, rest in rows
    ]
    return SetFigures(figures, values.get("fade", 0.0))


def written(
    *sets: SetFigures, output: Any = "pace", units: str = "metric", sport: str = "Run"
) -> str:
    return text_of(Intervals("laps", output, sets), units, sport)


def test_by_distance_or_by_time() -> None:
    km = repetitions(*[(238, 1000.0, 90)] * 4, (240, 1002.0, None), hr=171.2)
    assert written(km) == "5 × 1.00 km @ 3:58, HR 171, rest 1:30"
    assert (
        written(repetitions(*[(95, 398.0, 60), (97, 402.0, None)])) == "2 × 400 m @ 4:00, rest 1:00"
    )
    times = repetitions((300, 1215.0, 120), (300, 1190.0, 121), (300, 1202.0, None))
    assert written(times) == "3 × 5:00 @ 4:10, rest 2:00"
    power = repetitions(*[(240, None, 240)] * 4, (240, None, None), watts=284.6)
    assert written(power, output="power", sport="Ride") == "5 × 4:00 @ 285 W, rest 4:00"
    swim = repetitions(*[(99, 100.0, 20)] * 9, (99, 100.0, None), hr=154)
    assert written(swim, sport="Swim") == "10 × 100 m @ 1:39, HR 154, rest 0:20"


def test_rests_that_differ_are_a_range_and_none_is_left_out() -> None:
    assert written(repetitions((238, 1000.0, 60), (238, 1000.0, 120), (238, 1000.0, None))) == (
        "3 × 1.00 km @ 3:58, rest 1:00 to 2:00"
    )
    assert written(repetitions((600, 2500.0, None))) == "1 × 2.50 km @ 4:00"


def test_efforts_that_differ_and_several_sets() -> None:
    fartlek = repetitions((60, 250.0, 60), (180, 700.0, None), fade=None)
    assert written(fartlek).startswith("2 × 1:00 to 3:00 @ 4:13")
    two = written(repetitions((238, 1000.0, None)), repetitions((60, 270.0, None)))
    assert two == "1 × 1.00 km @ 3:58 + 1 × 1:00 @ 3:42"


def test_imperial() -> None:
    mile = repetitions(*[(360, 1609.344, 120)] * 2, (360, 1609.344, None))
    assert written(mile, units="imperial") == "3 × 6:00 @ 6:00, rest 2:00"
    swim = repetitions(*[(90, 91.44, 20), (90, 91.44, None)])
    assert written(swim, units="imperial", sport="Swim") == "2 × 100 yd @ 1:30, rest 0:20"


@pytest.mark.parametrize(
    "seconds, text", [(59.6, "1:00"), (90, "1:30"), (3661, "1:01:01"), (0, "0:00")]
)
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text
