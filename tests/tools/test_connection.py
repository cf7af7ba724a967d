"""get_connection_status reports source, limits and freshness without a call."""

import re

from strava_mcp.config import Config
from strava_mcp.context import Context
from strava_mcp.sandbox.rate_limits import Allowance
from strava_mcp.store import open_store
from tests.rig import Rig
from tests.tools.conftest import WRITER, Call


def test_status_has_source_limits_and_freshness(call: Call, rig: Rig) -> None:
    status = call("get_connection_status")
    assert (status["source"], status["connected"]) == ("sandbox", True)
    assert [limit["of"] for limit in status["limits"]] == [
        *("overall, 15 minutes", "overall, day", "read, 15 minutes", "read, day")
    ]
    for limit in status["limits"]:
        assert limit["used"] == 1 < limit["limit"]
        assert re.fullmatch(r"\d\d:\d\d UTC", limit["resets_at"])
        assert 0 < limit["resets_in_min"] <= 24 * 60
    assert "min old" in status["freshness"]
    assert rig.calls == []


def test_status_is_available_when_a_limit_is_used_up(call: Call) -> None:
    store = open_store("sqlite://:memory:")
    rig = Rig(store, Allowance(1, 1, 1, 1))
    rig.source.athlete()
    status = call("get_connection_status", context=Context(WRITER, optional_source=rig.source))
    assert [limit["used"] for limit in status["limits"]] == [1, 1, 1, 1]
    store.close()


def test_freshness_follows_the_cache_setting(call: Call) -> None:
    store = open_store("sqlite://:memory:")
    for seconds, minutes in ((0, "0 min"), (120, "2 min"), (7 * 86400, "10 min")):
        rig = Rig(store, config=Config(strava_cache_s=seconds))
        status = call("get_connection_status", context=Context(WRITER, optional_source=rig.source))
        assert minutes in status["freshness"]
    store.close()
