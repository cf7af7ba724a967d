"""Fitness, form, races and zones, against closed forms and published formulas."""

from datetime import date, timedelta
from math import exp, log
from statistics import fmean, pstdev
from typing import Any

import pytest

from strava_mcp.json_types import JSON
from strava_mcp.units import BEST_EFFORTS_M, MARATHON_M
from tests.questions import raw
from tests.questions.athlete import Athlete

DAY = timedelta(days=1)


def table(reply: JSON, rows: str = "rows") -> list[dict[str, Any]]:
    return [dict(zip(reply["columns"], row, strict=True)) for row in reply[rows]]


def daily_loads(athlete: Athlete, last: date, days: int) -> list[float]:
    """The loads of the last days, a day at a time."""
    loads = []
    for back in reversed(range(days)):
        day = last - back * DAY
        total = athlete.ask("get_training_summary", date_range=f"{day}..{day}", by="none")["total"]
        loads.append(total.get("load") or 0.0)
    return loads


def after(fitness: float, load: float, constant: int, days: int) -> float:
    """An exponentially weighted mean after days of one load: the closed form."""
    return load + (fitness - load) * exp(-days / constant)


def test_form_on_race_day_with_and_without_a_plan(athlete: Athlete) -> None:
    """The morning of the race is after the days until its eve."""
    reply = athlete.ask(
        "get_training_load", date_range="last 6 weeks", until="in 3 weeks", planned="50/day"
    )
    latest, outlook = reply["latest"], reply["outlook"]
    today = date.fromisoformat(latest["date"])
    assert date.fromisoformat(outlook["until"]) == today + 21 * DAY
    assert outlook["days_to_train"] == 20
    rows = {row["training"]: row for row in table(outlook)}
    for name, load in (("plan", 50.0), ("rest", 0.0)):
        row = rows[name]
        assert row["fitness"] == pytest.approx(after(latest["fitness"], load, 42, 20), abs=0.11)
        assert row["fatigue"] == pytest.approx(after(latest["fatigue"], load, 7, 20), abs=0.11)
        assert row["form"] == pytest.approx(row["fitness"] - row["fatigue"], abs=0.11)
    tapers = [row for name, row in rows.items() if "then" in name]
    assert all(row["form"] == pytest.approx(outlook["form_wanted"], abs=0.11) for row in tapers)
    unplanned = athlete.ask("get_training_load", date_range="last 6 weeks", until="in 3 weeks")
    names = [row["training"] for row in table(unplanned["outlook"])]
    assert "plan" not in names and rows["rest"] in table(unplanned["outlook"])


def test_a_week_of_loads_is_monotonous_or_not(athlete: Athlete) -> None:
    reply = athlete.ask("get_training_load", date_range="last 6 weeks")
    latest = reply["latest"]
    loads = daily_loads(athlete, date.fromisoformat(latest["date"]), 7)
    if pstdev(loads):
        monotony = fmean(loads) / pstdev(loads)
        assert latest["monotony_7_days"] == pytest.approx(monotony, abs=0.03)
        assert latest["strain_7_days"] == pytest.approx(sum(loads) * monotony, rel=0.03, abs=3)
    fitness = latest["fitness"] * exp(-1 / 42) if not loads[-1] else latest["fitness"]
    assert fitness <= latest["fitness"]


def test_load_of_a_ride_with_power(athlete: Athlete) -> None:
    """Coggan's training stress of the newest ride that has power, from its samples."""
    ride = next(
        row
        for row in athlete.rows
        if row["sport_type"] in ("Ride", "VirtualRide")
        and row.get("device_watts")
        and any(athlete.samples(row["id"]).get("watts", ()))
    )
    day = ride["start_date_local"][:10]
    reply = athlete.ask(
        "get_training_summary", date_range=f"{day}..{day}", by="none", sport=ride["sport_type"]
    )
    samples = athlete.samples(ride["id"])
    watts = raw.per_second(samples["time"], samples["watts"])
    sums = [sum(watts[:30])]
    for left, right in zip(watts, watts[30:], strict=False):
        sums.append(sums[-1] + right - left)
    normalized = fmean([(total / 30) ** 4 for total in sums]) ** 0.25
    ftp = float(reply["basis"]["ftp"].split()[0])
    recorded_s = sum(min(b - a, 20) for a, b in zip(samples["time"], samples["time"][1:]))
    expected = recorded_s * normalized**2 / ftp**2 / 36
    assert reply["total"]["load"] == pytest.approx(expected, rel=0.03, abs=2)


def test_marathon_prediction(athlete: Athlete) -> None:
    reply = athlete.ask("predict_race", distance="marathon")
    assert reply["race"]["distance"] == pytest.approx(MARATHON_M / 1000, abs=0.01)
    for effort in table(reply, "efforts"):
        metres, seconds = BEST_EFFORTS_M[effort["effort"]], raw.seconds_of(effort["time"])
        samples = athlete.samples(effort["activity_id"])
        own = raw.fastest_s(samples["time"], samples["distance"], metres)
        assert own == pytest.approx(seconds, abs=2)
        riegel = seconds * (MARATHON_M / metres) ** 1.06
        assert raw.seconds_of(effort["riegel"]) == pytest.approx(riegel, rel=0.0006)
        vdot = oxygen(metres, seconds)
        assert effort["vdot"] == pytest.approx(vdot, abs=0.06)
        daniels = raw.seconds_of(effort["daniels"])
        assert oxygen(MARATHON_M, daniels) == pytest.approx(vdot, abs=0.06)
        cameron = seconds * MARATHON_M / metres * slowing(metres) / slowing(MARATHON_M)
        assert raw.seconds_of(effort["cameron"]) == pytest.approx(cameron, rel=0.001)
    first = table(reply, "efforts")[0]
    times = sorted(first[name] for name in ("riegel", "daniels", "cameron"))
    assert [reply["expected"][name] for name in ("fastest", "middle", "slowest")] == times


def oxygen(metres: float, seconds: float) -> float:
    """VDOT of Daniels and Gilbert (1979)."""
    minutes = seconds / 60
    speed = metres / minutes
    share = 0.8 + 0.1894393 * exp(-0.012778 * minutes) + 0.2989558 * exp(-0.1932605 * minutes)
    return (-4.6 + 0.182258 * speed + 0.000104 * speed**2) / share


def slowing(metres: float) -> float:
    """Cameron's term (1998); the exponent as a logarithm."""
    return 13.49681 - 0.000030363 * metres + 835.7114 / exp(0.7905 * log(metres))


def test_zones(athlete: Athlete) -> None:
    reply = athlete.ask("get_athlete_zones")
    assert reply["thresholds"]
    if athlete.name == "sandbox":
        profile = athlete.source.athlete_zones()
        for kind in ("heart_rate", "power"):
            lows = [zone["min"] for zone in profile[kind]["zones"]]
            assert [zone["min"] for zone in reply[kind]] == lows
        return
    lthr = float(reply["thresholds"]["lthr"].split()[0])
    lows = [zone["min"] for zone in reply["heart_rate"]]
    assert lows == sorted(lows) and any(low == pytest.approx(lthr, rel=0.07) for low in lows)
    ftp = float(reply["thresholds"]["ftp"].split()[0])
    expected = [0, *(share * ftp for share in (0.55, 0.75, 0.9, 1.05, 1.2, 1.5))]
    assert [zone["min"] for zone in reply["power"]] == pytest.approx(expected, abs=1.5)
