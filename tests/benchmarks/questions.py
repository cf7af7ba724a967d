"""Calls and tokens of thirty questions: by lists and streams as before, and by answers now.

``python -m tests.benchmarks.questions`` prints a table of README.md. Tokens are those of o200k, and
each reply counts once. Before, a question needed the list of its period and the streams of every
activity that the answer depends on: the cost of the latter is that of three of them, scaled.
"""

import logging
import tempfile
from datetime import date
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.services import services
from strava_mcp.sports import RIDES, RUNS
from strava_mcp.tools import load_tools
from strava_mcp.tools.local_time import date_range
from tests.benchmarks.tokens import count
from tests.questions.athlete import TOKEN, Athlete
from tests.questions.table import QUESTIONS, Question

FAMILIES = {"Run": RUNS, "Ride": RIDES}
SAMPLED = 3
#: Questions about single activities: how many.
ALONE = {"one": 1, "two": 2}


class Cost(NamedTuple):
    """Calls, and tokens of their replies."""

    calls: int
    tokens: float


def cost_now(athlete: Athlete, question: Question) -> Cost:
    """The calls of the question."""
    texts = [athlete.text(call) for call in question.calls]
    return Cost(len(texts), sum(count(texts)))


def cost_before(athlete: Athlete, question: Question) -> Cost | None:
    """Lists of 200 and a call for each recording; None if nothing could have answered it."""
    words, sport = question.before
    if sport in ALONE:
        calls = _one(athlete.chosen["long_run"])
        tokens = sum(count([athlete.text(call) for call in calls]))
        return Cost(ALONE[sport] * len(calls), ALONE[sport] * tokens)
    if not words:
        return None
    words = words.replace("{last_year}", str(date.today().year - 1))
    lists, cursor = [], None
    while True:
        arguments = {"date_range": words, "per_page": 200} | ({"cursor": cursor} if cursor else {})
        reply = athlete.ask("get_activities", **arguments)
        lists.append(athlete.text(("get_activities", arguments)))
        if not (cursor := reply.get("cursor")):
            break
    total = Cost(len(lists), sum(count(lists)))
    if sport is None:
        return total
    days = date_range(athlete.source, words)
    rows = athlete.between(days.first, days.last, FAMILIES[sport])
    recorded = [row["id"] for row in rows if not row.get("manual")]
    sampled = [athlete.text(("get_activity_streams", {"id": n})) for n in recorded[:SAMPLED]]
    each = fmean(count(sampled)) if sampled else 0.0
    return Cost(total.calls + len(recorded), total.tokens + each * len(recorded))


def _one(number: int) -> list[tuple[str, dict[str, object]]]:
    return [
        ("get_activity_by_id", {"id": number, "detail": "full"}),
        ("get_activity_streams", {"id": number}),
    ]


def main() -> None:
    """Print the table."""
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as home:
        config = Config(auth_tokens=(TOKEN,), home=Path(home), log_level="error", rate_limit=10**5)
        app = create_app(config)
        athlete = Athlete("sandbox", app)
        print("| Question | Calls before | Tokens before | Calls now | Tokens now |")
        print("|---|---|---|---|---|")
        for question in QUESTIONS:
            if question.only in (None, "sandbox") and question.calls[0][0] in load_tools():
                print(_row(athlete, question), flush=True)
        services(app).close()


def _row(athlete: Athlete, question: Question) -> str:
    now, before = cost_now(athlete, question), cost_before(athlete, question)
    cells = [f"{before.calls:,}", f"{before.tokens:,.0f}"] if before else ["", "not possible"]
    return f"| {question.text} | {cells[0]} | {cells[1]} | {now.calls} | {now.tokens:,.0f} |"


if __name__ == "__main__":
    main()
