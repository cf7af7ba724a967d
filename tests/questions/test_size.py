"""Every question: the calls work, their number, and the tokens of the replies."""

import json

import pytest

from strava_mcp.tools.size import tokens
from tests.questions.athlete import Athlete
from tests.questions.table import QUESTIONS, Question

MAX_CALLS, MAX_TOKENS = 2, 1500


def test_there_are_thirty_questions() -> None:
    assert len({question.text for question in QUESTIONS}) == 30
    assert all(1 <= len(question.calls) <= MAX_CALLS for question in QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.text)
def test_answers_are_short(athlete: Athlete, question: Question) -> None:
    if question.only not in (None, athlete.name):
        ((tool, arguments),) = question.calls
        assert athlete.refusal(tool, **arguments)
        return
    total = sum(tokens(json.loads(athlete.text(call))) for call in question.calls)
    assert total <= MAX_TOKENS
