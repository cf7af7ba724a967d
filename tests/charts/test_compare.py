"""The view of two activities: who was ahead, where it arose, and both curves as recorded."""

from typing import Any

import pytest

from strava_mcp.analysis.compared_steps import ComparedSteps, compared_steps
from strava_mcp.analysis.subject import Subject
from strava_mcp.charts.chart import Chart
from strava_mcp.charts.compare import draw
from strava_mcp.charts.compare_reading import span
from strava_mcp.tools.size import tokens


@pytest.fixture(scope="module")
def compared(subject: Subject, rows: list[Any]) -> ComparedSteps:
    """The newest run with heart rate, and the fastest other on its route."""
    runs = [row for row in rows if row["sport_type"] == "Run" and row["has_heartrate"]]
    return compared_steps(subject, runs[0]["id"])


def facts(chart: Chart) -> dict[str, str]:
    return {fact.label: f"{fact.value} {fact.unit}".strip() for fact in chart.facts}


def valid(chart: Chart) -> Chart:
    chart.to_json()  # raises if a number is not finite
    return chart


def test_the_gap_is_drawn_around_zero_and_said_in_words(compared: ComparedSteps) -> None:
    chart = valid(draw(compared, "metric"))
    gap, rates, heart = chart.tabs[0].panels
    assert chart.axis and len(gap.marks[0].values) == len(chart.axis.values)
    for lead in compared.leads[1:-1]:
        nearest = min(range(400), key=lambda i: abs(chart.axis.values[i] - lead.at))  # type: ignore
        assert gap.marks[0].values[nearest] == pytest.approx(lead.ahead_s, abs=2)
    assert gap.domain[0] <= 0 <= gap.domain[1]
    ahead_s = compared.leads[-1].ahead_s
    word = "ahead" if ahead_s > 0 else "behind"
    assert gap.aside.endswith(f"{word} at the end")
    label = "Ahead at the end" if ahead_s > 0 else "Behind at the end"
    assert facts(chart)[label] == f"{abs(ahead_s):.0f} s"
    assert "Ahead" in gap.name and rates.name == "Pace" and heart.name == "Heart rate"


def test_both_are_drawn_as_recorded_and_told_apart_without_colour(compared: ComparedSteps) -> None:
    chart = valid(draw(compared, "metric"))
    assert compared.other and chart.axis
    for panel, value in ((1, lambda step: step.speed_ms), (2, lambda s: s.means.get("heartrate"))):
        first, other = chart.tabs[0].panels[panel].marks
        assert first.style == "bold" and other.style == "dashed"
        assert first.name != other.name and first.color != other.color
        assert first.x is None and other.x is None  # one hair reads both
        along = compared.other.along
        assert along and len(first.values) == len(other.values) == len(chart.axis.values) == 400
        for i in (0, 133, 399):
            begin, end = (chart.axis.domain[1] * k / 400 for k in (i, i + 1))
            expected = value(along.part(begin, end))
            assert other.values[i] == pytest.approx(expected, abs=0.001)
    ends = [view.steps[-1].end for view in (compared.first, compared.other)]
    assert chart.axis.domain == (0, max(ends))


def test_markers_stand_where_most_was_won_and_lost(compared: ComparedSteps) -> None:
    chart = valid(draw(compared, "metric"))
    assert compared.best and compared.worst
    for marker, part, word in zip(
        chart.markers, (compared.best, compared.worst), ("won", "lost"), strict=True
    ):
        assert part.begin < marker.at < part.end
        assert marker.label == f"{abs(part.won_s):.0f}\u00a0s {word}"
    assert chart.map and chart.map.spots[0].label == f"Most time won: {chart.markers[0].label[:-4]}"
    track = chart.map.tracks[0]
    at = track.at[track.points.index(chart.map.spots[0].point)]
    assert abs(at - chart.markers[0].at) < 20  # metres: a point of the track is near


@pytest.mark.parametrize("units, unit", [("metric", "km"), ("imperial", "mi")])
def test_the_reading_stands_alone(compared: ComparedSteps, units: str, unit: str) -> None:
    chart = valid(draw(compared, units))
    text, other = chart.reading, compared.other
    assert other and compared.best
    for view in (compared.first, other):
        metres = view.activity.facts.distance or 0
        assert f"{metres / (1000 if unit == 'km' else 1609.344):.2f} {unit}" in text
        assert str(view.activity.summary["name"]) not in text
    assert text.count(". ") == 2 and tokens(text) < 300
    begin = compared.best.begin / (1000 if unit == "km" else 1609.344)
    assert f"ost time was won from {begin:.2f} to" in text and f" {unit}" in text
    assert chart.notes[0].startswith("The gap is that of elapsed times")


def test_other_routes_have_curves_and_a_reason(subject: Subject, rows: list[Any]) -> None:
    runs = [r for r in rows if r["sport_type"] == "Run" and r["has_heartrate"]]
    far = next(r for r in runs if abs(r["distance"] - runs[0]["distance"]) > 3000)
    chart = valid(draw(compared_steps(subject, runs[0]["id"], far["id"]), "metric"))
    assert [panel.name for panel in chart.tabs[0].panels] == ["Pace", "Heart rate"]
    assert "No time gap: the other took another route." in chart.notes
    assert chart.reading.endswith("No time gap: the other took another route.")
    assert chart.arguments == {"id": runs[0]["id"], "other": far["id"]} and not chart.markers


def test_distance_against_time_draws_only_the_first(subject: Subject, rows: list[Any]) -> None:
    run = next(r for r in rows if r["sport_type"] == "Run" and r["has_heartrate"])
    weights = next(r for r in rows if r["sport_type"] == "WeightTraining" and r["has_heartrate"])
    chart = valid(draw(compared_steps(subject, run["id"], weights["id"]), "metric"))
    assert all(len(panel.marks) == 1 for panel in chart.tabs[0].panels)
    assert any("not drawn" in note for note in chart.notes)


def test_states(subject: Subject, rows: list[Any]) -> None:
    run = next(r for r in rows if r["sport_type"] == "Run" and not r["manual"])
    twice = valid(draw(compared_steps(subject, run["id"], run["id"]), "metric"))
    assert twice.state == "Choose two different activities." and twice.state in twice.reading
    by_hand = next(r for r in rows if r["manual"])
    chart = valid(draw(compared_steps(subject, run["id"], by_hand["id"]), "metric"))
    assert chart.state and not chart.tabs and chart.heading.count("against") == 1


@pytest.mark.parametrize(
    "seconds, text", [(0.4, "0 s"), (119.4, "119 s"), (151, "2:31 min"), (3751, "1:02:31 h")]
)
def test_spans_say_their_unit(seconds: float, text: str) -> None:
    assert span(seconds).replace("\u00a0", " ") == text
