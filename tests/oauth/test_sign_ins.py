"""Pending sign-ins: bound to a browser, finished once, and stored in one format."""

import time

from strava_mcp.oauth.credentials import digest
from strava_mcp.oauth.sign_ins import NAMESPACE, SignIn, SignIns
from strava_mcp.store import Store

SIGN_IN = SignIn("consent", {"client_id": ["c"]}, "Diary", "strava:read", True)


def test_sign_in_is_finished_once_by_its_browser(store: Store) -> None:
    sign_ins = SignIns(store)
    state = sign_ins.begin("browser", SIGN_IN)
    assert sign_ins.finish("another browser", state) is None
    assert sign_ins.finish("", state) is None
    assert sign_ins.finish("browser", state) == SIGN_IN
    assert sign_ins.finish("browser", state) is None


def test_sign_in_begun_by_an_earlier_release_can_be_finished(store: Store) -> None:
    stored = {
        "browser": digest("browser"),
        "purpose": "consent",
        "asked": {"client_id": ["c"]},
        "subject": "Diary",
        "scope": "strava:read",
        "proved": True,
    }
    store.put(NAMESPACE, digest("state"), stored, time.time() + 60)
    assert SignIns(store).finish("browser", "state") == SIGN_IN
