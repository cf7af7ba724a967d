"""The view of an activity: its figures are the recording's, and it says what is missing."""

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from strava_mcp.analysis.activity_steps import BY_HAND, NO_RECORDING, activity_steps
from strava_mcp.analysis.subject import Subject
from strava_mcp.charts.activity import NOTHING, draw
from strava_mcp.charts.chart import Chart, Panel
from strava_mcp.charts.scales import write
from strava_mcp.tools.size import tokens
from strava_mcp.training.activity_metrics import STREAMS
from tests.rig import Rig

MARKUP = "<img src=x onerror=alert(1)>\u202e evil </script>"


def find(rows: list[Any], **values: Any) -> Any:
    values = {"manual": False} | values
    return next(row for row in rows if all(row.get(key) == v for key, v in values.items()))


def chart_of(subject: Subject, row: Any, units: str = "metric", **span: float) -> Chart:
    chart = draw(activity_steps(subject, row["id"], **span), units)
    chart.to_json()  # raises if a number is not finite
    return chart


def changed(
    subject: Subject, monkeypatch: Any, row: Any, detail: Any = None, **streams: Any
) -> Chart:
    """The chart of an activity with other values; a stream of None is taken away."""
    listed = subject.source.activity(row["id"])
    recorded = subject.source.streams(row["id"], STREAMS)
    new = {**recorded, **{key: {"data": data} for key, data in streams.items()}}
    kept = {key: one for key, one in new.items() if streams.get(key, ()) is not None}
    with monkeypatch.context() as patch:
        patch.setattr(subject.source, "activity", lambda *_: {**listed, **(detail or {})})
        patch.setattr(subject.source, "streams", lambda *_: kept)
        return chart_of(subject, row)


def panel(chart: Chart, key: str) -> Panel:
    return next(one for one in chart.tabs[0].panels if one.key == key)


def facts(chart: Chart) -> dict[str, str]:
    return {fact.label: f"{fact.value} {fact.unit}".strip() for fact in chart.facts}


def seconds(clock: str) -> int:
    total = 0
    for part in clock.split(":"):
        total = 60 * total + int(part)
    return total


def test_a_run_shows_what_strava_lists(rows: list[Any], subject: Subject) -> None:
    row = find(rows, sport_type="Run", has_heartrate=True)
    chart = chart_of(subject, row)
    figures = facts(chart)
    assert figures["Distance"] == f"{row['distance'] / 1000:.2f} km"
    assert seconds(figures["Moving time"]) == row["moving_time"]
    pace_s = 1000 * row["moving_time"] / row["distance"]
    assert seconds(figures["Pace"].removesuffix(" /km")) == pytest.approx(pace_s, abs=0.51)
    assert figures["Heart rate"] == f"{row['average_heartrate']:.0f} bpm"
    assert figures["Climb"] == f"{row['total_elevation_gain']:.0f} m"
    assert chart.title == row["name"] and row["name"] not in chart.heading
    assert chart.heading.startswith("Run · ")
    assert chart.heading.endswith(f", {row['start_date_local'][11:16]}")
    assert [one.name for one in chart.tabs[0].panels] == ["Pace", "Heart rate", "Altitude"]
    assert panel(chart, "rate").aside == f"avg {figures['Pace']}".replace(" /", "\u00a0/")
    assert chart.map and chart.map.tracks[0].points[0] == (0, 0)
    assert chart.link == ""  # the sandbox athlete has no page


