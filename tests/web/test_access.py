"""get_connection_status says by which credential the caller came in, and whose it is."""

import json

from strava_mcp.services import services
from tests.flow import Flow, InProcess
from tests.web.conftest import TOKEN, Make

CALL = {"name": "get_connection_status", "arguments": {}}


def access(flow: Flow, token: str) -> str:
    """What the tool says of the caller with a token."""
    result = flow.call(token, "tools/call", **CALL).json["result"]
    text: str = result["structuredContent"]["access"]
    return text


def test_tokens_of_the_owner(make: Make) -> None:
    app = make()
    flow, tokens = Flow(InProcess(app), TOKEN), services(app).tokens
    assert access(flow, TOKEN) == "AUTH_TOKEN, which is the owner's; may read and write"
    for scope, may in (("read", "read"), ("write", "read and write")):
        secret = tokens.create(f"laptop {scope}", scope, None)[1]
        of_token = f'the named token "laptop {scope}", which is the owner\'s; may {may}'
        assert access(flow, secret) == of_token
    secret = tokens.create("a\u202eb", "read", None)[1]
    assert '"a\\u202eb"' in access(flow, secret)


def test_an_oauth_client(make: Make) -> None:
    flow = Flow(InProcess(make()), TOKEN)
    token = flow.connect()["access_token"]
    name = flow.client["client_name"]
    text = access(flow, token)
    assert text.startswith(f'the app "{name}", which this athlete connected by OAuth; may read')


def test_no_token(make: Make) -> None:
    client = make(allow_authless=True).test_client()
    with client.get("/sse") as stream:
        events = (event.decode() for event in stream.iter_encoded())
        where = next(e for e in events if "/message" in e).partition("data: ")[2].split()[0]
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": CALL}
        assert client.post(where, json=call).status_code == 202
        event = next(e for e in events if "result" in e)
    reply = json.loads(event.partition("data: ")[2].splitlines()[0])
    status = json.loads(reply["result"]["content"][0]["text"])
    assert status["access"] == "no token, as ALLOW_AUTHLESS allows; may read"
