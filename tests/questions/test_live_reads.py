"""The questions over an API where each recording is a request: bounded, and never read twice."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.analysis.subject import MAX_READS
from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.json_types import JSON
from strava_mcp.services import services
from strava_mcp.store import open_store
from tests.questions.athlete import TOKEN, Athlete
from tests.questions.table import QUESTIONS, Question
from tests.rig import Rig

#: Requests beside those of recordings: pages of the list, the profile, the activity itself.
MAX_OTHER = 8


class LiveAthlete(Athlete):
    """The sandbox's athlete as Strava's API has them: no metric is computed ahead."""

    def __init__(self, home: Path) -> None:
        store = open_store("sqlite://:memory:")
        self.rig = Rig(store, config=Config(strava_cache_s=3600)).authorize()
        self.rig.source.keeps_metrics = False  # type: ignore[misc]
        self.rig.source.measured = None  # type: ignore[attr-defined]
        config = Config(auth_tokens=(TOKEN,), home=home, log_level="error", rate_limit=10_000)
        self.app = create_app(config)
        services(self.app)._source = self.rig.source
        super().__init__("sandbox", self.app)

    def close(self) -> None:
        services(self.app).close()
        self.rig.store.close()

    def answers(self, question: Question) -> tuple[list[JSON], list[str]]:
        """The replies, and the addresses that were read for them."""
        self.rig.forget_calls()
        replies = [json.loads(self.text(call)) for call in question.calls]
        return replies, [str(request.path_url) for request in self.rig.adapter.sent]


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> JSON:
    """The ids that questions name, chosen once."""
    athlete = LiveAthlete(tmp_path_factory.mktemp("chosen"))
    ids = athlete.chosen
    athlete.close()
    return ids


@pytest.fixture
def athlete(tmp_path: Path, chosen: JSON) -> Iterator[LiveAthlete]:
    """Nothing of this athlete was read before."""
    athlete = LiveAthlete(tmp_path)
    vars(athlete)["chosen"] = chosen
    yield athlete
    athlete.close()


def unread(value: Any) -> int:
    """Recordings that an answer says it has not read yet, in all of its parts."""
    if not isinstance(value, dict):
        return 0
    own = sum(count for key, count in value.items() if key.endswith("_not_read_yet"))
    return own + sum(map(unread, value.values()))


@pytest.mark.parametrize(
    "question", [one for one in QUESTIONS if one.only != "archive"], ids=lambda one: one.text
)
def test_reads_are_bounded_and_nothing_is_read_twice(
    athlete: LiveAthlete, question: Question
) -> None:
    read: list[str] = []
    missing: list[int] = []
    for _ in range(2):
        replies, sent = athlete.answers(question)
        recordings = [path for path in sent if "/streams" in path]
        assert len(recordings) <= MAX_READS * len(question.calls)
        assert len(sent) - len(recordings) <= MAX_OTHER
        if read:
            before = missing[-1]
            assert len(sent) == len(recordings) <= before, "a second question reads what is missing"
            assert bool(recordings) == bool(before), "goes on where it stopped"
        assert set(sent).isdisjoint(read) and len(set(sent)) == len(sent)
        missing.append(sum(map(unread, replies)))
        if missing[-1]:
            assert any("ask again" in json.dumps(reply) for reply in replies)
        read += sent
    assert missing == sorted(missing, reverse=True)
