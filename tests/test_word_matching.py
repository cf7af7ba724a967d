"""Words of a query in text that an athlete wrote: accents, plurals, languages without spaces."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strava_mcp.word_matching import fold, matches, spellings


@pytest.mark.parametrize(
    "text, folded",
    [
        ("Aïcha", "aicha"),
        ("MÜNCHEN", "munchen"),
        ("Mu\u0308nchen", "munchen"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("Tromsø", "tromso"),
        ("Łódź", "lodz"),
        ("Diyarbakır", "diyarbakir"),
        ("İstanbul", "istanbul"),
        ("Đà Nẵng", "da nang"),
        ("Kærlighed", "kaerlighed"),
        ("Þingvellir", "thingvellir"),
        ("Œuvre", "oeuvre"),
        ("１０Ｋ Ｒａｃｅ", "10k race"),
        ("Côte d’Azur", "cote d'azur"),
        ("5–10 km", "5-10 km"),
        ("Ελλάς", "ελλασ"),
        ("Йошкар-Ола, Орёл", "иошкар-ола, орел"),
        ("ガ カ", "ガ カ"),
        ("ｶﾞ", "ガ"),
        ("한강 달리기", "한강 달리기"),
        ("☕️", "☕"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    "words, text",
    [
        ("aicha", "Long run with Aïcha"),
        ("Aïcha", "long run with aicha"),
        ("munchen", "München Marathon"),
        ("muenchen", "München Marathon"),
        ("München", "Muenchen Marathon"),
        ("aalesund", "Ålesund"),
        ("hills", "Hill repeats"),
        ("hill", "Six hills"),
        ("races", "Club race"),
        ("race", "Two races"),
        ("interval", "Intervals 6x800"),
        ("intervals", "Interval session"),
        ("cities", "City run"),
        ("city", "Three cities"),
        ("bus", "Buses"),
        ("buses", "after the bus"),
        ("matches", "Match day"),
        ("women", "Woman of the mountains"),
        ("child", "with the children"),
        ("feet", "cold foot"),
        ("halves", "the second half"),
        ("gym", "Gyms"),
        ("gps", "GPS art"),
        ("half-marathon", "Zürich half marathon"),
        ("half marathon", "half-marathon"),
        ("marathon half", "half marathon"),
        ("lauf", "Dauerlauf am See"),
        ("10k", "10K race"),
        ("5", "parkrun #5"),
        ("(tempo)", "Tempo run!"),
        ("d'azur", "Côte d’Azur"),
        ("朝", "渋谷の朝ラン"),
        ("ラン", "渋谷の朝ラン"),
        ("跑步", "晨间跑步"),
        ("5k", "朝ラン5k"),
        ("☕", "Coffee ride ☕️"),
        ("🔥🔥", "so hot 🔥🔥"),
        ("!!!", "fast!!!"),
        ('"long run"', "My long-run, finally"),
        ('"long runs"', "a Long Run"),
        ('"long run" jonas', "Jonas and me: long run"),
        ('"hills"', "one hill"),
        ('"Zürich 10k"', "zuerich 10K"),
        ('"!!!"', "fast!!!"),
        ('"tempo', "Tempo run"),
        ("", "anything"),
        (" - ", "anything"),
        ('""', "anything"),
    ],
)
def test_words_match(words: str, text: str) -> None:
    assert matches(words, text)


@pytest.mark.parametrize(
    "words, text",
    [
        ("race", "Grace and me"),
        ("art", "Party run"),
        ("run", "Brunch"),
        ("sun", "Sunday"),
        ("hill", "Chill ride"),
        ("lauf", "Verlauf"),
        ("jonas", "Jonathan"),
        ("10", "100 km"),
        ("5k", "15k"),
        ("0", "10"),
        ("tempo missing", "Tempo run"),
        ("夜", "渋谷の朝ラン"),
        ("カ", "ガ"),
        ("anything", ""),
        ('"long run"', "Long way, easy run"),
        ('"long run"', "Headlong run"),
        ("!!!", "fast!"),
    ],
)
def test_words_do_not_match(words: str, text: str) -> None:
    assert not matches(words, text)


@settings(deadline=None)
@given(text=st.text(max_size=60))
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@settings(deadline=None)
@given(words=st.text(max_size=60), text=st.text(max_size=60))
def test_any_text_is_matched_or_not(words: str, text: str) -> None:
    assert matches(words, text) in (True, False)


@settings(deadline=None)
@given(text=st.text(max_size=60))
def test_text_matches_itself_and_its_stored_spelling(text: str) -> None:
    assert matches(text, text)
    assert matches(text, spellings(text))
