"""What a search says about itself: what it understood, what it left out, and why it is empty."""

from collections.abc import Sequence

from strava_mcp.errors import RateLimited, SourceError
from strava_mcp.sources.activity_query import AnyOf, Condition, Matches
from strava_mcp.sources.source import Source
from strava_mcp.tools.safe_json import get_objects, get_str
from strava_mcp.tools.search_criteria import Criterion, SearchQuery
from strava_mcp.tools.search_quantities import MEASURES
from strava_mcp.word_matching import matches

#: Name of a criterion → what to try where no activity meets it.
ADVICE = {
    "words": "Words are looked for in name, description, private note, gear and weather, as far as "
    "the source lists them: try another word, or a part of it.",
    "kind": "Kinds are known where they are marked or named so: try a word of the name.",
    "sport": "Try another sport, or none.",
    "dates": "Try a longer period, or all time.",
    "weekday": "Try other days.",
    "order": "Try another order: nothing recorded can be compared like this.",
    **dict.fromkeys(MEASURES.values(), "Try wider bounds, such as over 15 km."),
}
#: Activities that are read to find out why there is no result.
MAX_READ = 5000


def word_criteria(source: Source, query: SearchQuery) -> list[Criterion]:
    """The words of a query as criteria: each occurs in a text, the name of the gear or the weather.

    Costs a request for the names of the gear if there are words.
    """
    gear = _gear(source) if query.words else []
    criteria = []
    for word, is_absent in query.words:
        ids = tuple(number for name, number in gear if matches(word, name))
        facts = ("text", "workout", "weather")
        places = [Condition(fact, "matches", word) for fact in facts]
        places += [Condition("gear", "in", ids)] if ids else []
        criterion = Criterion("words", word, word, (AnyOf(tuple(places)),))
        criteria.append(criterion.opposite() if is_absent else criterion)
    return criteria


def _gear(source: Source) -> list[tuple[str, str]]:
    """Names and ids of the athlete's bikes and shoes; none if they cannot be read."""
    try:
        athlete = source.athlete()
    except SourceError:
        return []
    gear = get_objects(athlete, "bikes") + get_objects(athlete, "shoes")
    pairs = ((get_str(item, "name"), get_str(item, "id")) for item in gear)
    return [(name, number) for name, number in pairs if name and number]


def understood(criteria: Sequence[Criterion]) -> dict[str, str]:
    """What each part of a query was taken for."""
    meanings: dict[str, list[str]] = {}
    for criterion in criteria:
        meanings.setdefault(criterion.name, []).append(criterion.meaning)
    return {name: ", ".join(some) for name, some in meanings.items()}


def note(source: Source, criteria: Sequence[Criterion], answer: Matches, limit: int | None) -> str:
    """What a reader of the results has to know; empty if there is nothing.

    ``limit``: how many results the query asks for, if it says so.
    """
    notes = []
    count = len(answer.rows)
    total = answer.total.count if answer.total else None
    if answer.position and count != limit:
        of_all = f" of {total}" if total else ""
        notes.append(f"{count}{of_all} shown: narrow the query, or list all by get_activities.")
    if not answer.is_complete:
        advice = source.limit_notice or "ask again to read on."
        notes.append(f"Only the {answer.scanned} newest activities were read: {advice}")
    if not answer.rows:
        notes.append(_why_empty(source, criteria))
    return " ".join(notes)


def _why_empty(source: Source, criteria: Sequence[Criterion]) -> str:
    """Which words of the query no activity matches, what does without them, and what to try."""
    try:
        rows = source.newest_facts(MAX_READ)
    except RateLimited as exc:
        return f"No activity matches; what does without a word was not read: {exc}"
    if not rows:
        return "There is no activity yet."
    parts: dict[str, list[Criterion]] = {}
    for one in criteria:
        if one.conditions:
            parts.setdefault(one.words, []).append(one)
    failed = [
        {words for words, some in parts.items() if not all(one.holds(row) for one in some)}
        for row in rows
    ]
    unmet = [words for words in parts if all(words in words_failed for words_failed in failed)]
    if unmet:
        # Of "marathon", the distance rather than the sport that it implies.
        advice = dict.fromkeys(ADVICE[parts[words][-1].name] for words in unmet)
        return " ".join((_without_unmet(unmet, failed), *advice))
    without = {words: failed.count({words}) for words in parts}
    counts = ", ".join(f"{count} without “{words}”" for words, count in without.items() if count)
    if not counts:
        return "Each part matches some activity, but not together: leave out several."
    return f"No activity matches all of it; {counts}."


def _without_unmet(unmet: Sequence[str], failed: Sequence[set[str]]) -> str:
    words = " or ".join(f"“{one}”" for one in unmet)
    count = sum(words_failed == set(unmet) for words_failed in failed)
    without = "without it" if len(unmet) == 1 else "without them"
    matching = f"; {without}, {count} match{'es' * (count == 1)}" if count < len(failed) else ""
    return f"No activity matches {words}{matching}."