def test_a_ride_has_power_and_the_bounds_of_its_zones(rows: list[Any], subject: Subject) -> None:
    row = find(rows, sport_type="Ride", has_heartrate=True, device_watts=True)
    chart = chart_of(subject, row)
    names = [one.name for one in chart.tabs[0].panels]
    assert names == ["Speed", "Power", "Heart rate", "Altitude"]
    view = activity_steps(subject, row["id"])
    for key, zones in (("power", view.zones["power"]), ("heart", view.zones["heart rate"])):
        one = panel(chart, key)
        inside = [edge for edge in zones.edges if one.domain[0] <= edge <= one.domain[1]]
        assert [tick.at for tick in one.ticks] == inside
        assert [tick.label for tick in one.ticks] == [f"{edge:.0f}" for edge in inside]
        assert len(one.bands) == len(inside) + 1
    assert facts(chart)["Power"] == f"{row['average_watts']:.0f} W"
    assert any("Power zones: Coggan" in note for note in chart.notes)


def test_the_steps_of_a_lap_add_up_to_it(rig: Rig, rows: list[Any], subject: Subject) -> None:
    """What the page shows while a lap is chosen is what Strava lists of the lap."""
    row = next(row for row in rows if "5 × 1 km" in row["name"] and not row["manual"])
    laps, chart = rig.source.activity(row["id"])["laps"], chart_of(subject, row)
    assert chart.steps and chart.axis and len(chart.strip) == len(laps)
    for segment, lap in zip(chart.strip, laps, strict=True):
        inside = [i for i, at in enumerate(chart.axis.values) if segment.low <= at <= segment.high]
        metres = sum(chart.steps.metres[i] for i in inside)
        moving_s = sum(chart.steps.seconds[i] for i in inside)
        assert metres == pytest.approx(lap["distance"], abs=25)
        assert metres / moving_s == pytest.approx(lap["average_speed"], rel=0.03)
        assert segment.label.startswith(f"Lap {lap['lap_index']} · {lap['distance'] / 1000:.2f}")
        assert 0 <= segment.level <= 1
    speeds = [lap["average_speed"] for lap in laps]
    assert chart.strip[speeds.index(max(speeds))].level == 1


def test_a_zoomed_range_has_its_own_figures(rows: list[Any], subject: Subject) -> None:
    row = next(row for row in rows if "5 × 1 km" in row["name"] and not row["manual"])
    chart = chart_of(subject, row, begin=2000, end=3000)
    figures = facts(chart)
    assert figures["Distance"] == "1.00 km" and "Climb" not in figures
    assert chart.axis and chart.axis.domain == (2000, 3000)
    assert chart.arguments == {"id": row["id"], "from": 2000, "to": 3000}
    assert "from 2.00 to 3.00 km" in chart.reading
    assert chart.steps and sum(chart.steps.metres) == pytest.approx(1000)


@pytest.mark.parametrize(
    "units, unit, per", [("metric", "m", "100 m"), ("imperial", "yd", "100 yd")]
)
def test_a_swim_has_pace_per_hundred(
    rows: list[Any], subject: Subject, units: str, unit: str, per: str
) -> None:
    row = find(rows, sport_type="Swim")
    chart = chart_of(subject, row, units)
    figures = facts(chart)
    assert figures["Distance"].endswith(f" {unit}") and figures["Pace"].endswith(f" /{per}")
    size_m = 100 if units == "metric" else 91.44
    expected = row["moving_time"] / row["distance"] * size_m
    assert seconds(figures["Pace"].split()[0]) == pytest.approx(expected, abs=0.51)
    assert chart.map is None and any(note.startswith("No map") for note in chart.notes)
    assert "Climb" not in figures


def test_imperial_units(rows: list[Any], subject: Subject) -> None:
    row = find(rows, sport_type="Ride", has_heartrate=True)
    chart = chart_of(subject, row, "imperial")
    figures = facts(chart)
    assert figures["Distance"] == f"{row['distance'] / 1609.344:.2f} mi"
    mph = row["distance"] / row["moving_time"] * 3600 / 1609.344
    assert figures["Speed"] == f"{mph:.1f} mph"
    climb_ft = int(figures["Climb"].removesuffix(" ft").replace("\u202f", ""))
    assert climb_ft == pytest.approx(row["total_elevation_gain"] / 0.3048, abs=0.51)
    assert chart.map and chart.map.scale[1].endswith(("mi", "ft"))


