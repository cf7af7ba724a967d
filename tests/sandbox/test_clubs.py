"""Clubs; operations that Strava has retired, and unknown ones."""

import pytest

from tests.sandbox.conftest import Caller


def test_clubs(athlete: Caller) -> None:
    clubs = athlete.get("/athlete/clubs")
    club = athlete.get(f"/clubs/{clubs[0]['id']}")
    assert club["name"] == clubs[0]["name"] and club["membership"] == "member"
    assert athlete.call("GET", "/clubs/1").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/clubs/8157001/activities",
        "/clubs/8157001/members",
        "/clubs/8157001/admins",
        "/segments/7011001/leaderboard",
        "/running_races",
        "/running_races/1",
    ],
)
def test_retired_operations_get_410(athlete: Caller, path: str) -> None:
    reply = athlete.call("GET", path)
    assert reply.status_code == 410 and reply.json and reply.json["errors"]


def test_unknown_paths_and_methods_get_a_fault(athlete: Caller) -> None:
    for method, path, status in (("GET", "/nothing", 404), ("DELETE", "/athlete", 405)):
        reply = athlete.call(method, path)
        assert reply.status_code == status and reply.json and "message" in reply.json
