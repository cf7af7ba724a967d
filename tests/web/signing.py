"""A server with AUTHORIZE_WITH=strava, a sandbox as its Strava, and athletes who sign in."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from strava_mcp.sandbox.athlete import Athlete
from strava_mcp.sandbox.grants import SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET
from tests.flow import Answer, Flow, InProcess, ticket
from tests.waiting import MAX_WAIT_S
from tests.web.conftest import TOKEN

SCOPES = ["read", "activity:read", "activity:read_all", "profile:read_all", "activity:write"]


def settings_for(url: str, *allowed: Athlete) -> dict[str, Any]:
    """The settings of a server whose Strava is at ``url``."""
    return {
        "strava_source": "api",
        "strava_client_id": SANDBOX_CLIENT_ID,
        "strava_client_secret": SANDBOX_CLIENT_SECRET,
        "strava_api_url": f"{url}/api/v3",
        "strava_oauth_url": f"{url}/oauth",
        "authorize_with": "strava",
        "allowed_athletes": tuple(athlete.id for athlete in allowed),
        "rate_limit": 1_000_000,
    }


class Person(Flow):
    """An athlete with their own browser, and a client that they connect."""

    def __init__(self, app: Any, athlete: Athlete | None, secret: str = "") -> None:
        super().__init__(InProcess(app), secret)
        self.athlete = athlete
        self.register(client_name="Diary")

    def at_strava(self, answer: Answer, scopes: list[str] | None = None) -> str:
        """Submit Strava's page, to which ``answer`` redirects; return the path of the callback."""
        assert answer.status == 303, answer.text
        form = {"scope": SCOPES if scopes is None else scopes}
        form |= {"athlete": self.athlete.id} if self.athlete else {"cancel": "1"}
        page = answer.headers["Location"]
        reply = requests.post(page, data=form, allow_redirects=False, timeout=MAX_WAIT_S)
        assert reply.status_code == 302, reply.text
        parts = urlsplit(reply.headers["Location"])
        assert parts.path == "/strava/callback"
        return f"{parts.path}?{parts.query}"

    def begin(self, choice: str = "read", **changes: Any) -> Answer:
        """Approve on our page; return the redirect to Strava."""
        url = self.request(**changes)
        return self.decide(self.http.send("GET", url), url, choice)

    def sign_in(self, choice: str = "read", **changes: Any) -> Answer:
        """Approve on our page and on Strava's; return the response to the callback."""
        return self.http.send("GET", self.at_strava(self.begin(choice, **changes)))

    def approve(self, choice: str = "read", **changes: Any) -> str:
        answer = self.sign_in(choice, **changes)
        assert answer.status == 303 and "code" in answer.query, answer.text
        return answer.query["code"][0]

    def athlete_seen(self, token: str) -> Any:
        """Return the profile that ``get_athlete`` shows."""
        return tool(self, token, "get_athlete")

    def open_connections(self) -> Answer:
        """Sign in at /connections and return the page."""
        page = self.http.send("GET", "/connections")
        form = {"action": "sign-in", "ticket": ticket(page.text)}
        back = self.at_strava(self.http.send("POST", "/connections", data=form))
        reply = self.http.send("GET", back)
        return reply if reply.status != 303 else self.http.send("GET", "/connections")


def tool(flow: Flow, token: str, name: str, **arguments: Any) -> Any:
    """Call a tool and return its structured result."""
    reply = flow.call(token, "tools/call", name=name, arguments=arguments)
    assert reply.status == 200, reply.text
    result = reply.json["result"]
    assert not result.get("isError"), result
    return result["structuredContent"]


People = Callable[..., Person]


def callback_of(location: str) -> dict[str, list[str]]:
    """Parse the parameters of the redirect to Strava."""
    return parse_qs(urlsplit(location).query)


__all__ = ["TOKEN", "People", "Person", "callback_of", "settings_for", "tool"]
