"""Personal records against all recordings."""

from collections import defaultdict
from datetime import date
from typing import Any

import pytest

from strava_mcp.json_types import JSON
from strava_mcp.sports import RIDES, RUNS
from strava_mcp.units import BEST_EFFORTS_M
from tests import season_day
from tests.questions import raw
from tests.questions.athlete import Athlete, day_of

#: The archive's samples are 15 s apart: efforts between them differ by a second or two.
TOLERANCE_S = 2
DISTANCES = ("400m", "1K", "5K", "10K", "Half-Marathon", "Marathon")


def table(reply: JSON) -> list[dict[str, Any]]:
    return [dict(zip(reply["columns"], row, strict=True)) for row in reply["rows"]]


def this_year() -> tuple[date, date]:
    return date(season_day.TODAY.year, 1, 1), season_day.TODAY


def fastest(athlete: Athlete, number: int, metres: float) -> float | None:
    samples = athlete.samples(number)
    if not samples.get("distance"):
        return None
    return raw.fastest_s(samples["time"], samples["distance"], metres)


def test_fastest_400_m_to_marathon_this_year(athlete: Athlete) -> None:
    reply = athlete.ask("get_records", kind="distances", date_range="this year")
    runs = athlete.between(*this_year(), RUNS)
    rows = {row["distance"]: row for row in table(reply)}
    for name in DISTANCES:
        metres = BEST_EFFORTS_M[name]
        times = {
            run["id"]: seconds
            for run in runs
            if run["distance"] >= metres and (seconds := fastest(athlete, run["id"], metres))
        }
        assert (name in rows) == bool(times)
        if times:
            best = min(times.values())
            assert raw.seconds_of(rows[name]["time"]) == pytest.approx(best, abs=TOLERANCE_S)
            assert times[rows[name]["activity_id"]] == pytest.approx(best, abs=TOLERANCE_S)


def test_fastest_ever(athlete: Athlete) -> None:
    """Against the recording that is named, and against those of the fastest runs by their mean."""
    reply = athlete.ask("get_records", kind="distances")
    dates = {row["id"]: f"{day_of(row)}" for row in athlete.rows}
    for row in table(reply):
        if row["distance"] not in DISTANCES:
            continue
        metres = BEST_EFFORTS_M[row["distance"]]
        record_s = raw.seconds_of(row["time"])
        own = fastest(athlete, row["activity_id"], metres)
        assert own == pytest.approx(record_s, abs=TOLERANCE_S)
        assert row["date"] == dates[row["activity_id"]]
        runs = [a for a in athlete.rows if a["sport_type"] in RUNS and a["distance"] >= metres]
        runs.sort(key=lambda a: a["distance"] / a["moving_time"], reverse=True)
        for run in runs[:12]:
            other = fastest(athlete, run["id"], metres)
            assert other is None or other > record_s - TOLERANCE_S, (row, run["id"])
        if row["broke"]:
            time, day, number = row["broke"]
            assert day < row["date"] and raw.seconds_of(time) >= record_s
            before = fastest(athlete, number, metres)
            assert before == pytest.approx(raw.seconds_of(time), abs=TOLERANCE_S)


def test_power_curve_and_ftp(athlete: Athlete) -> None:
    reply = athlete.ask("get_records", kind="power", date_range="last 90 days")
    first, last = (date.fromisoformat(day) for day in reply["dates"].split(".."))
    rides = [a for a in athlete.between(first, last, RIDES) if a.get("device_watts")]
    seconds = {}
    for ride in rides:
        samples = athlete.samples(ride["id"])
        if any(samples.get("watts", ())):
            seconds[ride["id"]] = raw.per_second(samples["time"], samples["watts"])
    checked = 0
    for row in table(reply):
        duration_s = raw.seconds_of(row["duration"])
        means = {n: raw.best_mean(values, duration_s) for n, values in seconds.items()}
        best = {number: mean for number, mean in means.items() if mean}
        if duration_s < 60 or not best:
            continue
        assert row["watts"] == pytest.approx(max(best.values()), rel=0.01, abs=1), row
        assert best[row["activity_id"]] == pytest.approx(max(best.values()), rel=0.01)
        checked += 1
        if duration_s == 1200:
            watts = reply["estimates"]["ftp_95_percent_of_20_min"]["watts"]
            assert watts == pytest.approx(0.95 * max(best.values()), rel=0.01, abs=1)
    assert checked > 5 or not seconds


def test_eddington(athlete: Athlete) -> None:
    reply = athlete.ask("get_records", kind="eddington")
    for family in (RUNS, RIDES):
        days: dict[date, float] = defaultdict(float)
        for row in athlete.rows:
            if row["sport_type"] in family:
                days[day_of(row)] += (row.get("distance") or 0) / 1000
        expected = raw.eddington(days.values())
        assert expected in [value for row in reply["rows"] for value in row], (expected, reply)


def test_longest_streak(athlete: Athlete) -> None:
    reply = athlete.ask("get_records", kind="streaks")
    expected = raw.longest_streak(map(day_of, athlete.rows))
    assert expected in [value for row in reply["rows"] for value in row], (expected, reply)


@pytest.mark.parametrize("family", [RUNS, RIDES])
def test_longest_and_hilliest(athlete: Athlete, family: tuple[str, ...]) -> None:
    rows = [row for row in athlete.rows if row["sport_type"] in family]
    sport = "runs" if family is RUNS else "rides"
    by_id = {row["id"]: row for row in rows}
    for kind, record, key in (
        ("longest", "distance", "distance"),
        ("climbing", "elevation_gain", "total_elevation_gain"),
    ):
        reply = athlete.ask("get_records", kind=kind, sport=sport)
        record_row = next(row for row in table(reply) if row["record"] == record)
        assert by_id[record_row["activity_id"]][key] == max(row[key] for row in rows)


def test_segment_records(athlete: Athlete) -> None:
    if athlete.name == "archive":
        assert "does not contain efforts" in athlete.refusal("get_records", kind="segments")
        return
    reply = athlete.ask("get_records", kind="segments")
    for row in table(reply):
        number = row["segment_id"]
        efforts = athlete.source.segment_efforts(number)
        best = min(effort["elapsed_time"] for effort in efforts)
        assert raw.seconds_of(row["time"]) == best
