"""JSON-RPC messages: which are accepted, which are rejected, and how responses are encoded."""

import json
from typing import Any

import pytest

from strava_mcp.protocol import jsonrpc
from strava_mcp.protocol.jsonrpc import ClientResponse, Notification, Request

RESULT = {"jsonrpc": "2.0", "id": 1, "result": {}}
ERROR = {"jsonrpc": "2.0", "id": 1, "error": {"code": 1, "message": ""}}


@pytest.mark.parametrize(
    "body, problem",
    [
        (b"", "Expecting value"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"a": 1, "a": 2}', "same key twice"),
        (b'{"a": {"b": 1, "b": 1}}', "same key twice"),
        (b"NaN", "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1e400}', "too large a number"),
        (b"[-1e999]", "too large a number"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[" * 70 + b"]" * 70, "nested too deeply"),
        (b'"\\ud800"', "UTF-8"),
        (b'{"a": 1} {"b": 2}', "Extra data"),
        (b"1" * 5000, r"Parse error: 1{20}\.\.\. is too large a number"),
        (b'{"a": -%b}' % (b"9" * 400), "too large a number"),
        (b"[" + b"[]," * 200_000 + b"1]", "more than 200,000 values"),
        (b"[" + b'{"":0},' * 100_000 + b"1]", "more than 200,000 values"),
        (b"[" * 8_000_000, "more than 200,000 values"),
    ],
)
def test_anything_but_one_strict_json_value_is_a_parse_error(body: bytes, problem: str) -> None:
    with pytest.raises(jsonrpc.RpcError, match=problem) as caught:
        jsonrpc.parse(body)
    assert (caught.value.code, caught.value.status) == (-32700, 400)


def test_valid_json_is_parsed_unchanged() -> None:
    assert jsonrpc.parse('{"名前": "Zoë \\ud83d\\ude00", "n": [1, 2.5, null]}'.encode()) == {
        "名前": "Zoë 😀",
        "n": [1, 2.5, None],
    }
    assert jsonrpc.parse(b"[" * 60 + b"]" * 60)


@pytest.mark.parametrize(
    "message, expected",
    [
        ({"jsonrpc": "2.0", "id": 1, "method": "ping"}, Request(1, "ping", {})),
        (
            {"jsonrpc": "2.0", "id": "a", "method": "ping", "params": {"x": 1}},
            Request("a", "ping", {"x": 1}),
        ),
        ({"jsonrpc": "2.0", "method": "x"}, Notification("x", {})),
        (RESULT, ClientResponse(1, RESULT)),
        (ERROR, ClientResponse(1, ERROR)),
    ],
)
def test_messages_are_read_by_kind(message: Any, expected: jsonrpc.Message) -> None:
    assert jsonrpc.read_message(message) == expected


@pytest.mark.parametrize(
    "message",
    [
        None,
        1,
        "ping",
        {},
        {"jsonrpc": "1.0", "id": 1, "method": "ping"},
        {"jsonrpc": "2.0", "id": None, "method": "ping"},
        {"jsonrpc": "2.0", "id": 1.5, "method": "ping"},
        {"jsonrpc": "2.0", "id": True, "method": "ping"},
        {"jsonrpc": "2.0", "id": [], "method": "ping"},
        {"jsonrpc": "2.0", "id": "x" * 2000, "method": "ping"},
        {"jsonrpc": "2.0", "id": 1 << 70, "method": "ping"},
        {"jsonrpc": "2.0", "id": 1, "method": 7},
        {"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []},
        {"jsonrpc": "2.0", "id": 1},
        {"jsonrpc": "2.0", "id": 1, "result": {}, "error": {}},
        {"jsonrpc": "2.0", "result": {}},
    ],
)
def test_other_messages_are_rejected(message: Any) -> None:
    with pytest.raises(jsonrpc.RpcError) as caught:
        jsonrpc.read_message(message)
    assert caught.value.status == 400
    assert caught.value.code in (-32600, -32602)


def test_an_encoded_result_is_inserted_unchanged() -> None:
    plain = jsonrpc.result("é", {"a": [1, "ü"]})
    assert plain == jsonrpc.result("é", b'{"a":[1,"\xc3\xbc"]}')
    assert json.loads(plain) == {"jsonrpc": "2.0", "id": "é", "result": {"a": [1, "ü"]}}


def test_an_error_response_has_id_and_data() -> None:
    error = jsonrpc.RpcError(-32022, "no", {"supported": []})
    assert json.loads(jsonrpc.failure(None, error)) == {
        "jsonrpc": "2.0",
        "id": None,
        "error": {"code": -32022, "message": "no", "data": {"supported": []}},
    }
