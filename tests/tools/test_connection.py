"""get_connection_status: what it tells, and that it costs no call."""

import re

from strava_mcp.config import Config
from strava_mcp.context import Context
from strava_mcp.sandbox.rate_limits import Allowance
from strava_mcp.store import open_store
from tests.rig import Rig
from tests.tools.conftest import WRITER, Call


def test_it_tells_source_limits_and_freshness(call: Call, rig: Rig) -> None:
    told = call("get_connection_status")
    assert (told["source"], told["connected"]) == ("sandbox", True)
    assert [limit["of"] for limit in told["limits"]] == [
        *("overall, 15 minutes", "overall, day", "read, 15 minutes", "read, day")
    ]
    for limit in told["limits"]:
        assert limit["used"] == 1 < limit["limit"]
        assert re.fullmatch(r"\d\d:\d\d UTC", limit["resets_at"])
        assert 0 < limit["resets_in_min"] <= 24 * 60
    assert "min old" in told["freshness"]
    assert rig.calls == []


def test_it_answers_while_a_limit_is_used_up(call: Call) -> None:
    store = open_store("sqlite://:memory:")
    rig = Rig(store, Allowance(1, 1, 1, 1))
    rig.source.athlete()
    told = call("get_connection_status", context=Context(WRITER, optional_source=rig.source))
    assert [limit["used"] for limit in told["limits"]] == [1, 1, 1, 1]
    store.close()


def test_answers_are_as_old_as_the_setting_says(call: Call) -> None:
    store = open_store("sqlite://:memory:")
    for seconds, minutes in ((0, "0 min"), (120, "2 min"), (7 * 86400, "10 min")):
        rig = Rig(store, config=Config(strava_cache_s=seconds))
        told = call("get_connection_status", context=Context(WRITER, optional_source=rig.source))
        assert minutes in told["freshness"]
    store.close()
