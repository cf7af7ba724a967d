"""Queries in plain words: what each part is taken for."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strava_mcp.errors import InvalidArguments
from strava_mcp.sources.activity_query import Order
from strava_mcp.sports import RIDES, RUNS
from strava_mcp.tools.search_criteria import Criterion, SearchQuery
from strava_mcp.tools.search_query import parse_query
from strava_mcp.tools.search_words import FILLERS, KINDS, ORDERS, PAST_TENSES, WEEKDAYS

TODAY = date(2026, 11, 23)  # a Monday
INF = float("inf")


def parts(query: str) -> dict[str, Criterion]:
    return {criterion.name: criterion for criterion in parse_query(query, TODAY).criteria}


def bounds(query: str, name: str) -> tuple[float, float]:
    low, high = parts(query)[name].conditions
    return low.value, high.value  # type: ignore[union-attr]


def words(parsed: SearchQuery) -> list[str]:
    return [word for word, _ in parsed.words]


@pytest.mark.parametrize(
    "query, sports",
    [
        ("runs", RUNS),
        ("Run", RUNS),
        ("running", RUNS),
        ("jogging", RUNS),
        ("I ran", RUNS),
        ("trail runs", ("TrailRun",)),
        ("bike rides", RIDES),
        ("cycling", RIDES),
        ("rode", RIDES),
        ("swims", ("Swim",)),
        ("swimming", ("Swim",)),
        ("swam", ("Swim",)),
        ("hiking", ("Hike",)),
        ("gravel", ("GravelRide",)),
        ("weight training", ("WeightTraining",)),
        ("yoga and swims", ("Yoga", "Swim")),
        ("indoor rides", RIDES),
        ("10k", RUNS),
        ("10k ride", RIDES),
        ("half marathon", RUNS),
        ("half-marathons", RUNS),
        ("century", RIDES),
        ("long runs", RUNS),
    ],
)
def test_sports(query: str, sports: tuple[str, ...]) -> None:
    (condition,) = parts(query)["sport"].conditions
    assert condition[:3] == ("sport_type", "in", sports)


@pytest.mark.parametrize("query", ["10 km", "with Jonas", "over 20 km", "races", "last week"])
def test_no_sport(query: str) -> None:
    assert "sport" not in parts(query)


@pytest.mark.parametrize(
    "query, days",
    [
        ("runs last week", "2026-11-16..2026-11-22"),
        ("last week's runs", "2026-11-16..2026-11-22"),
        ("in march 2026", "2026-03-01..2026-03-31"),
        ("rides 2025", "2025-01-01..2025-12-31"),
        ("yesterday", "2026-11-22..2026-11-22"),
        ("swims during the last 3 months", "2026-08-24..2026-11-23"),
        ("2026-03-01..2026-03-05 run", "2026-03-01..2026-03-05"),
        ("runs from 2026-03-01 - 2026-03-05", "2026-03-01..2026-03-05"),
        ("runs ytd", "2026-01-01..2026-11-23"),
        ("longest ride of all time", "1970-01-01..2026-11-23"),
        ("runs in March to May 2026 over 10 km", "2026-03-01..2026-05-31"),
        ("races between June 30, 2026 and July 5, 2026", "2026-06-30..2026-07-05"),
        ("rides Q3 2026", "2026-07-01..2026-09-30"),
        ("first half 2026", "2026-01-01..2026-06-30"),
        ("runs on Tuesday", "2026-11-17..2026-11-17"),
        ("last Tuesday", "2026-11-17..2026-11-17"),
        ("last weekend", "2026-11-21..2026-11-22"),
    ],
)
def test_days(query: str, days: str) -> None:
    parsed = parse_query(query, TODAY)
    (criterion,) = (one for one in parsed.criteria if one.name == "dates")
    assert criterion.meaning == days
    assert not parsed.words


@pytest.mark.parametrize(
    "query, problem",
    [
        ("runs next week", "2026-11-30 is in the future; today is 2026-11-23"),
        ("races 2027", "2027-01-01 is in the future"),
        ("run 05/06/2026", "2026-06-05 or 2026-05-06"),
        ("rides in summer 2026", "June to August"),
        ("rides last summer", "June to August"),
        ("runs 2026-02-30", "no such date"),
        ("runs 2026-06 to 2026-03", "before it begins"),
    ],
)
def test_dates_that_cannot_be_searched_are_refused(query: str, problem: str) -> None:
    with pytest.raises(InvalidArguments) as caught:
        parse_query(query, TODAY)
    assert problem in caught.value.fields["query"]


@pytest.mark.parametrize("query", ["May", "Sunday", "route 1500", "solstice summer", "tomorrow"])
def test_words_that_look_like_dates_are_none(query: str) -> None:
    assert "dates" not in parts(query)


@pytest.mark.parametrize(
    "query, low, high",
    [
        ("over 20 km", 20_000, INF),
        ("runs > 20 km", 20_000, INF),
        ("longer than 20km", 20_000, INF),
        ("20+ km", 20_000, INF),
        ("20 km or more", 20_000, INF),
        ("over 20", 20_000, INF),
        ("under 5 miles", 0, 8_046.72),
        ("between 5 and 10 km", 5_000, 10_000),
        ("between 10 and 5 km", 5_000, 10_000),
        ("5-10 km", 5_000, 10_000),
        ("5 to 10 km", 5_000, 10_000),
        ("between 5 and 10 miles", 8_046.72, 16_093.44),
        ("800 m to 2 km", 800, 2_000),
        ("10k", 9_300, 10_700),
        ("about 10 km", 9_300, 10_700),
        ("1,000 m swim", 930, 1_070),
        ("half marathon", 19_620, 22_575),
        ("first half marathon", 19_620, 22_575),
        ("marathon", 39_241, 45_149),
        ("ultra", 45_149, INF),
        ("century ride", 149_669, 172_200),
        ("100 km ride", 93_000, 107_000),
        ("10-mile runs", 14_967, 17_220),
        ("at least 12,5 km", 12_500, INF),
        ("fastest 10k", 9_500, 10_600),
        ("fastest run between 5 and 10 km", 5_000, 10_000),
    ],
)
def test_distances(query: str, low: float, high: float) -> None:
    assert bounds(query, "distance") == pytest.approx((low, high), rel=0.001)


@pytest.mark.parametrize(
    "query, name, low, high",
    [
        ("over 1000 m of climbing", "elevation gain", 1_000, INF),
        ("more than 1,000 m elevation gain", "elevation gain", 1_000, INF),
        ("over 3000 ft", "elevation gain", 914.4, INF),
        ("over 2 hours", "moving time", 7_200, INF),
        ("under an hour", "moving time", 0, 3_600),
        ("longer than 1h30", "moving time", 5_400, INF),
        ("under 1:45:00", "moving time", 0, 6_300),
        ("sub 20 5k", "moving time", 0, 1_200),
        ("sub 3:30 marathon", "moving time", 0, 12_600),
        ("time over 90", "moving time", 5_400, INF),
        ("with heart rate over 160", "heart rate", 160, INF),
        ("max heart rate above 185 bpm", "maximum heart rate", 185, INF),
        ("average power above 200 W", "power", 200, INF),
        ("speed over 30", "speed", 8.333, INF),
        ("elevation gain under 100", "elevation gain", 0, 100),
        ("relative effort over 100", "relative effort", 100, INF),
        ("climbs over 2000", "elevation gain", 2_000, INF),
        ("90-minute run", "moving time", 5_022, 5_778),
        ("90 minute run", "moving time", 5_022, 5_778),
        ("between 1 and 2 hours", "moving time", 3_600, 7_200),
        ("faster than 30 km/h", "speed", 8.333, INF),
        ("under 5:00/km", "speed", 3.333, INF),
        ("slower than 8:00 min/mi", "speed", 0, 3.353),
        ("faster than 8 min/mile", "speed", 3.353, INF),
        ("under 8 minute miles", "speed", 3.353, INF),
        ("slower than 6 min per km", "speed", 0, 2.778),
        ("rides faster than 30", "speed", 8.333, INF),
        ("runs faster than 5", "speed", 3.333, INF),
        ("over 150 bpm", "heart rate", 150, INF),
        ("at least 200 watts", "power", 200, INF),
    ],
)
def test_other_quantities(query: str, name: str, low: float, high: float) -> None:
    assert bounds(query, name) == pytest.approx((low, high), rel=0.001)
    assert not parse_query(query, TODAY).words


@pytest.mark.parametrize("query", ["no distance", "over the hills", "5 days", "6x800m", "a walk"])
def test_no_quantity(query: str) -> None:
    assert not {"distance", "moving time", "elevation gain"} & parts(query).keys()


@pytest.mark.parametrize(
    "query, order",
    [
        ("runs", Order()),
        ("latest run", Order()),
        ("my first marathon", Order(descending=False)),
        ("oldest ride", Order(descending=False)),
        ("longest ride ever", Order("distance")),
        ("furthest run", Order("distance")),
        ("biggest ride", Order("distance")),
        ("long rides", Order("distance")),
        ("longest by time", Order("moving_time")),
        ("shortest swim", Order("distance", False)),
        ("fastest 10k this year", Order("speed")),
        ("best 5k", Order("speed")),
        ("10k PB", Order("speed")),
        ("last biggest climb", Order("elevation_gain")),
        ("biggest climb on my latest ride", Order("elevation_gain")),
        ("highest max speed", Order("max_speed")),
        ("slowest run", Order("speed", False)),
        ("top speed", Order("max_speed")),
        ("biggest climb", Order("elevation_gain")),
        ("top 3 climbs", Order("elevation_gain")),
        ("ride with the most elevation gain", Order("elevation_gain")),
        ("hilliest runs", Order("elevation_gain")),
        ("flattest ride", Order("elevation_gain", False)),
        ("highest heart rate", Order("max_heartrate")),
        ("highest average heart rate", Order("average_heartrate")),
        ("lowest heart rate run", Order("average_heartrate", False)),
        ("highest average power", Order("average_watts")),
        ("hardest", Order("relative_effort")),
        ("easiest rides", Order("relative_effort", False)),
        ("most kudos", Order("kudos")),
        ("coldest run", Order("temperature", False)),
    ],
)
def test_superlatives(query: str, order: Order) -> None:
    parsed = parse_query(query, TODAY)
    assert parsed.order == order
    assert not parsed.words


@pytest.mark.parametrize(
    "query, limit, order",
    [
        ("last 3 rides", 3, Order()),
        ("top 5 longest runs", 5, Order("distance")),
        ("5 longest runs", 5, Order("distance")),
        ("first 2 races", 2, Order(descending=False)),
        ("last 10 km", None, Order()),
        ("last 10 days", None, Order()),
        ("runs", None, Order()),
    ],
)
def test_number_of_results(query: str, limit: int | None, order: Order) -> None:
    parsed = parse_query(query, TODAY)
    assert (parsed.limit, parsed.order) == (limit, order)


@pytest.mark.parametrize(
    "query, meaning",
    [
        ("races this year", "race (marked or named so)"),
        ("race", "race (marked or named so)"),
        ("long runs", "long run (marked or named so)"),
        ("workouts", "workout (marked or named so, or of that sport)"),
        ("commutes", "commute (marked or named so)"),
        ("commuting", "commute (marked or named so)"),
        ("indoor", "indoor"),
        ("runs with heart rate", "with heart rate"),
        ("rides without power", "not with power (measured or estimated)"),
        ("tuesday intervals", "workout (marked so), HIIT, or named interval"),
        ("interval sessions in march", "workout (marked so), HIIT, or named interval"),
        ("interval runs", "workout (marked so), HIIT, or named interval"),
        ("track workouts", "workout (marked so), HIIT, or named track"),
        ("tempo runs", "workout (marked so), HIIT, or named tempo"),
        ("speedwork", "workout (marked so), HIIT, or named speed"),
        ("key sessions", "workout (marked so), HIIT, or named quality"),
        ("treadmill", "indoor"),
        ("outdoor rides", "outdoor"),
        ("rides without commutes", "not commute (marked or named so)"),
    ],
)
def test_kinds(query: str, meaning: str) -> None:
    assert parts(query)["kind"].meaning == meaning


@pytest.mark.parametrize(
    "query, numbers",
    [
        ("tuesday runs", ("2",)),
        ("tuesday and thursday runs", ("2", "4")),
        ("Sundays", ("0",)),
        ("weekend rides", ("6", "0")),
    ],
)
def test_bare_weekdays_mean_every_one(query: str, numbers: tuple[str, ...]) -> None:
    (condition,) = parts(query)["weekday"].conditions
    assert condition[:3] == ("weekday", "in", numbers)


@pytest.mark.parametrize(
    "query, expected, ignored",
    [
        ("trail runs with Jonas over 15 km last month", ["jonas"], ["with"]),
        ("show me all my activities", [], ["show", "me", "all", "my", "activities"]),
        ("朝ラン ☕", ["朝ラン", "☕"], []),
        ("Aïcha, München!", ["aicha", "munchen"], []),
        ("how many km did I run last week", [], ["how many km", "did", "i"]),
        ("total distance 2025", [], ["total distance"]),
        ("runs this week vs 2025", [], ["vs", "2025 (one period at a time)"]),
        ("how far did I run this year?", [], ["how far", "did", "i"]),
        ('"long run" with "Q3 2026"', ['"long run"', '"q3 2026"'], ["with"]),
        ("march 2025 march 2026", [], ["march 2026 (one period at a time)"]),
        ("- ... ?!", [], []),
    ],
)
def test_every_other_word_is_looked_for_or_ignored(
    query: str, expected: list[str], ignored: list[str]
) -> None:
    parsed = parse_query(query, TODAY)
    assert words(parsed) == expected
    assert parsed.ignored == ignored


def test_negation_applies_to_what_follows() -> None:
    parsed = parse_query("runs without jonas in 2025 not on tuesday", TODAY)
    assert parsed.words == [("jonas", True)]
    assert [one.meaning for one in parsed.criteria if one.name == "dates"] == [
        "2025-01-01..2025-12-31",
        "not 2026-11-17..2026-11-17",
    ]


VOCABULARY = sorted({*FILLERS, *PAST_TENSES, *WEEKDAYS, "not", "over", "20", "km", "10k", "last"})
PATTERNS = [*KINDS, *ORDERS]


@settings(deadline=None)
@given(
    query=st.text(max_size=60)
    | st.lists(st.sampled_from(VOCABULARY) | st.text(max_size=4), max_size=9).map(" ".join)
    | st.lists(st.sampled_from(PATTERNS).flatmap(st.from_regex), max_size=3).map(" ".join)
)
def test_any_query_is_parsed_or_refused(query: str) -> None:
    try:
        parsed = parse_query(query, TODAY)
    except InvalidArguments as exc:
        assert set(exc.fields) == {"query"}
        return
    assert all(one.meaning for one in parsed.criteria)


def test_too_many_words_are_refused() -> None:
    """One character may stand for several words: U+FDFA for four."""
    with pytest.raises(InvalidArguments, match="at most 250 words"):
        parse_query("\ufdfa" * 500, TODAY)
    assert parse_query("a " * 250, TODAY)


def test_longest_query_is_parsed_in_time_that_grows_with_its_length() -> None:
    for query in ("a " * 250, "2026 " * 100, "over 5 km " * 50, "to " * 166, "-" * 500):
        try:
            parse_query(query[:500], TODAY)
        except InvalidArguments:
            pass
