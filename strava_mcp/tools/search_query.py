"""Parse a search in plain words: days, sports, quantities, kinds, superlatives, words of the name.

The query is read from left to right. At each word the first reader that understands it decides; a
word that none understands must occur in the text of an activity.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from strava_mcp.errors import InvalidArguments
from strava_mcp.sources.activity_query import AnyOf, Condition, Order
from strava_mcp.sports import sports_named
from strava_mcp.tools.dates import LENGTH, Days, FutureDates, UnreadableDates, parse_days
from strava_mcp.tools.search_criteria import (
    Criterion,
    SearchQuery,
    of_quantity,
    of_sports,
    on_days,
)
from strava_mcp.tools.search_quantities import Quantity, parse_quantity
from strava_mcp.tools.search_words import (
    FILLERS,
    KINDS,
    LIMIT,
    NEGATIONS,
    NO_DATES,
    ORDERS,
    PAST_TENSES,
    QUESTION,
    SURE_DATE,
    UNIT_WORDS,
    WEEKDAYS,
    describe_order,
    is_known,
    match_phrase,
)
from strava_mcp.word_matching import fold

MAX_DATE_WORDS, MAX_SPORT_WORDS = 8, 4
#: A query of 500 characters has no more, unless some of them stand for several words (U+FDFA).
MAX_WORDS = 250
QUOTED = re.compile(r'"([^"]*)"')
REPEATS = (
    r"(?P<count>[0-9]{1,2}) ?[x×*] ?(?P<length>[0-9]{1,5}(?:[.,][0-9]{1,2})?)"
    rf" ?(?:k|s|sec(?:ond)?s?|h|mins?|mi|m|{UNIT_WORDS})?(?= |$)"
)
#: Punctuation, except within numbers (``1,000``).
STOPS = re.compile(r"^[.:']+(?=[^\W\d])|(?<!\.)[.:']$")
PUNCTUATION = re.compile(r"[?!;()\[\]{}\"]|(?<![0-9]),|,(?![0-9])|'s\b")


def parse_query(text: str, today: date, units: str = "metric") -> SearchQuery:
    """Parse a query. ``units``: those of quantities in the meaning of criteria.

    Raises InvalidArguments for too many words, and for a date that does not exist, is ambiguous or
    lies in the future.
    """
    return _Parser(text, today, units).parse()


class _Parser:
    """Reads a query; each reader takes the words from ``_at`` on that it understands."""

    def __init__(self, text: str, today: date, units: str) -> None:
        self._today, self._units = today, units
        self._quoted = QUOTED.findall(fold(text))
        self._tokens = _tokens(text)
        if len(self._tokens) > MAX_WORDS:
            raise InvalidArguments({"query": f"Must have at most {MAX_WORDS} words."})
        self._at = 0
        self._is_negated = False
        self._has_days = False
        self._order_words = ""
        self._sports: dict[str, tuple[str, ...]] = {}
        self._implied: dict[str, tuple[str, ...]] = {}
        self._weekdays: dict[str, tuple[str, ...]] = {}
        self._quantities: list[Quantity] = []
        self._query = SearchQuery()

    def parse(self) -> SearchQuery:
        """Read the whole query."""
        readers = (
            *(
                self._read_negation,
                self._read_repeats,
                self._read_quantity,
                self._read_days,
                self._read_limit,
            ),
            *(self._read_kind, self._read_order, self._read_weekday, self._read_sport),
            *(self._read_filler, self._read_word),
        )
        while self._at < len(self._tokens):
            self._at += next(count for reader in readers if (count := reader()))
        self._query.words += [(f'"{words}"', False) for words in self._quoted if words.strip()]
        self._is_negated = False
        self._add_weekdays()
        self._add_quantities()
        self._add_sports()
        self._add_order()
        return self._query

    @property
    def _rest(self) -> str:
        return " ".join(self._tokens[self._at :])

    def _phrases(self, longest: int) -> Iterator[tuple[int, str]]:
        """The next words, the longest phrase first, and how many they are."""
        for count in range(min(longest, len(self._tokens) - self._at), 0, -1):
            yield count, " ".join(self._tokens[self._at : self._at + count])

    def _add(self, criterion: Criterion) -> None:
        """Add a criterion, or its opposite after a negation."""
        is_negated, self._is_negated = self._is_negated, False
        self._query.criteria.append(criterion.opposite() if is_negated else criterion)

    def _read_negation(self) -> int:
        if self._tokens[self._at] not in NEGATIONS:
            return 0
        self._is_negated = True
        return 1

    def _read_days(self) -> int:
        for count, phrase in self._phrases(MAX_DATE_WORDS):
            following = self._tokens[self._at + count : self._at + count + 1]
            is_half_marathon = phrase.endswith("half") and following and "marathon" in following[0]
            if phrase in NO_DATES or is_half_marathon or re.fullmatch(LENGTH, phrase):
                continue
            days = self._parse_days(phrase)
            if days is None:
                continue
            if self._has_days and not self._is_negated:
                self._query.ignored.append(f"{phrase} (one period at a time)")
            else:
                self._has_days = not self._is_negated
                self._add(on_days(phrase, days))
            return count
        return 0

    def _parse_days(self, phrase: str) -> Days | None:
        """The days that a phrase means, or None if it is more likely something else."""
        try:
            return parse_days(phrase, self._today)
        except UnreadableDates:
            return None
        except ValueError as exc:
            is_number = phrase.isdigit() and not isinstance(exc, FutureDates)
            is_date = re.search(SURE_DATE, phrase) or isinstance(exc, FutureDates)
            if is_number or not is_date:
                return None
            raise InvalidArguments({"query": f"{phrase!r}: {exc}"}) from exc

    def _read_limit(self) -> int:
        """``last 10``, ``top 5``, and the number in ``5 longest rides``."""
        match = re.match(LIMIT, self._rest)
        if not match or parse_quantity(self._rest[match.start("count") :], self._units):
            return 0
        if not match["which"] and not match_phrase(ORDERS, self._rest[match.end() + 1 :]):
            return 0
        self._query.limit = max(1, int(match["count"]))
        if match["which"] in ("first", "oldest"):
            self._query.order = Order(descending=False)
        return match[0].count(" ") + 1

    def _read_repeats(self) -> int:
        """``6 x 800 m``: the name of a session, not its distance; the name may say ``6×800``."""
        match = re.match(REPEATS, self._rest)
        if not match:
            return 0
        count, length = match["count"], match["length"]
        texts = (f'"{count} {length}"', f'"{count} x {length}"', f"{count}x{length}")
        places = tuple(Condition("text", "matches", text) for text in texts)
        self._add(Criterion("words", match[0], f"{count} × {length}", (AnyOf(places),)))
        return match[0].count(" ") + 1

    def _read_quantity(self) -> int:
        quantity = parse_quantity(self._rest, self._units)
        if quantity is None:
            return 0
        if quantity.sport:
            self._implied[quantity.words] = sports_named(quantity.sport) or ()
        if self._is_negated:
            self._add(of_quantity(quantity, self._units))
        else:
            self._quantities.append(quantity)
        return quantity.words.count(" ") + 1

    def _read_order(self) -> int:
        match = match_phrase(ORDERS, self._rest)
        if match:
            pattern, words = match
            # In "longest ride last year" and the like, another order is the stronger one.
            if not self._order_words or ORDERS[pattern].fact != "start":
                self._query.order, self._order_words = ORDERS[pattern], words
            return words.count(" ") + 1
        if self._tokens[self._at] == "long" and self._sport_at(self._at + 1):
            self._query.order, self._order_words = Order("distance"), "long"
            return 1
        return 0

    def _read_kind(self) -> int:
        match = match_phrase(KINDS, self._rest)
        if not match:
            return 0
        pattern, words = match
        kind = KINDS[pattern]
        self._add(Criterion("kind", words, kind.meaning, kind.conditions))
        if kind.sport:
            self._implied[words] = sports_named(kind.sport) or ()
        return words.count(" ") + 1

    def _read_weekday(self) -> int:
        word = self._tokens[self._at]
        numbers = WEEKDAYS.get(word.removesuffix("s"))
        if not numbers:
            return 0
        if self._is_negated:
            self._add(_on_weekdays({word: numbers}))
        else:
            self._weekdays[word] = numbers
        return 1

    def _read_sport(self) -> int:
        named = self._sport_at(self._at)
        if not named:
            return 0
        words, sports = named
        if self._is_negated:
            self._add(of_sports(words, sports))
        else:
            self._sports[words] = sports
        return words.count(" ") + 1

    def _sport_at(self, at: int) -> tuple[str, tuple[str, ...]] | None:
        """The words from ``at`` on that name a sport, and its types."""
        for count in range(min(MAX_SPORT_WORDS, len(self._tokens) - at), 0, -1):
            words = " ".join(self._tokens[at : at + count])
            if not self._tokens[at + count - 1][-1].isalnum():
                continue
            if sports := sports_named(PAST_TENSES.get(words, words), in_a_sentence=True):
                return words, sports
        return None

    def _read_filler(self) -> int:
        word = self._tokens[self._at]
        if match := re.match(QUESTION, self._rest):
            self._query.ignored.append(match[0])
            return match[0].count(" ") + 1
        if word in FILLERS:
            self._query.ignored.append(word)
        is_mark = word.isascii() and not re.search("[a-z0-9]", word)
        return word in FILLERS or is_mark

    def _read_word(self) -> int:
        self._query.words.append((self._tokens[self._at], self._is_negated))
        self._is_negated = False
        return 1

    def _add_quantities(self) -> None:
        for quantity in self._quantities:
            if self._query.order.fact == "speed" and quantity.fact == "distance":
                quantity = quantity.as_of_a_race()
            self._query.criteria.append(of_quantity(quantity, self._units))

    def _add_weekdays(self) -> None:
        """Any of the days of the week that are named."""
        if self._weekdays:
            self._add(_on_weekdays(self._weekdays))

    def _add_sports(self) -> None:
        """Any of the sports that are named, or else of those that are implied."""
        named = self._sports or self._implied
        sports = tuple(dict.fromkeys(sport for some in named.values() for sport in some))
        if sports:
            self._query.criteria.insert(0, of_sports(", ".join(named), sports))

    def _add_order(self) -> None:
        """The order restricts nothing, except to activities that have what it compares."""
        order, words = self._query.order, self._order_words
        if words:
            conditions = () if order.fact == "start" else (is_known(order),)
            meaning = describe_order(order)
            self._query.criteria.append(Criterion("order", words, meaning, conditions))


def _on_weekdays(weekdays: Mapping[str, tuple[str, ...]]) -> Criterion:
    """The activity is on one of these days of the week, by their words in the query."""
    numbers = tuple(dict.fromkeys(number for some in weekdays.values() for number in some))
    meaning = "any " + " or ".join(word.removesuffix("s") for word in weekdays)
    condition = Condition("weekday", "in", numbers)
    return Criterion("weekday", " ".join(weekdays), meaning, (condition,))


def _tokens(text: str) -> list[str]:
    """The words of a query without quoted ones; punctuation that means nothing is removed."""
    plain = PUNCTUATION.sub(" ", QUOTED.sub(" ", fold(text)))
    return [word for one in plain.split() if (word := STOPS.sub("", one))]
