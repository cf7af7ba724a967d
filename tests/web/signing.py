"""A server with AUTHORIZE_WITH=strava, the sandbox's Strava beside it, and people who sign in."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from strava_mcp.sandbox.athlete import Athlete
from strava_mcp.sandbox.grants import SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET
from tests.flow import Answer, Flow, InProcess, ticket
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
    """An athlete at a browser of their own, and a client that they connect."""

    def __init__(self, app: Any, athlete: Athlete | None, secret: str = "") -> None:
        super().__init__(InProcess(app), secret)
        self.athlete = athlete
        self.register(client_name="Diary")

    def at_strava(self, answer: Answer, scopes: list[str] | None = None) -> str:
        """On Strava's page, where ``answer`` leads: the address that the browser is sent to."""
        assert answer.status == 303, answer.text
        form = {"scope": SCOPES if scopes is None else scopes}
        form |= {"athlete": self.athlete.id} if self.athlete else {"cancel": "1"}
        reply = requests.post(
            answer.headers["Location"], data=form, allow_redirects=False, timeout=30
        )
        assert reply.status_code == 302, reply.text
        parts = urlsplit(reply.headers["Location"])
        assert parts.path == "/strava/callback"
        return f"{parts.path}?{parts.query}"

    def begin(self, choice: str = "read", **changes: Any) -> Answer:
        """Say yes on our page: where that leads."""
        url = self.request(**changes)
        return self.decide(self.http.send("GET", url), url, choice)

    def sign_in(self, choice: str = "read", **changes: Any) -> Answer:
        """Our page, Strava's, and back: the answer to that."""
        return self.http.send("GET", self.at_strava(self.begin(choice, **changes)))

    def approve(self, choice: str = "read", **changes: Any) -> str:
        answer = self.sign_in(choice, **changes)
        assert answer.status == 303 and "code" in answer.query, answer.text
        return answer.query["code"][0]

    def athlete_seen(self, token: str) -> Any:
        """Who get_athlete says it is."""
        return tool(self, token, "get_athlete")

    def open_connections(self) -> Answer:
        """Sign in at /connections, and look."""
        page = self.http.send("GET", "/connections")
        form = {"action": "sign-in", "ticket": ticket(page.text)}
        back = self.at_strava(self.http.send("POST", "/connections", data=form))
        came = self.http.send("GET", back)
        return came if came.status != 303 else self.http.send("GET", "/connections")


def tool(flow: Flow, token: str, name: str, **arguments: Any) -> Any:
    """The structured result of a tool."""
    reply = flow.call(token, "tools/call", name=name, arguments=arguments)
    assert reply.status == 200, reply.text
    found = reply.json["result"]
    assert not found.get("isError"), found
    return found["structuredContent"]


People = Callable[..., Person]


def callback_of(location: str) -> dict[str, list[str]]:
    """The parameters that Strava is asked with."""
    return parse_qs(urlsplit(location).query)


__all__ = ["TOKEN", "People", "Person", "callback_of", "settings_for", "tool"]
