"""Headers, numbers, dates and sports of exports in every language."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_mcp.sources.archive.catalog import dates
from strava_mcp.sources.archive.catalog.headers import (
    BEFORE_2019,
    COLUMNS,
    ENGLISH,
    FRENCH,
    GERMAN,
    LANGUAGES,
    POSITIONS,
    UNKNOWN,
    columns_by_name,
    detect_language,
    locate_columns,
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
    assert detect_language(maker_csv.OLD).distance_unit == "metres"
    assert detect_language(maker_csv.ENGLISH).distance_unit is None


@pytest.mark.parametrize("words", [ENGLISH, GERMAN, FRENCH])
def test_complete_languages_have_every_header(words: str) -> None:
    assert counts(words) == counts(COLUMNS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_has_a_misplaced_header(language: object) -> None:
    """A line that is too long or too short would shift all later headers."""
    name = getattr(language, "name")
    columns = getattr(language, "columns")
    assert {"id", "date"} <= set(columns.values()), name
    assert len(set(columns.values())) == len(columns), name


@pytest.mark.parametrize("header", [maker_csv.ENGLISH, maker_csv.GERMAN])
def test_positions_are_those_of_real_headers(header: list[str]) -> None:
    by_name = columns_by_name(header, detect_language(header))
    for name, columns in POSITIONS.items():
        assert by_name[name][: len(columns)] == columns


def test_duplicate_columns_keep_their_order() -> None:
    columns = columns_by_name(maker_csv.GERMAN, detect_language(maker_csv.GERMAN))
    assert columns["distance"] == (6, 17) and columns["elapsed_time"] == (5, 15)
    assert columns["commute"] == (9, 50)
    assert columns["gear"] == (maker_csv.GERMAN.index("Ausrüstung"),)


def test_unknown_headers_are_located_by_position() -> None:
    words = [f"слово {n}" for n in range(40)]
    words[15], words[17] = words[5], words[6]
    columns = locate_columns(words, UNKNOWN)
    assert (
        columns["distance"] == (6, 17)
        and columns["file"] == (12,)
        and columns["total_work"] == (38,)
    )


def test_positions_need_duplicate_columns_and_the_usual_order() -> None:
    assert locate_columns([f"слово {n}" for n in range(40)], UNKNOWN) == {}
    more = [*maker_csv.ENGLISH[:3], "Something new", *maker_csv.ENGLISH[3:]]
    more.remove("Max Speed")
    columns = locate_columns(more, detect_language(more))
    assert "max_speed" not in columns and columns["average_speed"] == (19,)
    assert columns["distance"] == (7, 18)


def test_renamed_column_is_located_by_position() -> None:
    renamed = ["Date" if head == "Activity Date" else head for head in maker_csv.ENGLISH]
    assert locate_columns(renamed, detect_language(renamed))["date"] == (1,)


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
    ],
)
def test_months_by_name(month: int, names: str) -> None:
    for name in names.split():
        assert dates.parse_date(f"27 {name} 2021, 10:00:00").month == month, name


def test_midnight_and_noon() -> None:
    assert dates.parse_date("May 6, 2024, 12:00:01 AM").hour == 0
    assert dates.parse_date("May 6, 2024, 12:00:01 PM").hour == 12


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
