"""Two processes on one store see each other's changes, and lose none."""

import json
import subprocess
import sys
from pathlib import Path

from strava_mcp.sandbox.app import create_app
from strava_mcp.sandbox.grants import SCOPES
from strava_mcp.store import open_store
from tests.sandbox.conftest import Caller
from tests.sandbox.test_activities import NEW, everything
from tests.sandbox.test_uploads import GPX, upload
from tests.servers import ROOT

#: Creates, changes one field of an activity, stars, uploads, again and again; prints what it made.
WRITER = """
import io, json, sys
from strava_mcp.store import open_store
from strava_mcp.sandbox.app import create_app
from strava_mcp.sandbox.grants import SCOPES
from tests.sandbox.conftest import Caller
from tests.sandbox.test_activities import NEW
from tests.sandbox.test_uploads import GPX

url, field, activity_id = sys.argv[1:]
store = open_store(url)
caller = Caller(create_app(store), *SCOPES)
made, activities = [], []
for n in range(12):
    made.append(caller.ask("POST", "/activities", data=NEW).json["id"])
    caller.ask("PUT", f"/activities/{activity_id}", json={field: f"{field} {n}"})
    file = (io.BytesIO(GPX + b" " * n), "a.gpx")
    sent = caller.ask("POST", "/uploads", data={"file": file, "data_type": "gpx"}).json
    caller.get(f"/uploads/{sent['id']}")
    activities.append(caller.get(f"/uploads/{sent['id']}")["activity_id"])
caller.ask("PUT", "/segments/7011003/starred", json={"starred": True})
store.close()
print(json.dumps([made, activities]))
"""


def test_two_processes_on_one_store(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path / 'store.db'}"
    store = open_store(url)
    caller = Caller(create_app(store), *SCOPES)
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
    said = [json.loads(writer.communicate(timeout=120)[0]) for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0]
    made = [number for one in said for number in one[0]]
    assert len(set(made)) == 24
    uploaded = [(a, b) for a, b in zip(said[0][1], said[1][1], strict=True)]
    # Each file was sent by both: one got the activity, the other was told of the duplicate.
    assert all((a is None) != (b is None) for a, b in uploaded)
    assert len(everything(caller)) == before + 24 + 12
    told = caller.get(f"/activities/{changed}")
    assert (told["name"], told["description"]) == ("name 11", "description 11")
    assert 7011003 in {segment["id"] for segment in caller.get("/segments/starred")}
    assert caller.ask("POST", "/activities", data=NEW).json["id"] not in made  # type: ignore[index]
    assert upload(caller, GPX)["error"]
    store.close()


def test_a_sandbox_without_a_store_forgets() -> None:
    made = Caller(create_app(), *SCOPES).ask("POST", "/activities", data=NEW).json or {}
    assert Caller(create_app(), *SCOPES).ask("GET", f"/activities/{made['id']}").status_code == 404
