"""Zones and the distribution of intensity."""

import pytest

from strava_mcp.training import zones
from strava_mcp.training.intensity_distribution import (
    Shares,
    is_polarized,
    polarization_index,
    seconds_between,
    shares,
)


@pytest.mark.parametrize(
    "distribution, expected",
    [
        ((0.80, 0.05, 0.15), 2.3802),
        ((0.75, 0.05, 0.20), 2.4771),
        ((0.80, 0.10, 0.10), 1.9031),
        ((0.60, 0.30, 0.10), 1.3010),
        ((0.68, 0.27, 0.05), 1.1001),
    ],
)
def test_polarization_index(distribution: tuple[float, float, float], expected: float) -> None:
    index = polarization_index(Shares(*distribution))
    assert index == pytest.approx(expected, abs=5e-5)
    assert is_polarized(Shares(*distribution)) == (expected > 2)


def test_edges_of_the_index() -> None:
    assert polarization_index(Shares(0.9, 0.1, 0)) == 0
    assert polarization_index(Shares(0.9, 0, 0.1)) == pytest.approx(2.9494, abs=5e-5)
    assert polarization_index(Shares(0.2, 0.1, 0.7)) is None
    assert not is_polarized(Shares(0.7, 0.2, 0.1)), "zone 2 exceeds zone 3"


def test_shares() -> None:
    assert shares(60, 30, 10) == Shares(0.6, 0.3, 0.1)
    assert shares(0, 0, 0) is None


def test_a_zone_includes_its_lower_end_only() -> None:
    assert seconds_between([100, 200], [(99.9, 1), (100, 2), (199, 4), (200, 8)]) == [1, 6, 8]


@pytest.mark.parametrize(
    "threshold, table, edges",
    [
        (250, zones.COGGAN_POWER, [137.5, 187.5, 225, 262.5, 300, 375]),
        (170, zones.COGGAN_HEART_RATE, [115.6, 141.1, 159.8, 178.5]),
        (175, zones.FRIEL_RIDE_HEART_RATE[:3], [141.75, 157.5, 164.5]),
    ],
)
def test_zones(threshold: float, table: tuple[float, ...], edges: list[float]) -> None:
    """Coggan, as in Clarke and Skiba 2013; Friel."""
    result = zones.zones(threshold, table)
    assert [low for low, _ in result[1:]] == pytest.approx(edges)
    assert result[0][0] == 0 and result[-1][1] is None
    assert all(before[1] == after[0] for before, after in zip(result, result[1:], strict=False))
    assert zones.zone_of(edges[0] + 1e-9, result) == 2 and zones.zone_of(0, result) == 1
    assert zones.zone_of(10_000, result) == len(edges) + 1


def test_paces() -> None:
    assert [round(240 * share, 1) for share in zones.FRIEL_PACE[:3]] == [309.6, 273.6, 254.4]


def test_heart_rates() -> None:
    assert zones.karvonen_bpm(0.5, 180, 60) == 120
    assert [zones.max_heart_rate_of_age(age) for age in (30, 50)] == pytest.approx([187, 173])
