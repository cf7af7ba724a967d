"""Tokens of the replies in goal 7, counted by a real tokenizer (o200k, gpt-tokenizer).

``python -m tests.benchmarks.tokens`` prints a table of README.md. Each payload counts once:
the same JSON also travels as structuredContent.
"""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.services import services
from tests.node import node, package

TOKEN = "7c" * 32

#: Measured with the original on its own athlete (streams: 6 of 10,000 samples).
ORIGINAL = {
    "tools/list": 4900,
    "30 activities": 27_569,
    "one activity": 18_734,
    "streams of one activity": 297_005,
}
#: What a host shows a model of all tools (name, description, input schema), and the schemas of
#: replies, which programs read.
READ_BY_MODELS, REPLY_SCHEMAS = "tools/list, read by models", "tools/list, schemas of replies"
GOALS = {
    READ_BY_MODELS: 4600,
    REPLY_SCHEMAS: 3000,
    "30 activities": 4000,
    "200 activities": 200 * 45,
    "one activity": 600,
    "streams of one activity": 4000,
}

COUNT = """
const { encode } = require(process.argv[1] + "/cjs/encoding/o200k_base.js");
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map((text) => encode(text).length)));
"""


def payloads() -> dict[str, str]:
    """The replies as a client receives them."""
    with tempfile.TemporaryDirectory() as home:
        app = create_app(Config(auth_tokens=(TOKEN,), home=Path(home), log_level="error"))
        client = app.test_client()

        def ask(method: str, **params: Any) -> Any:
            message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
            headers = {"Authorization": f"Bearer {TOKEN}"}
            return client.post("/mcp", json=message, headers=headers).get_json()["result"]

        def call(name: str, **arguments: Any) -> str:
            result = ask("tools/call", name=name, arguments=arguments)
            assert not result.get("isError"), result
            text: str = result["content"][0]["text"]
            return text

        listed = ask("tools/list")["tools"]
        read = ("name", "description", "inputSchema")
        replies = {
            "tools/list": _compact(listed),
            READ_BY_MODELS: _compact([{key: tool[key] for key in read} for tool in listed]),
            REPLY_SCHEMAS: _compact([tool["outputSchema"] for tool in listed]),
        }
        replies["30 activities"] = call("get_activities", per_page=30)
        replies["200 activities"] = call("get_activities", per_page=200)
        recorded = _longest(services(app).source.activities(per_page=60))
        replies["one activity"] = call("get_activity_by_id", id=recorded)
        keys = ["time", "distance", "heartrate", "altitude", "velocity_smooth", "cadence"]
        replies["streams of one activity"] = call("get_activity_streams", id=recorded, keys=keys)
        services(app).close()
    return replies


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _longest(activities: list[dict[str, Any]]) -> int:
    """The longest activity with a track: the one that needs the most tokens."""
    tracked = [a for a in activities if a["map"]["summary_polyline"]]
    return int(max(tracked, key=lambda activity: activity["moving_time"])["id"])


def count(texts: list[str]) -> list[int]:
    """Count the tokens of each text."""
    command = [str(node()), "-e", COUNT, str(package("gpt-tokenizer"))]
    done = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    counts: list[int] = json.loads(done.stdout)
    return counts


def measure() -> dict[str, int]:
    """Tokens per payload."""
    replies = payloads()
    return dict(zip(replies, count(list(replies.values())), strict=True))


if __name__ == "__main__":
    print("| Reply | This server | The original |\n|---|---|---|")
    measured = measure()
    for name, theirs in ORIGINAL.items():
        print(f"| {name} | {measured[name]:,} | {theirs:,} |")
    for part in (READ_BY_MODELS, REPLY_SCHEMAS):
        print(f"\n{measured[part]:,} tokens in {part}")