def test_every_sport_is_drawn_within_its_domains(rows: list[Any], subject: Subject) -> None:
    drawn = set()
    for row in rows:
        kind = row["sport_type"], row["has_heartrate"], row.get("device_watts"), row["manual"]
        if kind in drawn:
            continue
        drawn.add(kind)
        chart = chart_of(subject, row)
        assert bool(chart.state) != bool(chart.tabs), row["name"]
        assert tokens(chart.reading) < 300 and chart.reading.count(". ") <= 3
        assert not {"\u00a0", "\u202f"} & {*chart.reading} and row["name"] not in chart.reading
        for one in chart.tabs[0].panels if chart.tabs else ():
            low, high = one.domain
            assert low < high and one.ticks
            assert all(low <= tick.at <= high for tick in one.ticks)
            assert chart.axis and len(one.marks[0].values) == len(chart.axis.values)
            assert one.mean is None or low <= one.mean <= high
        if chart.axis:
            assert all(a < b for a, b in pairwise(chart.axis.values))
    assert len(drawn) > 12


def test_flat_and_steady_looks_flat(
    rows: list[Any], subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = find(rows, sport_type="Run", has_heartrate=True)
    size = len(subject.source.streams(row["id"], STREAMS)["time"]["data"])
    even = {
        "time": list(range(size)),
        "distance": [3.0 * i for i in range(size)],
        "moving": [True] * size,
        "heartrate": [140] * size,
        "altitude": [400.0] * size,
    }
    chart = changed(subject, monkeypatch, row, {"laps": []}, **even)
    spans = {one.key: one.domain[1] - one.domain[0] for one in chart.tabs[0].panels}
    assert spans == pytest.approx({"rate": 0.3, "heart": 20, "altitude": 40})


def test_a_stop_does_not_flatten_the_race(
    rows: list[Any], subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A walk to the start of the last step, and one jump of a bad position."""
    row = find(rows, sport_type="Run")
    size, metres = 3600, 0.0
    distance = []
    for second in range(size):
        metres += 35.0 if second == 1800 else 0.5 if second > 3585 else 3 + second % 7 / 10
        distance.append(metres)
    streams = {"time": list(range(size)), "distance": distance, "moving": [True] * size}
    absent = dict.fromkeys(("altitude", "heartrate", "latlng"))
    chart = changed(subject, monkeypatch, row, {"laps": []}, **streams, **absent)
    low, high = panel(chart, "rate").domain
    assert 2 < low and high < 4.5
    values = [value for value in panel(chart, "rate").marks[0].values if value is not None]
    assert min(values) < low and max(values) > high  # kept, and drawn at the edges


def test_states(rows: list[Any], subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    by_hand = chart_of(subject, find(rows, manual=True))
    assert by_hand.state == BY_HAND and by_hand.reading.endswith(BY_HAND) and by_hand.facts
    row = find(rows, sport_type="Run", has_heartrate=True)
    assert changed(subject, monkeypatch, row, time=[]).state == NO_RECORDING
    absent = dict.fromkeys(("distance", "altitude", "heartrate", "latlng", "watts"))
    assert changed(subject, monkeypatch, row, **absent).state == NOTHING
    without = changed(subject, monkeypatch, row, heartrate=None)
    assert [one.key for one in without.tabs[0].panels] == ["rate", "altitude"]
    assert "No heart rate was recorded." in without.notes
    indoors = changed(subject, monkeypatch, row, {"trainer": True})
    assert indoors.map is None and "No map: it took place indoors." in indoors.notes
    over_time = changed(subject, monkeypatch, row, distance=None)
    assert over_time.axis and over_time.axis.kind == "time"
    assert [one.key for one in over_time.tabs[0].panels] == ["heart", "altitude"]


@pytest.mark.parametrize("name", [MARKUP, "مرحبا بالعالم", "", " ", None, 7, "x" * 10_000])
def test_names_stay_in_the_title(
    rows: list[Any], subject: Subject, monkeypatch: pytest.MonkeyPatch, name: Any
) -> None:
    row = find(rows, sport_type="Run")
    chart = changed(subject, monkeypatch, row, {"name": name})
    if isinstance(name, str) and name.strip():
        assert chart.title == name
        words = replace(chart, title="").to_json()
        assert name not in str(words)
    else:
        assert chart.title == "Run"


def test_malformed_values_are_gaps(
    rows: list[Any], subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = find(rows, sport_type="Run", has_heartrate=True)
    streams = {
        key: list(one["data"]) for key, one in subject.source.streams(row["id"], STREAMS).items()
    }
    nan, size = float("nan"), len(streams["time"])
    streams["heartrate"][100:200] = [nan] * 50 + ["?"] * 50
    streams["altitude"] = [-30.0 - i % 9 for i in range(size)]
    streams["distance"][50] = nan
    streams["altitude"][60:64] = [1e300, -1e300, float("inf"), 10**400]
    streams["latlng"][70] = [nan, 500]
    detail = {
        "average_heartrate": nan,
        "elev_low": -1e300,
        "elev_high": 1e300,
        "sport_type": {"a": 1},
        "type": "Run",
        "total_elevation_gain": nan,
        "laps": [{"start_index": nan, "elapsed_time": "x", "distance": nan}, 5, None],
        "start_date_local": "yesterday",
    }
    chart = changed(subject, monkeypatch, row, detail, **streams)
    assert not chart.strip and "Climb" not in facts(chart) and "Heart rate" not in facts(chart)
    assert None in panel(chart, "heart").marks[0].values
    altitude = panel(chart, "altitude")
    assert altitude.domain[0] < -38 and altitude.domain[1] > -30
    assert altitude.aside == "−38 – −30\u00a0m"
    assert chart.map and None in chart.map.tracks[0].points


def test_a_track_across_the_date_line_stays_small(
    rows: list[Any], subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = find(rows, sport_type="Run")
    size = len(subject.source.streams(row["id"], STREAMS)["time"]["data"])
    half = size // 2
    east = [180 - (half - i) * 1e-5 for i in range(half)]
    west = [-180 + i * 1e-5 for i in range(size - half)]
    track = [[-17.0, longitude] for longitude in (*east, *west)]
    chart = changed(subject, monkeypatch, row, latlng=track)
    assert chart.map
    points = [point for point in chart.map.tracks[0].points if point]
    assert max(abs(x) for x, _ in points) == pytest.approx(1e-5 * size * 106_340, rel=0.01)
    assert all(0 <= b[0] - a[0] < 50 for a, b in pairwise(points))


def test_the_axis_finds_each_value_of_the_recording(
    rig: Rig, rows: list[Any], subject: Subject
) -> None:
    """What stands beside the hair: at 1/4, 1/2 and 3/4 of the way, from the raw samples."""
    row = find(rows, sport_type="Run", has_heartrate=True)
    streams = {k: v["data"] for k, v in rig.source.streams(row["id"], STREAMS).items()}
    chart = chart_of(subject, row)
    assert chart.axis
    for share in (0.25, 0.5, 0.75):
        i = int(share * len(chart.axis.values))
        at = chart.axis.values[i]
        sample = next(k for k, metres in enumerate(streams["distance"]) if metres >= at)
        rate = panel(chart, "heart").marks[0].values[i] or 0
        around = streams["heartrate"][sample - 2 : sample + 3]
        assert min(around) - 0.01 <= rate <= max(around) + 0.01
        assert chart.axis.tags[i] == pytest.approx(streams["time"][sample], abs=1.1)
        written = write(chart.axis.quantity, at)
        assert re.fullmatch(r"\d+\.\d\d\u00a0km", written)
