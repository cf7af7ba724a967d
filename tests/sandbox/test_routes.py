"""Routes, their streams and their files over the API."""

from collections.abc import Callable
from xml.etree import ElementTree

from tests.sandbox.conftest import Caller


def test_routes_their_streams_and_files(athlete: Caller, caller: Callable[..., Caller]) -> None:
    owner = athlete.get("/athlete")["id"]
    routes = athlete.get(f"/athletes/{owner}/routes")
    assert len(routes) == 3
    for route in routes:
        assert athlete.get(f"/routes/{route['id']}") == route
        streams = {s["type"]: s for s in athlete.get(f"/routes/{route['id']}/streams")}
        assert streams["distance"]["data"][-1] == route["distance"]
        for path, tag in (("export_gpx", "trkpt"), ("export_tcx", "Trackpoint")):
            reply = athlete.call("GET", f"/routes/{route['id']}/{path}")
            points = list(ElementTree.fromstring(reply.data).iterfind(f".//{{*}}{tag}"))
            assert len(points) == len(streams["latlng"]["data"])
    other = caller("read")
    visible = other.get(f"/athletes/{owner}/routes")
    assert [route["id"] for route in visible] == [r["id"] for r in routes if not r["private"]]
    hidden = next(route["id"] for route in routes if route["private"])
    assert other.call("GET", f"/routes/{hidden}").status_code == 404
    assert other.call("GET", f"/routes/{hidden}/export_gpx").status_code == 404
    assert athlete.call("GET", "/routes/1").status_code == 404
    assert athlete.call("GET", "/athletes/1/routes").status_code == 404
