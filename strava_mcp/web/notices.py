"""A sentence that a browser's next page shows once: what the form that it sent has done."""

import time

from strava_mcp.oauth.credentials import digest
from strava_mcp.services import services
from strava_mcp.web.cookies import browser_id

NAMESPACE = "notice"
LIFETIME_S = 300


def leave(text: str) -> None:
    """Leave a notice for this browser, in place of one that it has not seen yet."""
    if browser := browser_id():
        services().store.put(NAMESPACE, digest(browser), {"text": text}, time.time() + LIFETIME_S)


def take() -> str:
    """This browser's notice, which is shown only once; empty if there is none."""
    browser = browser_id()
    record = services().store.get(NAMESPACE, digest(browser)) if browser else None
    if record is None:
        return ""
    services().store.delete(NAMESPACE, record.key)
    return str(record.value["text"])
