"""Columns are found by their order and values where the words of their headers are unknown."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import pytest

from strava_mcp.sources.archive.catalog import Catalog, Entry, UnreadableTable, header_words
from strava_mcp.sources.archive.catalog.column_order import columns_by_order, combine
from strava_mcp.sources.archive.catalog.headers import columns_by_name, detect_language, normalize
from tests.sources.archive.catalog.test_catalog import NOW, place
from tests.sources.archive.maker_csv import ENGLISH, GERMAN

#: What an export of 2020 does not have: two leading columns, and two in the middle.
ADDED_LATER = ("Max Heart Rate", "Activity Private Note", "Type", "Start Time")
#: A row with a value in every column that is read.
ROW = {
    **{"Activity ID": "20061183385", "Activity Name": "Odpolední jízda", "Elapsed Time": "7052"},
    **{"Activity Description": 'první řádek, "s čárkou"\na druhý 🚴', "Distance": "33,22"},
    **{"Max Heart Rate": "140", "Relative Effort": "66", "Commute": "true"},
    **{"Activity Private Note": "koleno", "Activity Gear": "Kolo", "Athlete Weight": "71.5"},
    **{"Filename": "activities/21204285641.fit.gz", "Bike Weight": "9.0"},
    **{"Elapsed Time.2": "7052.0", "Moving Time": "6490.0", "Distance.2": "33227.2"},
    **{"Max Speed": "12.2", "Average Speed": "5.12", "Elevation Gain": "480.0"},
    **{"Elevation Loss": "470.0", "Elevation Low": "201.0", "Elevation High": "415.5"},
    **{"Max Cadence": "110.0", "Average Cadence": "81.0", "Max Heart Rate.2": "140.0"},
    **{"Average Heart Rate": "109.0", "Max Watts": "711.0", "Average Watts": "98.0"},
    **{"Calories": "863.0", "Max Temperature": "30.0", "Average Temperature": "21.0"},
    **{"Relative Effort.2": "66.0", "Total Work": "635000.0", "Perceived Exertion": "6.0"},
    **{"Weighted Average Power": "131.0", "Power Count": "6490.0", "Commute.2": "1.0"},
    **{"From Upload": "1.0", "Grade Adjusted Distance": "34000.0", "Humidity": "0.41"},
    **{"Weather Observation Time": "1788692400.0", "Weather Condition": "2.0"},
    **{"Weather Temperature": "19.5", "Apparent Temperature": "19.1", "Dewpoint": "5.9"},
    **{"Weather Pressure": "1015.2", "Wind Speed": "3.2", "Wind Gust": "7.1"},
    **{"Wind Bearing": "52.0", "Precipitation Intensity": "0.2", "Sunrise Time": "1788668000.0"},
    **{"Moon Phase": "0.25", "Bike": "8939781.0", "Precipitation Probability": "0.2"},
    **{"Precipitation Type": "5.0", "Cloud Cover": "0.53", "Weather Visibility": "16093.0"},
    **{"UV Index": "4.0", "Weather Ozone": "310.0", "Flagged": "0.0", "Activity Count": "1.0"},
    **{"Carbon Saved": "6000.0", "Training Load": "80.0", "Intensity": "91.0"},
    **{"Competition": "1.0", "Long Run": "0.0"},
}
#: Account → words of its headers, a date, the word for a ride.
ACCOUNTS = {
    "Czech": (header_words.CZECH, "6. 9. 2026 11:18:40", "Jízda"),
    "Japanese": (header_words.JAPANESE, "2026/09/06 11:18:40", "ライド"),
    "Chinese": (header_words.CHINESE, "2026年9月6日 11:18:40", "骑行"),
    "Spanish": (header_words.SPANISH, "6 sept 2026, 11:18:40\u202fa. m.", "Vuelta ciclista"),
    "Italian": (header_words.ITALIAN, "6 set 2026, 11:18:40", "Giro in bici"),
    "Portuguese": (header_words.PORTUGUESE, "6 de set. de 2026, 11:18:40", "Pedalada"),
    "Polish": (header_words.POLISH, "6 wrz 2026, 11:18:40", "Jazda"),
    "Danish": (header_words.DANISH, "6. sep. 2026 11.18.40", "Cykeltur"),
    "Dutch": (header_words.DUTCH, "6 sep 2026 11:18:40", "Fietsrit"),
    "French": (header_words.FRENCH, "6 sept. 2026 à 11:18:40", "Sortie à vélo"),
    "German": (header_words.GERMAN, "06.09.2026, 11:18:40", "Radfahrt"),
    "unknown": ("", "2026. szept. 6. 11:18:40", "Kerékpározás"),
    "unknown, Korean": ("", "2026. 9. 6. 오전 11:18:40", "라이딩"),
}


def words_of(text: str) -> list[str]:
    return [word.strip() for line in text.strip().splitlines() for word in line.split("|")]


def translated(words: str) -> list[str]:
    """Return the English header with the words of another language, and made up ones elsewhere."""
    translations = dict(zip(words_of(header_words.ENGLISH), words_of(words), strict=False))
    made_up = {head: f"слово {ENGLISH.index(head)}" for head in ENGLISH}
    return [
        translations[head] if translations.get(head, "-") != "-" else made_up[head]
        for head in ENGLISH
    ]  #


def table(header: Sequence[str], *rows: dict[str, str], delimiter: str = ",") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        cells = [""] * len(ENGLISH)
        for name, value in row.items():
            cells[place(name)] = value
        writer.writerow(cells[: len(header)])
    return text.getvalue().encode()


def read(content: bytes) -> tuple[Catalog, list[Entry]]:
    catalog = Catalog(lambda: io.BytesIO(content), NOW.replace(year=2027))
    return catalog, [row for row in catalog if isinstance(row, Entry)]


def dated(date: str, word: str) -> dict[str, str]:
    return {**ROW, "Activity Date": date, "Activity Type": word}


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    _, (entry,) = read(table(ENGLISH, dated("Sep 6, 2026, 11:18:40 AM", "Ride")))
    assert entry.problems == () and len(entry.fields) == 34
    assert set(entry.fields["weather"]) == {
        *("condition", "temperature", "apparent_temperature", "dew_point", "humidity", "pressure"),
        *("wind_speed", "wind_gust", "wind_bearing", "precipitation_intensity", "cloud_cover"),
        *("precipitation_probability", "precipitation_type", "uv_index", "observation_time"),
    }
    return entry.fields


@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_value_is_read_in_every_language(account: str, expected: dict[str, Any]) -> None:
    words, date, ride = ACCOUNTS[account]
    catalog, (entry,) = read(table(translated(words), dated(date, ride)))
    assert catalog.language == account.partition(",")[0] and catalog.units == "kilometres"
    assert entry.file == "activities/21204285641.fit.gz"
    wanted = dict(expected)
    if ride == "Kerékpározás":
        assert "'Kerékpározás' is not a known sport" in entry.problems[0]
        del wanted["sport_type"]
        wanted["workout_type"] = 1
    else:
        assert entry.problems == ()
    assert entry.fields == wanted


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_spreadsheets_of_other_countries(delimiter: str, expected: dict[str, Any]) -> None:
    content = table(ENGLISH, dated("Sep 6, 2026, 11:18:40 AM", "Ride"), delimiter=delimiter)
    _, (entry,) = read(b"\xef\xbb\xbf" + content)
    assert entry.fields == expected and entry.problems == ()


def test_exports_of_2020_in_an_unknown_language(expected: dict[str, Any]) -> None:
    row = dated("2026-09-06 11:18:40", "Ride")
    left_out = [ENGLISH.index(head) for head in ADDED_LATER]
    header, cells = list(csv.reader(io.StringIO(table(translated(""), row).decode())))
    kept = [at for at in range(80) if at not in left_out]
    text = io.StringIO()
    csv.writer(text).writerows([[line[at] for at in kept] for line in (header, cells)])
    _, (entry,) = read(text.getvalue().encode())
    missing = {"private_note", "training_load", "intensity", "workout_type"}
    assert entry.fields == {name: expected[name] for name in expected if name not in missing}
    assert entry.file == "activities/21204285641.fit.gz"


@pytest.mark.parametrize("columns", [13, 19, 40, 51, 60])
def test_exports_that_end_earlier(columns: int, expected: dict[str, Any]) -> None:
    row = dated("2026-09-06 11:18:40", "Ride")
    if columns < 18:
        row |= {"Filename": "activities/1.gpx", "Commute": "true"}
    _, (entry,) = read(table(translated("")[:columns], row))
    different = {
        name: value
        for name, value in entry.fields.items()
        if name not in ("weather", "workout_type") and expected[name] != value
    }
    assert different == ({"distance": 33220.0} if columns < 18 else {})
    assert entry.file and {"distance", "elapsed_time", "commute"} <= entry.fields.keys()


def test_export_of_july_2019_with_some_known_words() -> None:
    header = "アクティビティID,アクティビティ実行日,アクティビティ名,アクティビティタイプ,説明,経過時間,距離,通勤,ギア,ファイル名"
    line = '1,2019年7月1日 8:15:00,朝,ラン,"雨, 風",3600,"10,50",true,Pegasus,activities/1.gpx'
    catalog, (entry,) = read(f"{header}\n{line}\n".encode())
    assert catalog.language == "Japanese" and entry.problems == ()
    assert entry.file == "activities/1.gpx"
    assert entry.fields == {
        **{"name": "朝", "description": "雨, 風", "gear_name": "Pegasus", "sport_type": "Run"},
        **{"start_date": "2019-07-01T08:15:00Z", "elapsed_time": 3600, "distance": 10500.0},
        "commute": True,
    }


@pytest.mark.parametrize("wrong", [{"From Upload": "17.5"}, {"Weather Observation Time": "0.4"}])
def test_later_columns_are_left_out_if_their_values_do_not_fit(wrong: dict[str, str]) -> None:
    row = dated("2026-09-06 11:18:40", "Ride") | wrong
    _, (entry,) = read(table(translated(""), row))
    assert entry.fields["weighted_average_watts"] == 131 and entry.fields["distance"] == 33227.2
    later = {"weather", "gear_id", "flagged", "training_load", "intensity", "workout_type"}
    assert not later & entry.fields.keys()


def test_table_of_something_else_is_refused() -> None:
    with pytest.raises(UnreadableTable, match="language that is not known.*English"):
        read("a,b,c,d,e,f,g\n1,x,y,z,w,5,6\n".encode())
    with pytest.raises(UnreadableTable, match="language that is not known"):
        read(
            table(
                [f"слово {at}" for at in range(103)],
                dated("2026-09-06", "Ride") | {"Elapsed Time": "x"},
            )
        )


def test_a_table_of_very_many_columns_is_refused_soon() -> None:
    line = ",".join(str(at % 10) for at in range(100_000)) + "\n"
    with pytest.raises(UnreadableTable, match="100,000 columns, more than 1,000"):
        read((line * 30).encode())


@pytest.mark.parametrize("header", [ENGLISH, GERMAN])
def test_order_and_headers_agree(header: list[str]) -> None:
    by_name = columns_by_name(header, detect_language(header))
    by_order = columns_by_order(header)
    assert by_name.items() <= by_order.items()
    assert by_order.keys() - by_name.keys() == {"from_upload"}


def test_headers_that_contradict_the_order_are_left_out() -> None:
    by_order = columns_by_order(ENGLISH)
    by_name = {**columns_by_name(ENGLISH, detect_language(ENGLISH)), "average_cadence": (28,)}
    columns = combine(by_name, by_order)
    assert "average_cadence" not in columns and columns["distance"] == (6, 17)


def test_a_column_that_was_inserted_shifts_the_order() -> None:
    header = [*ENGLISH[:3], "Something new", *ENGLISH[3:]]
    assert columns_by_order(header) == {}
    header = [*ENGLISH[:20], "Something new", *ENGLISH[20:]]
    by_name = columns_by_name(header, detect_language(header))
    assert combine(by_name, columns_by_order(header)) == by_name


@pytest.mark.parametrize(
    "header, normalized",
    [
        ("ACTIVITY  ID", "activity id"),
        ("ID de l’activité", "id de l'activité"),
        (
            '<span class="translation_missing" title="translation missing: x">Flagged</span>',
            "flagged",
        ),
        ("Distance.1", "distance"),
        ("距離_1", "距離"),
    ],
)
def test_headers_are_normalized(header: str, normalized: str) -> None:
    assert normalize(header) == normalized
