"""OAuth from the side of a client and a person, over Flask's test client or a real server."""

import base64
import hashlib
import html
import re
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from strava_mcp.identity import READ

CALLBACK = "http://127.0.0.1:33418/callback"
BOTH = "strava:read strava:write"


@dataclass
class Answer:
    """A response of either transport."""

    status: int
    headers: Any
    text: str

    @property
    def json(self) -> Any:
        import json

        return json.loads(self.text)

    @property
    def query(self) -> dict[str, list[str]]:
        """The parameters of the Location header."""
        return parse_qs(urlsplit(self.headers["Location"]).query)


#: Where a server without PUBLIC_URL is, in a test.
LOCAL = "http://127.0.0.1:5000"


class InProcess:
    """Flask's test client, which asks for ``base``."""

    def __init__(self, app: Any, address: str = "127.0.0.1", base: str = LOCAL) -> None:
        self.client = app.test_client()
        self.address = address
        self.base = base

    def send(self, method: str, path: str, **options: Any) -> Answer:
        environ = {"REMOTE_ADDR": self.address}
        reply = self.client.open(path, self.base, method=method, environ_base=environ, **options)
        return Answer(reply.status_code, reply.headers, reply.text)


class Live:
    """A running server; each instance is a browser with its own cookies."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.session = requests.Session()
        self.session.trust_env = False

    def send(self, method: str, path: str, **options: Any) -> Answer:
        reply = self.session.request(
            method, self.base + path, allow_redirects=False, timeout=60, **options
        )
        return Answer(reply.status_code, reply.headers, reply.text)


@dataclass
class Flow:
    """One client and the owner. ``secret``: what the owner enters as passphrase."""

    http: Any
    secret: str
    redirect_uri: str = CALLBACK
    client: dict[str, Any] = field(default_factory=dict)
    verifier: str = field(default_factory=lambda: token_urlsafe(48))

    def register(self, **metadata: Any) -> Answer:
        """Register the client; ``None`` omits a field."""
        body: dict[str, Any] = {
            "client_name": "Test client",
            "redirect_uris": [self.redirect_uri],
            "token_endpoint_auth_method": "none",
            **metadata,
        }
        fields = {name: value for name, value in body.items() if value is not None}
        answer = self.http.send("POST", "/register", json=fields)
        if answer.status == 201:
            self.client = answer.json
        return answer

    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def request(self, **changes: Any) -> str:
        """The URL that the client sends the browser to; ``None`` omits a parameter."""
        parameters = {
            "response_type": "code",
            "client_id": self.client.get("client_id"),
            "redirect_uri": self.redirect_uri,
            "code_challenge": self.challenge(),
            "code_challenge_method": "S256",
            "state": "st4te",
            "scope": READ,
            **changes,
        }
        fields = {name: value for name, value in parameters.items() if value is not None}
        return f"/authorize?{urlencode(fields, doseq=True)}"

    def look(self, **changes: Any) -> Answer:
        """Open the consent page."""
        return self.http.send("GET", self.request(**changes))

    def decide(
        self, page: Answer, url: str, choice: str = "read", decision: str = "approve", **form: Any
    ) -> Answer:
        """Submit the form of a page that was opened at ``url``."""
        data = {
            "ticket": ticket(page.text),
            "scope": choice,
            "passphrase": self.secret,
            "decision": decision,
            **form,
        }
        fields = {name: value for name, value in data.items() if value is not None}
        return self.http.send("POST", url, data=fields)

    def approve(self, choice: str = "read", **changes: Any) -> str:
        """Open the page and approve; returns the code."""
        url = self.request(**changes)
        answer = self.decide(self.http.send("GET", url), url, choice)
        assert answer.status == 303, answer.text
        assert "error" not in answer.query, answer.query
        return answer.query["code"][0]

    def redeem(self, code: str, **changes: Any) -> Answer:
        """Redeem a code for tokens."""
        return self.token(
            grant_type="authorization_code",
            **{
                "code": code,
                "redirect_uri": self.redirect_uri,
                "code_verifier": self.verifier,
                **changes,
            },
        )

    def refresh(self, token: str, **changes: Any) -> Answer:
        """Use a refresh token."""
        return self.token(grant_type="refresh_token", refresh_token=token, **changes)

    def token(self, **form: Any) -> Answer:
        """POST /token as this client."""
        data = {
            "client_id": self.client["client_id"],
            "client_secret": self.client.get("client_secret"),
            **form,
        }
        fields = {name: value for name, value in data.items() if value is not None}
        return self.http.send("POST", "/token", data=fields)

    def connect(self, choice: str = "read", **changes: Any) -> dict[str, Any]:
        """Register, approve and redeem; returns the token response."""
        if not self.client:
            assert self.register().status == 201
        answer = self.redeem(self.approve(choice, **changes))
        assert answer.status == 200, answer.text
        return dict(answer.json)

    def call(self, token: str, method: str = "ping", **params: Any) -> Answer:
        """Send an MCP request with a token."""
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        headers = {"Authorization": f"Bearer {token}"}
        return self.http.send("POST", "/mcp", json=message, headers=headers)


def ticket(text: str) -> str:
    """The CSRF token of the first form of a page."""
    match = re.search(r'name="ticket" value="([^"]*)"', text)
    return html.unescape(match[1]) if match else ""
