"""Headers, numbers, dates and sports of exports in every language."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_mcp.sources.archive.catalog import dates
from strava_mcp.sources.archive.catalog.date_order import DateOrder
from strava_mcp.sources.archive.catalog.header_words import (
    BEFORE_2019,
    COLUMNS,
    DUTCH,
    ENGLISH,
    FRENCH,
    GERMAN,
    SPANISH,
)
from strava_mcp.sources.archive.catalog.headers import (
    LANGUAGES,
    columns_by_name,
    detect_language,
)
from strava_mcp.sources.archive.catalog.numbers import detect_decimal_mark, parse_number
from strava_mcp.sport_words import WORDS, sport_from_words
from strava_mcp.sports import SPORTS
from tests.sources.archive import maker_csv

FRENCH_HEAD = (
    "ID de l'activité,Date de l'activité,Nom de l'activité,Type d'activité,"
    "Description de l'activité,Temps écoulé,Distance,Fréquence cardiaque max.,Effort relatif,"
    "Déplacement-transport,Note privée sur les activités,Matériel utilisé pour l'activité,"
    "Nom du fichier,Poids de l'athlète,Poids du vélo,Temps écoulé,Durée de déplacement,Distance"
).split(",")
DUTCH_HEAD = "Activiteits-ID,Datum van activiteit,Naam activiteit,Activiteitstype".split(",")
POLISH_HEAD = "Identyfikator aktywności,Data aktywności,Nazwa aktywności".split(",")


def counts(words: str) -> list[int]:
    return [len(line.replace("\\\n", "").split("|")) for line in words.strip().splitlines()]


@pytest.mark.parametrize(
    "header, name",
    [
        (maker_csv.ENGLISH, "English"),
        (maker_csv.OLD, "English"),
        (maker_csv.GERMAN, "German"),
        (FRENCH_HEAD, "French"),
        (DUTCH_HEAD, "Dutch"),
        (POLISH_HEAD, "Polish"),
        (["Aktivitets-id", "Aktivitetsdato", "Distance"], "Danish"),
        (["ID de actividad", "Fecha de la actividad", "Distancia"], "Spanish"),
        (["Id. de actividad", "Fecha de la actividad", "Distancia"], "Spanish"),
        (["ID attività", "Data dell'attività", "Nome dell’attività"], "Italian"),
        (["ID da atividade", "Data da atividade", "Nome da atividade"], "Portuguese"),
        (["ID aktivity", "Datum aktivity", "Název aktivity"], "Czech"),
        (["アクティビティID", "アクティビティ実行日", "距離"], "Japanese"),
        (["活动 ID", "活动日期", "活动名称"], "Chinese"),
        (["ACTIVITY  ID", " activity date", "x"], "English"),
        (["ID de l’activité", "Date de l’activité"], "French"),
        (["Номер", "Дата"], "unknown"),
        (["", ""], "unknown"),
        ([], "unknown"),
    ],
)
def test_language_is_detected_by_the_header(header: list[str], name: str) -> None:
    assert detect_language(header).name == name


def test_only_exports_before_2019_have_a_fixed_distance_unit() -> None:
    assert detect_language(maker_csv.OLD).is_metric
    assert not detect_language(maker_csv.ENGLISH).is_metric


@pytest.mark.parametrize("words", [ENGLISH, GERMAN, FRENCH, SPANISH, DUTCH])
def test_complete_languages_have_every_header(words: str) -> None:
    assert counts(words) == counts(COLUMNS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_has_a_misplaced_header(language: object) -> None:
    """A line that is too long or too short would shift all later headers."""
    name = getattr(language, "name")
    columns = getattr(language, "columns")
    assert {"id", "date"} <= set(columns.values()), name
    assert len(set(columns.values())) == len(columns), name


def test_duplicate_columns_keep_their_order() -> None:
    columns = columns_by_name(maker_csv.GERMAN, detect_language(maker_csv.GERMAN))
    assert columns["distance"] == (6, 17) and columns["elapsed_time"] == (5, 15)
    assert columns["commute"] == (9, 50)
    assert columns["gear"] == (maker_csv.GERMAN.index("Ausrüstung"),)


def test_headers_before_2019() -> None:
    columns = columns_by_name(maker_csv.OLD, detect_language(maker_csv.OLD))
    assert columns["gear_name"] == (8,) and columns["file"] == (9,) and columns["commute"] == (7,)
    assert BEFORE_2019.count("|") >= 9


@pytest.mark.parametrize(
    "text, value",
    [
        ("9440.0", 9440.0),
        ("9,44", 9.44),
        ("0.24399999463558197", 0.24399999463558197),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1 234,5", 1234.5),
        ("1\u202f234,56", 1234.56),
        ("1'234.5", 1234.5),
        ("1’234", 1234),
        ("1,234,567", 1234567),
        ("1.234.567", 1234567),
        ("-154.8", -154.8),
        ("1.0E-4", 0.0001),
        ("0,125", 0.125),
        ("12,3456", 12.3456),
    ],
)
def test_number_formats(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize("mark, value", [(".", 1.234), (",", 1234.0)])
def test_ambiguous_number_uses_the_decimal_mark_of_the_file(mark: str, value: float) -> None:
    assert detect_decimal_mark("1.234") is None
    assert parse_number("1.234", mark) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NaN",
        "nan",
        "inf",
        "-Infinity",
        "1e999",
        "12:30",
        "--1",
        "1.2.3,4,5",
        "٣",
        "five",
        "1_0",
    ],
)
def test_invalid_numbers(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        parse_number(text)


@given(
    st.integers(-(10**9), 10**9),
    st.integers(0, 99),
    st.sampled_from([(",", "."), (".", ","), (" ", ","), ("\u202f", ","), ("'", "."), ("", ",")]),
)
def test_numbers_of_any_locale_are_read_back(whole: int, part: int, signs: tuple[str, str]) -> None:
    group, mark = signs
    text = f"{whole:,}".replace(",", group) + f"{mark}{part:02}"
    assert parse_number(text) == float(f"{whole}.{part:02}")


START = datetime(2024, 5, 6, 16, 2, 34, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "May 6, 2024, 4:02:34 PM",
        "May 6, 2024, 4:02:34\u202fPM",
        "6 May 2024, 16:02:34",
        "06.05.2024, 16:02:34",
        "6.5.2024 16.02.34",
        "6. Mai 2024, 16:02:34",
        "6 mai 2024 à 16:02:34",
        "6 may 2024, 16:02:34",
        "6 may 2024, 4:02:34 p. m.",
        "6 de mai. de 2024, 16:02:34",
        "6 mag 2024, 16:02:34",
        "6 mei 2024, 16:02:34",
        "6 maj 2024 16:02:34",
        "6. maj 2024 16.02.34",
        "6. mai 2024, 16:02:34",
        "6 мая 2024 г., 16:02:34",
        "2024年5月6日 16:02:34",
        "2024年5月6日 下午4:02:34",
        "2024. 5. 6. 오후 4:02:34",
        "2024/05/06 16:02:34",
        "2024-05-06 16:02:34 UTC",
        "2024-05-06 16:02:34",
        "2024-05-06T16:02:34Z",
        "06/05/2024, 16:02:34",
        "6. 5. 2024 16:02:34",
        "6. května 2024 16:02:34",
        "6 may 2024, 4:02:34\u202fp.\u00a0m.",
        "6 may 2024, 4:02:34\u202fp.m.",
        "6 de maio de 2024, 16:02:34",
        "6 maggio 2024, 16:02:34",
        "2024年5月6日 午後4:02:34",
        "2024年5月6日 晚上4:02:34",
        "2024. máj. 6. 16:02:34",
        "6. toukokuuta 2024 klo 16.02.34",
        "6 May 2024 16:02:34",
        "6 mayıs 2024 16:02:34",
        "6 Μαΐου 2024, 4:02:34 μ.μ.",
        "16:02:34, 06.05.2024",
    ],
)
def test_dates_of_every_language(text: str) -> None:
    assert dates.parse_date(text) == START
    assert dates.has_time_of_day(text)


@pytest.mark.parametrize(
    "month, names",
    [
        (1, "Jan januari janv. enero gennaio stycznia jan."),
        (2, "Feb Februar févr. febrero fev. lut"),
        (3, "Mar März mars mrt maart marca marzo"),
        (4, "Apr avr. abr kwi"),
        (6, "Jun Juni juin giu cze junho"),
        (7, "Jul Juli juil. juillet lug lip"),
        (8, "Aug août ago sie agosto"),
        (9, "Sep Sept. set wrz setembro"),
        (10, "Oct Okt. ott out paź"),
        (11, "Nov lis noviembre"),
        (12, "Dec Dez. déc. dic dez. des. gru"),
        (1, "ledna led ene. gen ian. oca января"),
        (2, "února úno febbraio şub февр."),
        (3, "března bře marzo márc. мар."),
        (4, "dubna dub aprile ápr. nis апр."),
        (6, "června červen čvn giugno jún. haz июня"),
        (7, "července červenec čvc luglio júl. tem июля"),
        (8, "srpna srp agosto ağu авг."),
        (9, "září zář settembre szept. eyl сент."),
        (10, "října říj ottobre eki окт."),
        (11, "listopadu lis novembre kas нояб."),
        (12, "prosince pro dicembre ara дек."),
    ],
)
def test_months_by_name(month: int, names: str) -> None:
    for name in names.split():
        assert dates.parse_date(f"27 {name} 2021, 10:00:00").month == month, name


@pytest.mark.parametrize(
    "text, hour",
    [
        ("May 6, 2024, 12:00:01 AM", 0),
        ("May 6, 2024, 12:00:01 PM", 12),
        ("6 may 2024, 12:00:01\u202fa. m.", 0),
        ("2 ago 2026, 12:20:32\u202fp.m.", 12),
        ("2024年5月6日 午前0:00:01", 0),
        ("2024年5月6日 中午12:00:01", 12),
        ("2024年5月6日 凌晨12:00:01", 0),
        ("2024. 5. 6. 오전 12:00:01", 0),
    ],
)
def test_midnight_and_noon(text: str, hour: int) -> None:
    assert dates.parse_date(text).hour == hour


@pytest.mark.parametrize(
    "text, order",
    [
        ("5/13/2024, 4:02:34 PM", True),
        ("13/5/2024 16:02", False),
        ("5/6/2024 16:02", None),
        ("13.05.2024, 16:02:34", None),
        ("May 6, 2024, 4:02:34 PM", None),
        ("13/13/2024", None),
    ],
)
def test_order_of_day_and_month(text: str, order: bool | None) -> None:
    assert dates.is_month_first(text) is order


def order(*texts: str, convention: bool | None = None) -> bool | None:
    """Return whether the month comes first in a file with these dates."""
    result = DateOrder(datetime(2024, 12, 1, tzinfo=UTC))
    for text in texts:
        result.feed(text)
    return result.is_month_first(convention)


def test_order_of_day_and_month_is_that_of_the_whole_file() -> None:
    assert order("5/6/2024", "13/2/2024") is False and order("5/6/2024", "2/13/2024") is True
    assert order("5/6/2024") is None and order("5/6/2024", convention=False) is False
    # With the month first, it would be in the future.
    assert order("1/12/2024", convention=False) is False
    assert order("2/12/2024") is True and order("12/2/2024") is False
    assert order("5/6/2024", "May 7, 2024") is True and order("5/6/2024", "7 May 2024") is False


def test_rows_of_a_file_are_in_the_order_of_their_dates() -> None:
    days = [datetime(2023, month, day) for month in range(1, 7) for day in (1, 4, 7, 10)]
    assert order(*(f"{day:%d/%m/%Y}" for day in days)) is False
    assert order(*(f"{day:%m/%d/%Y}" for day in days)) is True
    assert order(*(f"{day:%m/%d/%Y}" for day in reversed(days))) is True
    # Of days of one month, or of one day in each month, both readings are in order.
    assert order(*(f"{day}/6/2023" for day in range(1, 12))) is None


def test_recordings_show_the_order_of_their_dates() -> None:
    for start, month_first in ((datetime(2024, 5, 6, 10), True), (datetime(2024, 6, 5, 10), False)):
        result = DateOrder(datetime(2024, 12, 1, tzinfo=UTC))
        result.feed("5/6/2024, 10:00:02")
        result.feed_start("5/6/2024, 10:00:02", start.replace(tzinfo=UTC))
        assert result.is_ambiguous and result.is_month_first(None) is month_first


def test_ambiguous_date_uses_the_order_of_the_file() -> None:
    assert dates.parse_date("5/6/2024 1:00", month_first=True).month == 5
    assert dates.parse_date("5/6/2024 1:00", month_first=False).month == 6
    assert dates.parse_date("5.6.2024 1:00", month_first=True).month == 6


@pytest.mark.parametrize(
    "text", ["", "yesterday", "31.02.2024, 10:00:00", "2024-13-01 10:00:00", "6 foo 2024", "9" * 99]
)
def test_invalid_dates(text: str) -> None:
    with pytest.raises(ValueError):
        dates.parse_date(text)


@given(st.text(max_size=90))
def test_any_text_is_parsed_or_a_value_error(text: str) -> None:
    for read in (dates.parse_date, parse_number):
        try:
            read(text)
        except ValueError:
            pass


def test_words_exist_for_exactly_the_known_sports() -> None:
    assert set(WORDS) == set(SPORTS)
    assert all(sport_from_words(sport) == sport for sport in SPORTS)


@pytest.mark.parametrize(
    "words, sport",
    [
        ("Virtual Ride", "VirtualRide"),
        ("E-Bike Ride", "EBikeRide"),
        ("E-Mountain Bike Ride", "EMountainBikeRide"),
        ("Weight Training", "WeightTraining"),
        ("Football (Soccer)", "Soccer"),
        ("Canoe", "Canoeing"),
        ("HIIT", "HighIntensityIntervalTraining"),
        ("Stand Up Paddling", "StandUpPaddling"),
        ("Radfahrt", "Ride"),
        ("Lauf", "Run"),
        ("Wanderung", "Hike"),
        ("Virtuelle Radfahrt", "VirtualRide"),
        ("Sortie à vélo", "Ride"),
        ("Entraînement aux poids", "WeightTraining"),
        ("Hardloopsessie", "Run"),
        ("Jazda", "Ride"),
        ("Underwater hockey", None),
        ("", None),
        ("12.0", None),
    ],
)
def test_sports_by_displayed_words(words: str, sport: str | None) -> None:
    assert sport_from_words(words) == sport
