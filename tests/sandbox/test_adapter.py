"""The in-process transport: methods, queries, bodies, files, streaming, redirects."""

import json

from flask import Flask

from strava_mcp.sandbox.adapter import WSGIAdapter
from tests.faults import Faults
from tests.sandbox.test_faults import HOST, Client


def test_adapter_passes_requests_and_responses_on(app: Flask) -> None:
    client = Client(HOST, Faults(), WSGIAdapter(app))
    reply = client.get("/athlete/activities?per_page=1&page=2")
    assert len(reply.json()) == 1 and reply.headers["x-ratelimit-usage"]
    assert reply.url.endswith("per_page=1&page=2") and reply.ok and reply.encoding == "utf-8"
    sent = {"name": "Über Ж 跑", "commute": True}
    number = reply.json()[0]["id"]
    changed = client.session.put(f"{HOST}/api/v3/activities/{number}", json=sent)
    assert changed.json()["name"] == sent["name"] and changed.json()["commute"] is True
    files = {"file": ("a.gpx", b"no")}
    upload = client.post("/api/v3/uploads", data={"data_type": "gpx"}, files=files)
    assert upload.status_code == 201 and json.loads(upload.content)["id"]
    with client.session.get(f"{HOST}/api/v3/athlete", stream=True) as streamed:
        assert b"".join(streamed.iter_content(64)).startswith(b"{")
    query = {"client_id": "10000", "redirect_uri": "http://localhost:1/back", "scope": "read"}
    consent = client.session.get(f"{HOST}/oauth/authorize", params=query, allow_redirects=False)
    assert consent.status_code == 302 and "code=" in consent.headers["Location"]
