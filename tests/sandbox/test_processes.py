"""Two processes on one store see each other's changes and lose none."""

import json
import subprocess
import sys
from pathlib import Path

from strava_mcp.sandbox.app import create_app
from strava_mcp.sandbox.grants import SCOPES
from strava_mcp.store import open_store
from tests.sandbox.conftest import NOW, Caller
from tests.sandbox.test_activities import NEW, everything
from tests.sandbox.test_uploads import GPX, upload
from tests.servers import ROOT

#: Creates activities, changes a field of one, uploads and stars; prints the ids it created.
WRITER = """
import io, json, sys
from strava_mcp.store import open_store
from strava_mcp.sandbox.app import create_app
from strava_mcp.sandbox.grants import SCOPES
from tests.sandbox.conftest import NOW, Caller
from tests.sandbox.test_activities import NEW
from tests.sandbox.test_uploads import GPX

url, field, activity_id = sys.argv[1:]
store = open_store(url)
caller = Caller(create_app(store, lambda: NOW), *SCOPES)
created, uploaded = [], []
for n in range(12):
    created.append(caller.call("POST", "/activities", data=NEW).json["id"])
    caller.call("PUT", f"/activities/{activity_id}", json={field: f"{field} {n}"})
    file = (io.BytesIO(GPX + b" " * n), "a.gpx")
    sent = caller.call("POST", "/uploads", data={"file": file, "data_type": "gpx"}).json
    caller.get(f"/uploads/{sent['id']}")
    uploaded.append(caller.get(f"/uploads/{sent['id']}")["activity_id"])
caller.call("PUT", "/segments/7011003/starred", json={"starred": True})
store.close()
print(json.dumps([created, uploaded]))
"""


def test_two_processes_on_one_store(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path / 'store.db'}"
    store = open_store(url)
    caller = Caller(create_app(store, lambda: NOW), *SCOPES)
    changed = caller.get("/athlete/activities")[0]["id"]
    before = len(everything(caller))
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, url, field, str(changed)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        for field in ("name", "description")
    ]
    outputs = [json.loads(writer.communicate(timeout=120)[0]) for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0]
    created = [number for one in outputs for number in one[0]]
    assert len(set(created)) == 24
    pairs = list(zip(outputs[0][1], outputs[1][1], strict=True))
    # Both sent each file: one got the activity, the other an error about the duplicate.
    assert all((a is None) != (b is None) for a, b in pairs)
    assert len(everything(caller)) == before + 24 + 12
    activity = caller.get(f"/activities/{changed}")
    assert (activity["name"], activity["description"]) == ("name 11", "description 11")
    assert 7011003 in {segment["id"] for segment in caller.get("/segments/starred")}
    another = caller.call("POST", "/activities", data=NEW).json or {}
    assert another["id"] not in created
    assert upload(caller, GPX)["error"]
    store.close()


def test_default_store_is_not_shared() -> None:
    created = Caller(create_app(), *SCOPES).call("POST", "/activities", data=NEW).json or {}
    assert (
        Caller(create_app(), *SCOPES).call("GET", f"/activities/{created['id']}").status_code == 404
    )
