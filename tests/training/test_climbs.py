"""Climbs of made profiles, and Strava's categories."""

import pytest

from strava_mcp.training.climbs import Climb, climbs_of, vertical_speed_m_per_h
from strava_mcp.training.durability import bests_after, decline_percent, declines

Profile = list[tuple[float, float]]


def profile(*parts: tuple[float, float]) -> tuple[list[float], list[float]]:
    """Metres and grades (%) to distance and altitude, a sample every 5 m."""
    distance, altitude = [0.0], [0.0]
    for metres, grade in parts:
        for _ in range(round(metres / 5)):
            distance.append(distance[-1] + 5)
            altitude.append(altitude[-1] + 5 * grade / 100)
    return distance, altitude


@pytest.mark.parametrize(
    "length, grade, category",
    [
        (1200, 7, "4"),  # 8,400
        (6100, 7.5, "2"),  # 45,750
        (1000, 8, None),  # 8,000 is not above it
        (4000, 4.1, "3"),
        (10_000, 6.5, "1"),
        (14_000, 8, "HC"),
    ],
)
def test_categories(length: float, grade: float, category: str | None) -> None:
    assert Climb(0, 1, length, length * grade / 100).category == category


def test_a_climb_is_where_it_is() -> None:
    (climb,) = climbs_of(*profile((2000, 0), (3000, 6), (2000, -3)))
    assert climb.begin * 5 == pytest.approx(2000, abs=60)
    assert climb.end * 5 == 5000
    assert climb.length_m == pytest.approx(3000, abs=60)
    assert climb.gain_m == pytest.approx(180, abs=4) and climb.category == "3"


def test_short_dips_and_flats_belong_to_it() -> None:
    parts = ((2000, 6), (150, -4), (1000, 6), (400, 0), (1000, 6), (1000, -5))
    assert [round(climb.gain_m) for climb in climbs_of(*profile(*parts))] == [234]


def test_a_long_flat_or_a_descent_ends_it() -> None:
    assert len(climbs_of(*profile((1000, 5), (800, 0), (1000, 5)))) == 2
    assert len(climbs_of(*profile((1000, 5), (500, -5), (1000, 5)))) == 2


@pytest.mark.parametrize(
    "parts",
    [[(5000, 0)], [(5000, -6)], [(5000, 2)], [(250, 8), (1000, 0)], [(0, 0)]],
    ids=["flat", "down", "gentle", "short", "empty"],
)
def test_no_climb(parts: Profile) -> None:
    assert climbs_of(*profile(*parts)) == []
    assert climbs_of([], []) == []


def test_standing_on_a_climb_changes_nothing() -> None:
    distance, altitude = profile((500, 0), (2000, 6), (500, 0))
    stood = distance[:200] + [distance[199]] * 300 + distance[200:]
    heights = altitude[:200] + [altitude[199]] * 300 + altitude[200:]
    assert [c.gain_m for c in climbs_of(stood, heights)] == [
        c.gain_m for c in climbs_of(distance, altitude)
    ]


def test_vertical_speed() -> None:
    assert vertical_speed_m_per_h(500, 1800) == 1000


def test_durability() -> None:
    assert decline_percent(420, 400) == pytest.approx(4.762, abs=5e-4)
    assert decline_percent(285, 270) == pytest.approx(5.263, abs=5e-4)
    ride = [400.0] * 60 + [200.0] * 10_000 + [380.0] * 60 + [100.0] * 10
    assert bests_after(ride, 0)[60] == 400 and bests_after(ride, 1000)[60] == 380
    result = declines(ride)
    assert (1000, 60) in {(d.work_kj, d.duration_s) for d in result}
    assert all(d.percent == pytest.approx(5) for d in result if d.duration_s == 60)
    assert 3000 not in {d.work_kj for d in result}, "the ride had 2,047 kJ"
    assert bests_after(ride, 9000) == {}


def test_samples_of_one_place_count_once() -> None:
    distance, altitude = profile((500, 0), (2000, 6), (500, 0))
    crept = [metres + step / 100 for metres in distance for step in range(20)]
    heights = [height for height in altitude for _ in range(20)]
    (climb,), (expected,) = climbs_of(crept, heights), climbs_of(distance, altitude)
    assert (climb.begin // 20, climb.end // 20) == (expected.begin, expected.end)
    assert climb.gain_m == expected.gain_m
