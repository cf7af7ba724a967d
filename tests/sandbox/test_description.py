"""Every response matches Strava's API description."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask import Flask

from strava_mcp.sandbox.plan import Plan
from tests.conftest import require
from tests.sandbox.conftest import TODAY, Caller
from tests.sandbox.description import Description
from tests.sandbox.test_activities import NEW
from tests.sandbox.test_uploads import GPX

pytestmark = pytest.mark.no_cover

#: Few points: every one of them is validated.
STREAMS = "keys=time,latlng,altitude,watts&key_by_type=true&resolution=low"
RETIRED = ("/clubs/{id}/", "/leaderboard", "/running_races")


@pytest.fixture(scope="module")
def description(shared: Path) -> Description:
    path = shared / "data" / "strava-api-v3.yaml"
    require(path.is_file(), "Strava's API description is not beside the project")
    return Description(path)


def test_wrong_responses_do_not_match(description: Description, athlete: Caller) -> None:
    item = athlete.get("/athlete/activities")[0]
    for wrong in ({"id": "7"}, {"distance": None}, {"type": "MoonWalk"}, {"map": {"polyline": 7}}):
        with pytest.raises(jsonschema.ValidationError):
            description.check("GET", "/athlete/activities", 200, [item | wrong])


def test_lists_and_profiles(description: Description, athlete: Caller) -> None:
    owner = athlete.get("/athlete")
    for path, values in (
        ("/athlete", {}),
        ("/athlete/zones", {}),
        ("/athletes/{id}/stats", {"id": owner["id"]}),
        ("/athletes/{id}/routes", {"id": owner["id"]}),
        ("/athlete/clubs", {}),
        ("/clubs/{id}", {"id": owner["clubs"][0]["id"]}),
        ("/segments/starred", {}),
        ("/gear/{id}", {"id": owner["bikes"][0]["id"]}),
        ("/gear/{id}", {"id": owner["shoes"][0]["id"]}),
    ):
        description.check("GET", path, 200, athlete.get(path.format(**values)))
    for page in range(1, 5):
        rows = athlete.get("/athlete/activities", per_page=200, page=page)
        description.check("GET", "/athlete/activities", 200, rows)


@pytest.mark.usefixtures("recorded")
def test_activities_with_all_their_parts(
    description: Description, athlete: Caller, sample: list[Plan]
) -> None:
    checked = 0
    for plan in (plan for plan in sample[::2] if plan.start_local.date() < TODAY):
        if athlete.call("GET", f"/activities/{plan.id}").status_code == 404:
            continue  # it has left the three years
        checked += 1
        for part in ("", "/laps", "/zones", "/comments", "/kudos"):
            path = f"/activities/{{id}}{part}"
            description.check("GET", path, 200, athlete.get(path.format(id=plan.id)))
        reply = athlete.call("GET", f"/activities/{plan.id}/streams?{STREAMS}")
        assert reply.status_code == (200 if plan.is_recorded else 404)
        description.check("GET", "/activities/{id}/streams", reply.status_code, reply.json)
        every = athlete.get(f"/activities/{plan.id}", include_all_efforts="true")
        description.check("GET", "/activities/{id}", 200, every)
    assert checked > 20


def test_routes_segments_and_efforts(description: Description, athlete: Caller) -> None:
    query = {"keys": "latlng,distance,altitude", "key_by_type": "true"}
    route = athlete.get(f"/athletes/{athlete.get('/athlete')['id']}/routes")[0]
    description.check("GET", "/routes/{id}", 200, athlete.get(f"/routes/{route['id']}"))
    segment = athlete.get("/segments/starred")[0]["id"]
    efforts = athlete.get(f"/segments/{segment}/all_efforts", per_page=4)
    description.check("GET", "/segments/{id}/all_efforts", 200, efforts)
    for path, number in (
        ("/segments/{id}", segment),
        ("/segments/{id}/streams", segment),
        ("/segment_efforts/{id}", efforts[0]["id"]),
        ("/segment_efforts/{id}/streams", efforts[0]["id"]),
    ):
        parameters = query if path.endswith("streams") else {}
        description.check("GET", path, 200, athlete.get(path.format(id=number), **parameters))
    starred = athlete.call("PUT", f"/segments/{segment}/starred", data={"starred": "true"})
    description.check("PUT", "/segments/{id}/starred", 200, starred.json)


def test_created_and_changed_objects(description: Description, athlete: Caller) -> None:
    created = athlete.call("POST", "/activities", data=NEW)
    description.check("POST", "/activities", 201, created.json)
    number = (created.json or {})["id"]
    changed = athlete.call("PUT", f"/activities/{number}", json={"name": "x", "trainer": True})
    description.check("PUT", "/activities/{id}", 200, changed.json)
    description.check("GET", "/athlete/activities", 200, athlete.get("/athlete/activities"))
    weighed = athlete.call("PUT", "/athlete", data={"weight": "66"})
    description.check("PUT", "/athlete", 200, weighed.json)
    for content in (GPX, b"broken"):
        data = {"file": (BytesIO(content), "a.gpx"), "data_type": "gpx"}
        reply = athlete.call("POST", "/uploads", data=data)
        description.check("POST", "/uploads", 201, reply.json)
        for _ in range(3):
            polled = athlete.get(f"/uploads/{(reply.json or {})['id']}")
            description.check("GET", "/uploads/{uploadId}", 200, polled)


def test_errors_are_faults(
    description: Description, athlete: Caller, caller: Callable[..., Caller]
) -> None:
    fault: dict[str, Any] = {"$ref": "#/components/schemas/Fault"}
    stranger = caller("read")
    for client, method, path in (
        (stranger, "GET", "/athlete/zones"),
        (stranger, "POST", "/activities"),
        (athlete, "GET", "/activities/1"),
        (athlete, "POST", "/activities"),
        (athlete, "GET", "/clubs/1/members"),
        (athlete, "GET", "/segments/explore"),
        (athlete, "GET", "/nothing"),
        (athlete, "DELETE", "/athlete"),
    ):
        reply = client.call(method, path)
        assert reply.status_code >= 400
        assert reply.json and reply.json["message"]
        description.validate(reply.json, fault)


def test_every_operation_of_the_description_exists(
    description: Description, app: Flask, athlete: Caller
) -> None:
    for method, path in description.operations():
        url = path.replace("{id}", "987654321").replace("{uploadId}", "987654321")
        reply = athlete.call(method, url)
        retired = any(part in path for part in RETIRED) and path != "/clubs/{id}"
        assert (reply.status_code == 410) == retired, path
        message = (reply.json or {}).get("message") if isinstance(reply.json, dict) else None
        assert message not in ("Not Found", "Method Not Allowed"), path
