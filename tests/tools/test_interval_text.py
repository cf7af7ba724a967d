"""How intervals are written."""

from dataclasses import replace
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


def differing(*seconds: int, is_regular: bool = True, speed: float = 4.0) -> SetFigures:
    rows = [(s, speed * s, 60 if i + 1 < len(seconds) else None) for i, s in enumerate(seconds)]
    return replace(repetitions(*rows, fade=None), is_regular=is_regular)


def test_a_pyramid_is_listed_and_other_efforts_are_a_range() -> None:
    pyramid = differing(61, 119, 181, 240, 179, 121, 60)
    assert written(pyramid) == "1:01-1:59-3:01-4:00-2:59-2:01-1:00 @ 4:10, rest 1:00"
    ladder = differing(98, 203, 301, 397)
    assert written(ladder) == "1:38-3:23-5:01-6:37 @ 4:10, rest 1:00", "400 to 1600 m"
    assert written(differing(71, 130, 247)) == "3 × 1:11 to 4:07 @ 4:10, rest 1:00"
    assert written(differing(*[60, 90] * 7)).startswith("14 × 1:00 to 1:30 @")


def test_efforts_without_a_plan_are_no_regular_intervals() -> None:
    fartlek = differing(31, 130, 77, is_regular=False)
    assert written(fartlek) == (
        "no regular intervals: 3 faster stretches of 0:31 to 2:10 @ 4:10, rest 1:00"
    )
    surges = replace(repetitions(*[(40, None, 60)] * 3, watts=300, fade=None), is_regular=False)
    assert written(surges, output="power", sport="Ride").startswith(
        "no regular intervals: 3 harder stretches of 0:40 to 0:40 @ 300 W"
    )


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
