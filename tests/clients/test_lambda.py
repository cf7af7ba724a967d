"""The official clients over SSE against the streaming runtime, as on Lambda."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.aws.runtime import HOST, Invocation, function, streaming
from tests.aws.url import function_url
from tests.clients.conftest import TOKEN
from tests.clients.test_node import HERE, run
from tests.clients.test_python import TOOLS, look_around, over_sse, use
from tests.node import MODULES, package

Served = tuple[str, list[Invocation]]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Two instances of the function on one store."""
    env = {
        "AUTH_TOKEN": TOKEN,
        "SECRET_KEY": "k" * 64,
        "PUBLIC_URL": f"https://{HOST}",
        "RATE_LIMIT": "100000",
        "STORE_URL": f"sqlite://{tmp_path / 'store.db'}",
    }
    with function(streaming(), tmp_path / "one", env=env) as one:
        with function(streaming(), tmp_path / "two", env=env) as two:
            with function_url(one, two) as (base, calls):
                yield base, calls


def test_the_python_client(served: Served) -> None:
    base, calls = served
    headers = {"Authorization": f"Bearer {TOKEN}"}
    asyncio.run(use(over_sse(f"{base}/sse", headers), "legacy", look_around))
    check_streamed(calls)


def test_the_typescript_client(served: Served) -> None:
    base, calls = served
    package("@modelcontextprotocol/sdk")
    done = run(str(HERE / "typescript.mjs"), str(MODULES), f"{base}/sse", TOKEN, "v1", "", "sse")
    assert done.returncode == 0, done.stderr[-3000:]
    assert set(json.loads(done.stdout)["tools"]) >= TOOLS
    check_streamed(calls)


def check_streamed(calls: list[Invocation]) -> None:
    """Check that the answers were streamed: the first arrived before the last question was sent."""
    (stream,) = [call for call in calls if call.event["rawPath"] == "/sse"]
    posts = [call for call in calls if call.event["rawPath"] == "/message"]
    assert len(posts) >= 3
    answers = [at for at, data in stream.pieces if b"event: message" in data]
    assert len(answers) >= 3 and answers == sorted(answers)
    question_times = [call.pieces[0][0] for call in posts]
    # Buffered answers would all arrive after the last question.
    assert answers[0] < question_times[-1]
