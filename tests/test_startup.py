"""Loading the app of a server: garbage collection pauses meanwhile, and goes on afterwards."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PROGRAM = """
import gc, json, sys
import strava_mcp.startup
if "disabled" in sys.argv:
    gc.disable()
runs = []
gc.collect()
gc.callbacks.append(lambda phase, info: runs.append(phase))
try:
    import wsgi
except SystemExit:
    pass
gc.callbacks.clear()
print(json.dumps([len(runs), gc.isenabled(), gc.get_freeze_count() > 10_000]))
"""


def load(home: Path, *args: str, **settings: str) -> list[object]:
    """Load ``wsgi``; returns collections meanwhile, whether they are on, and what is exempt."""
    env = {"STRAVA_MCP_HOME": str(home), "PATH": "", **settings}
    command = [sys.executable, "-c", PROGRAM, *args]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    result: list[object] = json.loads(done.stdout.splitlines()[-1])
    return result


def test_nothing_is_collected_while_the_app_is_loaded(tmp_path: Path) -> None:
    assert load(tmp_path / "home") == [0, True, True]


@pytest.mark.parametrize("setting", ["RATE_LIMIT", "MAX_STREAMS"])
def test_collections_go_on_after_an_invalid_setting(tmp_path: Path, setting: str) -> None:
    collections, is_enabled, _ = load(tmp_path / "home", **{setting: "many"})
    assert (collections, is_enabled) == (0, True)


def test_collections_that_were_off_stay_off(tmp_path: Path) -> None:
    assert load(tmp_path / "home", "disabled")[1] is False
