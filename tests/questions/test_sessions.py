"""Single sessions, against their raw samples."""

import re
from typing import Any

import pytest

from strava_mcp.json_types import JSON
from tests.questions import raw
from tests.questions.athlete import Athlete, value_at
from tests.training.vectorized import drift_percent

#: Seconds between the samples of each source.
STEP_S = {"sandbox": 1, "archive": 15}


def table(part: JSON) -> list[dict[str, Any]]:
    return [dict(zip(part["columns"], row, strict=True)) for row in part["rows"]]


def analysis(athlete: Athlete, chosen: str, part: str) -> tuple[JSON, dict[str, Any]]:
    number = athlete.chosen[chosen]
    reply = athlete.ask("analyze_activity", id=number, parts=[part])
    assert reply["id"] == number
    return reply, athlete.samples(number)


def mean_rate(samples: dict[str, Any], begin_s: float, end_s: float) -> float:
    """The mean in motion."""
    seconds = zip(samples["time"], samples["heartrate"], in_motion(samples), strict=True)
    inside = [rate for time, rate, moves in seconds if begin_s <= time <= end_s and rate and moves]
    return sum(inside) / len(inside)


def in_motion(samples: dict[str, Any]) -> list[bool]:
    return samples.get("moving") or [True] * len(samples["time"])


def moving_times(samples: dict[str, Any]) -> list[float]:
    """Seconds in motion until each sample."""
    total_s = [0.0]
    steps = zip(samples["time"], samples["time"][1:], in_motion(samples)[1:], strict=False)
    for now, following, moves in steps:
        total_s.append(total_s[-1] + (following - now if moves else 0))
    return total_s


def test_intervals(athlete: Athlete) -> None:
    reply, samples = analysis(athlete, "intervals", "intervals")
    if not athlete.has_intervals:
        assert "intervals" in reply or reply["not_measured"]["intervals"]
        return
    name = next(row["name"] for row in athlete.rows if row["id"] == reply["id"])
    count = int(re.findall(r"(\d+) ×", name)[0])
    rows = table(reply["intervals"])
    assert len(rows) == count and f"{count} ×" in reply["intervals"]["text"]
    step = STEP_S[athlete.name]
    for row in rows:
        begin, duration = raw.seconds_of(row["start"]), raw.seconds_of(row["time"])
        places = [
            value_at(samples["time"], samples["distance"], samples["time"][0] + moment)
            for moment in (begin, begin + duration)
        ]
        kilometres = (places[1] - places[0]) / 1000
        assert row["distance"] == pytest.approx(kilometres, abs=0.006 * step)
        pace_s = duration / row["distance"]
        assert raw.seconds_of(row["pace"]) == pytest.approx(pace_s, abs=3)
        rate = mean_rate(samples, begin, begin + duration)
        assert row["hr"] == pytest.approx(rate, abs=2)


def test_pace_by_split(athlete: Athlete) -> None:
    reply, samples = analysis(athlete, "long_run", "splits")
    rows = table(reply["splits"])
    places, moving_s = samples["distance"], moving_times(samples)
    for row in rows[:-1]:
        first, last = (
            value_at(places, moving_s, 1000 * n) for n in (row["split"] - 1, row["split"])
        )
        tolerance_s = 3 if athlete.name == "sandbox" else 8
        assert raw.seconds_of(row["pace"]) == pytest.approx(last - first, abs=tolerance_s)
        begin, end = (
            value_at(places, samples["time"], 1000 * n) for n in (row["split"] - 1, row["split"])
        )
        tolerance = 2 if athlete.name == "sandbox" else 5
        assert row["hr"] == pytest.approx(mean_rate(samples, begin, end), abs=tolerance)
    assert len(rows) == int(places[-1] // 1000) + (places[-1] % 1000 >= 100)
    halves = [raw.seconds_of(half.split()[0]) for half in reply["splits"]["halves"]]
    middle_s = value_at(places, moving_s, places[-1] / 2)
    assert halves[0] == pytest.approx(middle_s, rel=0.03), "grade-adjusted metres"
    assert sum(halves) == pytest.approx(moving_s[-1], rel=0.02)


def test_drift_of_the_long_run(athlete: Athlete) -> None:
    """Grade-adjusted metres per heartbeat in both halves after ten minutes."""
    reply, samples = analysis(athlete, "long_run", "drift")
    if "drift" not in reply:
        assert reply["not_measured"]["drift"]
        return
    assert reply["drift"]["percent"] == pytest.approx(drift_percent(samples), abs=0.1)


def test_hills(athlete: Athlete) -> None:
    reply, samples = analysis(athlete, "hilly_ride", "climbs")
    rows = table(reply["climbs"]) if reply["climbs"]["count"] else []
    for row in rows:
        begin_m, end_m = 1000 * row["at"], 1000 * (row["at"] + row["length"])
        heights = [
            value_at(samples["distance"], samples["altitude"], at) for at in (begin_m, end_m)
        ]
        assert row["gain"] == pytest.approx(heights[1] - heights[0], rel=0.08, abs=4)
        assert row["grade_percent"] == pytest.approx(row["gain"] / row["length"] / 10, abs=0.2)
        times = [value_at(samples["distance"], samples["time"], at) for at in (begin_m, end_m)]
        seconds = raw.seconds_of(row["time"])
        assert seconds == pytest.approx(times[1] - times[0], rel=0.03, abs=16)
        assert row["vam"] == pytest.approx(3600 * row["gain"] / seconds, rel=0.02, abs=5)
        assert row["gain"] >= 10 and row["grade_percent"] >= 3
    total = max(samples["altitude"]) - min(samples["altitude"])
    assert rows or total < 50
