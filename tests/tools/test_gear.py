"""get_gear: one bike or pair of shoes."""

from dataclasses import replace
from typing import Any

import pytest

from strava_mcp.errors import InvalidArguments
from tests.rig import Rig
from tests.tools.conftest import Call


def test_gear_of_the_profile_and_of_an_activity(call: Call, rig: Rig, ctx: Any) -> None:
    owner = call("get_athlete")
    for row in (*owner["bikes"], *owner["shoes"]):
        original = rig.source.gear(row["id"])
        reply = call("get_gear", id=row["id"])
        assert reply["name"] == row["name"] == original["name"]
        assert reply["distance"] == row["distance"] == round(original["distance"] / 1000)
        assert (reply["brand"], reply["model"]) == (original["brand_name"], original["model_name"])
        assert reply["units"] == "km" and "sandbox.invalid" in reply["link"]
    ride = rig.find(sport_type="Ride", manual=False)
    rig.source.keeps_metrics = False  # type: ignore[misc]
    rig.forget_calls()
    used = call("get_activity_by_id", id=ride["id"])["gear_id"]
    imperial = call("get_gear", id=used, context=replace(ctx, units="imperial"))
    assert imperial["units"] == "mi" and len(rig.calls) == 2
    assert imperial["distance"] == round(rig.source.gear(used)["distance"] / 1609.344)


def test_unused_gear_has_distance_zero(
    call: Call, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rig.source, "gear", lambda number: {"id": number, "retired": True})
    reply = call("get_gear", id="g1")
    assert reply["distance"] == 0 and reply["retired"] is True


@pytest.mark.parametrize(
    "wrong", ["", "b", "bike", "../athlete", "b1/../../athlete", 5, "B1", "b１", "x1", ["b1"]]
)
def test_invalid_id_is_rejected_without_a_call(call: Call, rig: Rig, wrong: Any) -> None:
    with pytest.raises(InvalidArguments, match="such as b1234567"):
        call("get_gear", id=wrong)
    assert rig.calls == []
