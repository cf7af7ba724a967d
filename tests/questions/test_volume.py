"""How much, how often, how hard: against sums of the list and of raw samples."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from strava_mcp.json_types import JSON
from strava_mcp.sports import RUNS
from tests.questions.athlete import Athlete, day_of

DAY = timedelta(days=1)


def days_of(reply: JSON) -> tuple[date, date]:
    first, last = reply["dates"].split("..")
    return date.fromisoformat(first), date.fromisoformat(last)


def table(reply: JSON) -> list[dict[str, Any]]:
    return [dict(zip(reply["columns"], row, strict=True)) for row in reply["rows"]]


def check_totals(totals: JSON, rows: Sequence[JSON]) -> None:
    """Distances are rounded to 10 m, times to the second, climbs to the metre."""
    assert totals["activities"] == len(rows)
    kilometres = sum(row.get("distance") or 0 for row in rows) / 1000
    assert totals["distance"] == pytest.approx(kilometres, abs=0.051)
    hours, minutes, seconds = ([0, 0] + [int(part) for part in totals["moving_time"].split(":")])[
        -3:
    ]
    moving_s = sum(row["moving_time"] for row in rows)
    assert 3600 * hours + 60 * minutes + seconds == pytest.approx(moving_s, abs=1)
    climb_m = sum(row.get("total_elevation_gain") or 0 for row in rows)
    assert totals["elevation_gain"] == pytest.approx(climb_m, abs=1)


@pytest.mark.parametrize("words, weeks", [("this week", 0), ("last week", 1)])
def test_a_week(athlete: Athlete, words: str, weeks: int) -> None:
    reply = athlete.ask("get_training_summary", date_range=words, by="none", compare="previous")
    first, last = days_of(reply)
    assert first.weekday() == 0 and (last - first).days == (6 if weeks else last.weekday())
    rows = athlete.between(first, last)
    check_totals(reply["total"], rows)
    assert reply["total"]["days_off"] == (last - first).days + 1 - len({*map(day_of, rows)})
    before = reply["compared_with"]
    check_totals(before, athlete.between(first - 7 * DAY, last - 7 * DAY))


def test_this_year_against_last_to_the_same_day(athlete: Athlete) -> None:
    reply = athlete.ask(
        "get_training_summary", date_range="this year", by="none", compare="last_year"
    )
    first, last = days_of(reply)
    assert first == date(last.year, 1, 1)
    rows = athlete.between(first, last)
    check_totals(reply["total"], rows)
    before = reply["compared_with"]
    same_day = date(last.year - 1, last.month, min(last.day, 28 if last.month == 2 else 31))
    assert days_of(before) == (date(last.year - 1, 1, 1), same_day)
    others = athlete.between(*days_of(before))
    check_totals(before, others)
    if others:
        change = 100 * (len(rows) / len(others) - 1)
        assert int(before["change"]["activities"].split()[0]) == pytest.approx(change, abs=0.51)


def test_climb_per_week(athlete: Athlete) -> None:
    reply = athlete.ask("get_training_summary", date_range="last 12 weeks", by="week")
    first, last = days_of(reply)
    assert (last - first).days == 83
    for row in table(reply):
        monday = date.fromisoformat(row["week"])
        week = athlete.between(max(monday, first), min(monday + 6 * DAY, last))
        check_totals(row, week)


def test_table_by_month(athlete: Athlete) -> None:
    reply = athlete.ask("get_training_summary", date_range="last 12 months", by="month")
    first, last = days_of(reply)
    for row in table(reply):
        month = [a for a in athlete.between(first, last) if f"{day_of(a):%Y-%m}" == row["month"]]
        check_totals(row, month)
        if row["longest"]:
            number, distance = row["longest"]
            longest = max(month, key=lambda a: a.get("distance") or 0)
            assert number == longest["id"]
            if longest.get("distance"):
                assert distance == pytest.approx(longest["distance"] / 1000, abs=0.051)


def test_weekdays_of_rest(athlete: Athlete) -> None:
    reply = athlete.ask("get_training_summary", date_range="last 12 weeks", by="weekday")
    first, last = days_of(reply)
    days = [first + n * DAY for n in range((last - first).days + 1)]
    trained = {day_of(row) for row in athlete.between(first, last)}
    for row in table(reply):
        of_it = [day for day in days if f"{day:%A}" == row["weekday"]]
        assert row["days_off"] == sum(day not in trained for day in of_it)


def test_shoes(athlete: Athlete) -> None:
    reply = athlete.ask("get_training_summary", date_range="all time", by="gear")
    last = days_of(reply)[1]
    for row in table(reply):
        used = [a for a in athlete.rows if (a.get("gear_id") or "none") == row["gear"]]
        assert row["activities"] == len(used)
        assert row["distance"] == pytest.approx(
            sum(a.get("distance") or 0 for a in used) / 1000, abs=0.051
        )
        assert (row["first"], row["last"]) == (
            f"{min(map(day_of, used))}",
            f"{max(map(day_of, used))}",
        )
        recent = [a for a in used if day_of(a) > last - 30 * DAY]
        assert row["last_30_days"] == pytest.approx(
            sum(a.get("distance") or 0 for a in recent) / 1000, abs=0.051
        )


def test_easy_moderate_hard_by_week(athlete: Athlete) -> None:
    """Seconds below, between and above two heart rates, from the samples of runs."""
    reply = athlete.ask("get_training_summary", date_range="last 8 weeks", by="week", sport="runs")
    first, last = days_of(reply)
    checked = 0
    for row in table(reply):
        monday = date.fromisoformat(row["week"])
        runs = athlete.between(max(monday, first), min(monday + 6 * DAY, last), RUNS)
        if not runs or not all(
            any(athlete.samples(run["id"]).get("heartrate", ())) for run in runs
        ):
            continue
        seconds = [0.0, 0.0, 0.0]
        for run in runs:
            for zone, part in enumerate(in_zones(athlete, run)):
                seconds[zone] += part
        expected = [100 * part / sum(seconds) for part in seconds]
        reported = [int(part) for part in row["easy_moderate_hard_percent"].split("/")]
        assert reported == pytest.approx(expected, abs=3), row
        checked += 1
    assert checked >= 2


def in_zones(athlete: Athlete, run: JSON) -> list[float]:
    """Seconds of a run in the three zones of its day."""
    day = day_of(run)
    reply = athlete.ask("get_training_summary", date_range=f"{day}..{day}", by="none")
    lthr = float(reply["basis"]["lthr"].split()[0])
    samples = athlete.samples(run["id"])
    seconds = [0.0, 0.0, 0.0]
    steps = zip(samples["time"], samples["time"][1:], samples["heartrate"], strict=False)
    for now, following, rate in steps:
        if rate and following - now <= 20:
            seconds[(rate >= 0.89 * lthr) + (rate >= lthr)] += following - now
    return seconds
