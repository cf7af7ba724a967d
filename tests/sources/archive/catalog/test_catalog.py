"""activities.csv in every language and version, complete and damaged."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import IO, Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strava_mcp.sources.archive import catalog as module
from strava_mcp.sources.archive.catalog import Catalog, Recorded, SkippedRow, UnreadableTable
from strava_mcp.sources.archive.catalog.entry import Entry
from tests.sources.archive.maker_csv import ENGLISH, GERMAN, GERMAN_SPORTS, OLD

NOW = datetime(2026, 6, 15, tzinfo=UTC)
START = "May 6, 2024, 4:02:34 AM"
UNKNOWN = [f"слово {ENGLISH.index(head)}" for head in ENGLISH]


def table(
    header: Sequence[str],
    *rows: Mapping[Any, Any],
    ends: str = "\n",
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL,
) -> bytes:
    """Make a file; cells by English header (``.2`` for the second of duplicates) or position."""
    text = io.StringIO()
    # Strava quotes a lone carriage return, Python's own writer does not unless it quotes all.
    writer = csv.writer(text, lineterminator=ends, quoting=quoting)
    writer.writerow(header)
    for row in rows:
        cells = [""] * len(header)
        for name, value in row.items():
            cells[name if isinstance(name, int) else place(name)] = str(value)
        writer.writerow(cells)
    return text.getvalue().encode()


def place(name: str) -> int:
    word, is_second, _ = name.partition(".2")
    first = ENGLISH.index(word)
    return ENGLISH.index(word, first + 1) if is_second else first


def ride(identity: int = 11, **more: Any) -> dict[Any, Any]:
    """Make a row with English headers; ``more`` by position or header."""
    return {
        **{"Activity ID": identity, "Activity Date": START, "Activity Name": "Home"},
        **{"Activity Type": "Ride", "Elapsed Time": 3600, "Distance": "20.00"},
        **{"Elapsed Time.2": "3600.0", "Moving Time": "3500.0", "Distance.2": "20000.0"},
        **more,
    }


def opened(content: bytes) -> Catalog:
    return Catalog(lambda: io.BytesIO(content), NOW)


def entries(content: bytes) -> list[Entry]:
    items = list(opened(content))
    assert all(isinstance(item, Entry) for item in items), items
    return [item for item in items if isinstance(item, Entry)]


def one(row: Mapping[Any, Any], header: Sequence[str] = ENGLISH) -> Entry:
    (entry,) = entries(table(header, row))
    return entry


def test_an_english_row() -> None:
    row = ride(
        **{
            "Activity Description": 'Wind, "much" of it\nand rain',
            "Max Heart Rate": 181,
            "Relative Effort": 66,
            "Commute": "true",
            "Activity Private Note": "knee",
            "Activity Gear": "Topstone",
            "Filename": "activities/99.fit.gz",
            "Athlete Weight": "71.5",
            "Max Speed": "14.357",
            "Average Speed": "5.714",
            "Elevation Gain": "143.0",
            "Elevation Low": "-15.4",
            "Elevation High": "47.0",
            "Average Cadence": "82.1",
            "Max Heart Rate.2": "181.0",
            "Average Heart Rate": "141.2",
            "Max Watts": "711.0",
            "Average Watts": "210.0",
            "Calories": "800.0",
            "Average Temperature": "13.0",
            "Relative Effort.2": "66.0",
            "Total Work": "735000.0",
            "Perceived Exertion": "6.0",
            "Weighted Average Power": "225.0",
            "Commute.2": "1.0",
            "Grade Adjusted Distance": "20110.0",
            "Weather Condition": "Clear",
            "Weather Temperature": "13.39",
            "Humidity": "0.41",
            "Wind Bearing": "52.0",
            "Bike": "8939781.0",
            "Flagged": "0.0",
            "Training Load": "80",
            "Intensity": "91",
        }
    )
    entry = one(row)
    assert entry.id == 11 and entry.file == "activities/99.fit.gz" and entry.problems == ()
    assert entry.fields == {
        "name": "Home",
        "description": 'Wind, "much" of it\nand rain',
        "private_note": "knee",
        "gear_name": "Topstone",
        "sport_type": "Ride",
        "start_date": "2024-05-06T04:02:34Z",
        "distance": 20000.0,
        "elapsed_time": 3600,
        "moving_time": 3500,
        "average_speed": 5.714,
        "max_speed": 14.357,
        "total_elevation_gain": 143.0,
        "elev_low": -15.4,
        "elev_high": 47.0,
        "average_cadence": 82.1,
        "average_heartrate": 141.2,
        "max_heartrate": 181.0,
        "average_watts": 210.0,
        "weighted_average_watts": 225,
        "max_watts": 711,
        "kilojoules": 735.0,
        "calories": 800.0,
        "average_temp": 13.0,
        "suffer_score": 66.0,
        "commute": True,
        "flagged": False,
        "gear_id": "b8939781",
        "perceived_exertion": 6.0,
        "training_load": 80.0,
        "intensity": 91.0,
        "grade_adjusted_distance": 20110.0,
        "athlete_weight": 71.5,
        "weather": {
            "condition": "Clear",  # a word instead of a code
            "temperature": 13.39,
            "humidity": 0.41,
            "wind_bearing": 52.0,
        },
    }


def test_empty_cells_are_omitted() -> None:
    entry = one({"Activity ID": 5, "Activity Date": START})
    assert entry.fields == {"start_date": "2024-05-06T04:02:34Z"} and entry.file is None


def test_a_german_row() -> None:
    row = {
        **{0: 8228026758, 1: "09.12.2022, 15:24:49", 2: "2022-12-09 16:24", 3: "Radfahrt"},
        **{4: "bewölkt, 0°C", 5: 3189, 6: "9,44", 9: "true", 11: "Patria"},
        **{12: "activities/8228026758.gpx", 14: "20.0", 15: "3189.0", 16: "2070.0", 17: "9440.1"},
    }
    content = table(GERMAN, row)
    assert opened(content).language == "German" and opened(content).units == "kilometres"
    assert one(row, GERMAN).fields == {
        "name": "2022-12-09 16:24",
        "description": "bewölkt, 0°C",
        "gear_name": "Patria",
        "sport_type": "Ride",
        "start_date": "2022-12-09T15:24:49Z",
        "distance": 9440.1,
        "elapsed_time": 3189,
        "moving_time": 2070,
        "commute": True,
    }


def test_an_export_from_before_2019() -> None:
    row = {
        **{0: 1836776031, 1: "2018-09-12 15:02:23", 2: "Evening Ride", 3: "Ride", 5: 783},
        **{6: "3681.0", 7: "true", 8: "Merida", 9: "activities/1836776031.gpx"},
    }
    assert opened(table(OLD, row)).units == "metres"
    entry = one(row, OLD)
    assert entry.file == "activities/1836776031.gpx"
    assert entry.fields == {
        "name": "Evening Ride",
        "gear_name": "Merida",
        "sport_type": "Ride",
        "start_date": "2018-09-12T15:02:23Z",
        "distance": 3681.0,
        "elapsed_time": 783,
        "commute": True,
    }


def unknown(*rows: Mapping[Any, Any]) -> bytes:
    header = list(UNKNOWN)
    return table(header, *rows)


def test_unknown_language_is_read_by_position() -> None:
    row = ride(**{"Activity Date": "6 мая 2024 г., 04:02:34", "Activity Type": "Забег"})
    row |= {"Filename": "activities/1.fit.gz", "Max Speed": "7.5", "Average Heart Rate": "150.0"}
    content = unknown(row, row | {"Activity ID": 12})
    assert opened(content).language == "unknown" and opened(content).units == "kilometres"
    entry = entries(content)[0]
    assert entry.file == "activities/1.fit.gz"
    assert entry.fields == {
        "name": "Home",
        "sport_type": "Run",
        "start_date": "2024-05-06T04:02:34Z",
        "distance": 20000.0,
        "elapsed_time": 3600,
        "moving_time": 3500,
        "max_speed": 7.5,
        "average_heartrate": 150.0,
    }


@pytest.mark.parametrize(
    "change", [{"Elapsed Time": 1, "Distance": "3.33"}, {"Elapsed Time": 9, "Distance": "77.77"}]
)
def test_positions_are_not_used_if_duplicate_columns_disagree(change: dict[Any, Any]) -> None:
    with pytest.raises(UnreadableTable, match="language that is not known.*English"):
        opened(unknown(*(ride(n) | change for n in range(1, 5))))


def test_known_headers_are_used_even_if_duplicate_columns_disagree() -> None:
    entry = one(ride(**{"Elapsed Time": 1, "Distance": "77.77"}))
    assert entry.fields["distance"] == 20000.0 and entry.fields["elapsed_time"] == 3600


def test_miles_are_detected_by_the_metres_column() -> None:
    rows = [
        ride(1, **{"Distance": "10.00", "Distance.2": "16093.4"}),
        ride(2, **{"Distance": "5.00", "Distance.2": ""}),
        ride(3, **{"Distance": "1,000.00", "Distance.2": "914.4", "Activity Type": "Swim"}),
        ride(4, **{"Distance": "100", "Distance.2": "", "Activity Type": "Swim"}),
    ]
    content = table(ENGLISH, *rows)
    assert opened(content).units == "miles"
    distances = [entry.fields["distance"] for entry in entries(content)]
    assert distances == pytest.approx([16093.4, 8046.72, 914.4, 91.44])


def test_display_distance_is_used_without_metres() -> None:
    rows = [
        ride(1),
        ride(2, **{"Distance": "5.25", "Distance.2": ""}),
        ride(3, **{"Distance": "1500", "Distance.2": "", "Activity Type": "Swim"}),
    ]
    distances = [entry.fields["distance"] for entry in entries(table(ENGLISH, *rows))]
    assert distances == [20000.0, 5250.0, 1500.0]


#: The header of July 2019, when there was one distance column and none in base units.
JULY_2019 = [ENGLISH[at] for at in (0, 1, 2, 3, 4, 5, 6, 9, 11, 12)]


def of_july_2019(distances: Sequence[str], header: Sequence[str] = JULY_2019, **more: Any) -> bytes:
    """Make a file with rides of 783 s."""
    row = {0: 1, 1: "Sep 12, 2018, 3:02:23 PM", 2: "Evening Ride", 3: "Ride", 5: 783, 7: "true"}
    row |= {8: "Merida", 9: "activities/1836776031.gpx"}
    rows = [row | {0: n, 6: text} for n, text in enumerate(distances, 1)]
    return table(header, *rows, **more)


@pytest.mark.parametrize("header", [JULY_2019, [f"слово {n}" for n in range(10)]])
@pytest.mark.parametrize(
    "texts, unit, metres",
    [
        (["3.68", "20.5", "0.9"], "kilometres", [3680.0, 20500.0, 900.0]),
        (["3,68", "20,5", "0,9"], "kilometres", [3680.0, 20500.0, 900.0]),
        (["3681.0", "2050.0", "900.5"], "metres", [3681.0, 2050.0, 900.5]),
    ],
)
def test_single_distance_column(
    header: list[str], texts: list[str], unit: str, metres: list[float]
) -> None:
    content = of_july_2019(texts, header)
    assert opened(content).units == unit
    rows = entries(content)
    assert [row.fields["distance"] for row in rows] == metres
    assert rows[0].fields["gear_name"] == "Merida" and rows[0].fields["commute"] is True
    assert rows[0].file == "activities/1836776031.gpx" and rows[0].problems == ()


@pytest.mark.parametrize(
    "recorded_m, unit, metres",
    [
        (3683.0, "kilometres", 20500.0),
        (5922.0, "miles", 32991.55),
        (None, "kilometres", 20500.0),
        (900.0, "kilometres", 20500.0),
    ],
)
def test_recordings_tell_kilometres_from_miles(
    recorded_m: float | None, unit: str, metres: float
) -> None:
    names: list[str] = []

    def read_recording(name: str) -> Recorded:
        names.append(name)
        return Recorded(None, recorded_m)

    content = of_july_2019(["3.68"] * 9 + ["20.5"])
    catalog = Catalog(lambda: io.BytesIO(content), NOW, read_recording)
    rows = [row for row in catalog if isinstance(row, Entry)]
    assert catalog.units == unit and rows[-1].fields["distance"] == pytest.approx(metres, abs=0.01)
    assert names == ["activities/1836776031.gpx"] * module.MAX_RECORDINGS


def test_no_recording_is_read_if_the_rows_show_everything() -> None:
    def fail(name: str) -> Recorded:
        raise AssertionError(name)

    row = ride(**{"Filename": "activities/1.fit"})
    for content in (table(ENGLISH, row), table(OLD, {0: 1, 1: "2018-09-12 15:02:23", 6: "3681.0"})):
        Catalog(lambda: io.BytesIO(content), NOW, fail)


@pytest.mark.parametrize(
    "sport, text, seconds, metres",
    [
        ("Swim", "1500", 2400, 1500.0),
        ("Swim", "1.5", 2400, 1500.0),
        ("Swim", "100", 3600, 100.0),
        ("Quidditch", "1500", 2400, 1500.0),
        ("Quidditch", "1.5", 2400, 1500.0),
        ("Ride", "30", 60, 30_000.0),
        ("Ride", "0", 60, 0.0),
    ],
)
def test_display_distance_of_swims_and_unknown_sports(
    sport: str, text: str, seconds: int, metres: float
) -> None:
    row = ride(2, **{"Activity Type": sport, "Distance": text, "Distance.2": ""})
    row |= {"Elapsed Time": seconds, "Elapsed Time.2": f"{seconds}.0", "Moving Time": ""}
    assert entries(table(ENGLISH, ride(1), row))[1].fields["distance"] == metres


def test_distance_unit_is_unknown_without_times() -> None:
    row = {"Activity ID": 1, "Activity Date": START, "Distance": "3.68"}
    assert opened(table(ENGLISH[:13], row)).units == "unknown"
    entry = one(row, ENGLISH[:13])
    assert "distance" not in entry.fields
    assert entry.problems == ("distance: the export does not say the unit of '3.68'.",)


def test_sails_are_displayed_in_nautical_miles() -> None:
    rows = [
        ride(1, **{"Distance": "10.00", "Distance.2": "18520.0", "Activity Type": "Sail"}),
        ride(2),
        ride(3, **{"Distance": "10.00", "Distance.2": "", "Activity Type": "Sail"}),
    ]
    content = table(ENGLISH, *rows)
    assert opened(content).units == "kilometres"
    assert [entry.fields["distance"] for entry in entries(content)] == [18520.0, 20000.0, 18520.0]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_byte_order_mark_and_line_endings(ends: str) -> None:
    content = b"\xef\xbb\xbf" + table(ENGLISH, ride(), ride(12), ends=ends)
    assert [entry.id for entry in entries(content)] == [11, 12]


def test_nul_bytes_are_ignored() -> None:
    assert entries(table(ENGLISH, ride()).replace(b"Home", b"H\0ome"))[0].fields["name"] == "Home"


def test_windows_encoding() -> None:
    row = {0: 1, 1: "09.12.2022, 15:24:49", 2: "Über Köln", 3: "Radfahrt"}
    content = table(GERMAN, row).decode().replace("CO₂", "CO2").encode("latin-1")
    assert opened(content).language == "German"
    assert entries(content)[0].fields["name"] == "Über Köln"


def test_a_truncated_file_keeps_its_whole_rows() -> None:
    content = table(ENGLISH, ride(11), ride(12))
    rows = entries(content[: content.rindex(b"20000.0")])
    assert [entry.id for entry in rows] == [11, 12]
    assert rows[1].fields["elapsed_time"] == 3600
    assert rows[1].problems == ("the row ends after 18 of 103 columns.",)


def test_first_of_two_rows_with_one_id_is_used() -> None:
    rows = [ride(11), ride(12), ride(11, **{"Activity Name": "Again"})]
    items = list(opened(table(ENGLISH, *rows)))
    assert [item.id for item in items if isinstance(item, Entry)] == [11, 12]
    assert items[2] == SkippedRow(4, "activity 11 appears twice; the first row is used.")


@pytest.mark.parametrize("identity", ["", "abc", "0", "-5", "1.5", "9" * 30, "²", "<script>"])
def test_row_without_an_id_is_skipped_with_its_line_number(identity: str) -> None:
    row = ride(**{"Activity Description": "two\nlines"})
    bad = ride(**{"Activity ID": identity})
    items = list(opened(table(ENGLISH, row, bad, ride(13))))
    assert [type(item) for item in items] == [Entry, SkippedRow, Entry]
    assert isinstance(items[1], SkippedRow) and items[1].line == 4


def test_row_with_an_oversized_field_is_skipped() -> None:
    rows = [ride(11, **{"Activity Description": "x" * 200_000}), ride(12)]
    items = list(opened(table(ENGLISH, *rows)))
    assert isinstance(items[0], SkippedRow) and "line 2" in items[0].reason
    assert isinstance(items[1], Entry) and items[1].id == 12


@pytest.mark.parametrize("word", ["Activity ID", "Activity Date"])
def test_ids_and_dates_are_required(word: str) -> None:
    header = [head for head in ENGLISH if head != word]
    with pytest.raises(
        UnreadableTable, match="activities.csv has no column with.*request the archive"
    ):
        opened(table(header))


def test_other_columns_may_be_missing_or_added() -> None:
    whole = one(ride(**{"Max Speed": "9.5", "Average Speed": "5.5"})).fields
    for word in ENGLISH[2:38]:
        header = ["New", *(head for head in ENGLISH if head != word)]
        row = {
            header.index(head, 1): value
            for head, value in {
                "Activity ID": 1,
                "Activity Date": START,
                "Max Speed": "9.5",
            }.items()
            if head != word
        }
        fields = one(row, header).fields
        assert fields["start_date"] == whole["start_date"]
        assert fields.get("max_speed") == (None if word == "Max Speed" else 9.5)


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"hello", b"\xff\xfe\x00", b'"never closed', b"PK\x03\x04" * 50]
)
def test_files_that_are_not_a_catalog(content: bytes) -> None:
    with pytest.raises(UnreadableTable, match=r"activities.csv .*: download|again"):
        opened(content)


def test_a_catalog_without_activities() -> None:
    assert list(opened(table(ENGLISH))) == []
    assert list(opened(table(UNKNOWN))) == []


def test_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ROWS", 3)
    assert len(entries(table(ENGLISH, *(ride(n) for n in range(1, 4))))) == 3
    with pytest.raises(UnreadableTable, match="more than 3 rows"):
        opened(table(ENGLISH, *(ride(n) for n in range(1, 5))))


class Broken(io.BytesIO):
    """A member of a damaged zip: only its first lines can be read."""

    def readline(self, size: int | None = -1, /) -> bytes:
        if self.tell() > 3000:
            raise zipfile.BadZipFile("Bad CRC-32")
        return super().readline(size)


def test_zip_damaged_in_the_middle() -> None:
    content = table(ENGLISH, *(ride(n) for n in range(1, 50)))
    with pytest.raises(UnreadableTable, match="damaged.*Bad CRC-32.*download"):
        Catalog(lambda: Broken(content), NOW)


def test_every_stream_is_closed() -> None:
    content, streams = table(ENGLISH, ride(), ride(12)), []

    def opener() -> IO[bytes]:
        streams.append(io.BytesIO(content))
        return streams[-1]

    catalog = Catalog(opener, NOW)
    assert len(list(catalog)) == len(list(catalog)) == 2
    for _ in catalog:
        break
    assert len(streams) > 3 and all(stream.closed for stream in streams)


@pytest.mark.parametrize(
    "text",
    [
        "Jan 1, 1970, 12:00:00 AM",
        "Dec 31, 2099, 1:00:00 AM",
        "Jun 17, 2026, 1:00:00 AM",
        "soon",
        "",
    ],
)
def test_implausible_date_is_left_out(text: str) -> None:
    entry = one(ride(**{"Activity Date": text}))
    assert "start_date" not in entry.fields and entry.fields["distance"] == 20000.0
    (problem,) = entry.problems
    assert problem.startswith("start_date") and repr(text) in problem


def test_a_clock_may_be_a_day_ahead() -> None:
    assert "start_date" in one(ride(**{"Activity Date": "Jun 15, 2026, 11:00:00 PM"})).fields


def test_a_day_without_a_time() -> None:
    entry = one(ride(**{"Activity Date": "May 6, 2024"}))
    assert entry.fields["start_date"] == "2024-05-06T00:00:00Z"
    assert "no time of day" in entry.problems[0]


@pytest.mark.parametrize(
    "other, month", [("13/2/2024, 10:00:00", 6), ("2/13/2024, 10:00:00", 5), (START, 5)]
)
def test_day_and_month_order_is_detected_for_the_whole_file(other: str, month: int) -> None:
    rows = [ride(1, **{"Activity Date": "5/6/2024, 10:00:00"}), ride(2, **{"Activity Date": other})]
    start = entries(table(ENGLISH, *rows))[0].fields["start_date"]
    assert start.startswith(f"2024-{month:02}")


def test_ambiguous_dates_follow_the_language() -> None:
    row = {0: 1, 1: "5/6/2024, 10:00:00", 2: "x"}
    assert one(row, GERMAN).fields["start_date"].startswith("2024-06-05")


@pytest.mark.parametrize("header", [ENGLISH, UNKNOWN])
def test_dates_that_stay_ambiguous_are_refused(header: list[str]) -> None:
    """Accounts in British and American English differ; neither writes such dates."""
    rows = [ride(n, **{"Activity Date": f"{n}/6/2024, 10:00:00"}) for n in (1, 5, 6)]
    with pytest.raises(UnreadableTable, match="5/6/2024.*as Strava sent it"):
        opened(table(header, *rows))
    with pytest.raises(UnreadableTable, match="5/6/2024"):
        Catalog(lambda: io.BytesIO(table(header, *rows)), NOW, lambda name: None)


def test_ambiguous_dates_are_those_of_the_recordings() -> None:
    row = ride(**{"Activity Date": "5/6/2024, 10:00:00", "Filename": "activities/1.fit"})
    for month, day in ((5, 6), (6, 5)):
        start = datetime(2024, month, day, 10, tzinfo=UTC)
        recorded = Recorded(start, None)
        catalog = Catalog(lambda: io.BytesIO(table(ENGLISH, row)), NOW, lambda name: recorded)
        (entry,) = [item for item in catalog if isinstance(item, Entry)]
        assert entry.fields["start_date"] == f"{start:%Y-%m-%dT%H:%M:%SZ}"


def test_decimal_mark_is_detected_for_the_whole_file() -> None:
    rows = [
        ride(1, **{"Distance.2": "20000,5", "Max Speed": "10,25", "Elevation Gain": "1,234"}),
        ride(2, **{"Distance.2": "9440,1", "Max Speed": "9,5", "Elevation Gain": "12,5"}),
    ]
    first = entries(table(ENGLISH, *rows))[0].fields
    assert first["distance"] == 20000.5 and first["total_elevation_gain"] == 1.234
    points = one(ride(**{"Max Speed": "10.25", "Elevation Gain": "1,234"})).fields
    assert points["total_elevation_gain"] == 1234.0


@pytest.mark.parametrize(
    "name, text, key",
    [
        ("Distance.2", "NaN", "distance"),
        ("Distance.2", "6000000", "distance"),
        ("Distance.2", "-5.0", "distance"),
        ("Max Speed", "101", "max_speed"),
        ("Average Speed", "inf", "average_speed"),
        ("Average Heart Rate", "261", "average_heartrate"),
        ("Average Watts", "1e9", "average_watts"),
        ("Calories", "many", "calories"),
        ("Elevation Low", "-12000", "elev_low"),
        ("Moving Time", "-3", "moving_time"),
        ("Athlete Weight", "5", "athlete_weight"),
    ],
)
def test_implausible_value_is_left_out_and_reported(name: str, text: str, key: str) -> None:
    entry = one(ride(**{name: text}))
    assert key not in entry.fields and entry.fields["elapsed_time"] == 3600
    (problem,) = entry.problems
    assert problem.startswith(f"{key}: ") and repr(text) in problem


def test_implausible_weather_value_is_left_out() -> None:
    entry = one(ride(**{"Humidity": "41", "Weather Temperature": "13.5"}))
    assert entry.fields["weather"] == {"temperature": 13.5}
    assert entry.problems == ("humidity: '41' is not within 0 to 1.",)


def test_display_column_is_used_if_its_duplicate_is_empty() -> None:
    row = ride(**{"Max Heart Rate": 180, "Relative Effort": 50, "Commute": "true"})
    row |= {"Elapsed Time.2": "", "Elapsed Time": "3601"}
    fields = one(row).fields
    assert fields["max_heartrate"] == 180 and fields["suffer_score"] == 50
    assert fields["commute"] is True and fields["elapsed_time"] == 3601


def test_unknown_sport_is_left_out_and_reported() -> None:
    entry = one(ride(**{"Activity Type": "Quidditch"}))
    assert "sport_type" not in entry.fields and entry.fields["distance"] == 20000.0
    assert entry.problems == (
        "sport_type: 'Quidditch' is not a known sport. It is that of the recording, else Workout.",
    )


@pytest.mark.parametrize(
    "text, word",
    [
        ("1.0", "clear"),
        ("2.0", "partly cloudy"),
        ("3", "cloudy"),
        ("5.0", "rain"),
        ("6.0", "snow"),
        ("8.0", "windy"),
        ("MostlyClear", "MostlyClear"),
        ("4.0", None),
        ("7.0", None),
        ("99.0", None),
        ("1.5", None),
        ("", None),
    ],
)
def test_weather_condition_is_a_word(text: str, word: str | None) -> None:
    weather = one(ride(**{"Weather Condition": text, "Humidity": "0.5"})).fields["weather"]
    assert weather == {"humidity": 0.5} | ({"condition": word} if word else {})


def test_precipitation_and_time_of_the_weather() -> None:
    cells = {"Precipitation Type": "5.0", "Weather Observation Time": "1714968000.0"}
    fallen = {"Precipitation Intensity": "0.4"}
    assert one(ride(**cells, **fallen)).fields["weather"] == {
        "precipitation_intensity": 0.4,
        "precipitation_type": "rain",
        "observation_time": "2024-05-06T04:00:00Z",
    }
    # Without an intensity it is what might have fallen.
    assert one(ride(**cells)).fields["weather"] == {"observation_time": "2024-05-06T04:00:00Z"}
    assert "weather" not in one(ride(**{"Precipitation Type": "1.0"})).fields


def test_zero_is_unknown_where_nothing_was_measured() -> None:
    cells = {"Average Heart Rate": "0.0", "Max Heart Rate": "0", "Athlete Weight": "0.0"}
    entry = one(ride(**cells, **{"Elevation Gain": "0.0", "Calories": "0.0"}))
    assert entry.problems == ()
    assert not {"average_heartrate", "max_heartrate", "athlete_weight"} & entry.fields.keys()
    assert entry.fields["total_elevation_gain"] == 0 and entry.fields["calories"] == 0


def test_implausible_moving_time_is_left_out() -> None:
    cells = {"Moving Time": "3.0", "Average Speed": "312.88", "Distance.2": "938.64"}
    entry = one(ride(**cells, **{"Distance": "0.94"}))
    assert "moving_time" not in entry.fields and entry.fields["distance"] == 938.64
    assert entry.problems[1] == "moving_time: 3 s is implausible for 939 m."


def test_sport_column_takes_precedence_over_type() -> None:
    assert one(ride(**{"Type": "GravelRide"})).fields["sport_type"] == "GravelRide"
    assert one(ride(**{"Type": "3.0"})).fields["sport_type"] == "Ride"


@pytest.mark.parametrize(
    "work, kilojoules", [("735000.0", 735.0), ("735.0", 735.0), ("690000", 690.0)]
)
def test_total_work_is_in_joules_unless_power_contradicts(work: str, kilojoules: float) -> None:
    row = ride(**{"Average Watts": "210.0", "Total Work": work})
    assert one(row).fields["kilojoules"] == kilojoules
    assert one(ride(**{"Total Work": "735000"})).fields["kilojoules"] == 735.0


@pytest.mark.parametrize(
    "cells, gear_id",
    [
        ({"Bike": "8939781.0"}, "b8939781"),
        ({"Gear": "21570002"}, "g21570002"),
        ({"Gear": "0.0"}, None),
        ({"Bike": "Topstone"}, None),
        ({"Gear": "12.5"}, None),
    ],
)
def test_ids_of_gear(cells: dict[str, str], gear_id: str | None) -> None:
    assert one(ride(**cells)).fields.get("gear_id") == gear_id


def test_races_and_long_runs() -> None:
    assert one(ride(**{"Competition": "1.0"})).fields["workout_type"] == 11
    run = {"Activity Type": "Run"}
    assert one(ride(**run, **{"Competition": "1.0"})).fields["workout_type"] == 1
    gravel = {"Activity Type": "Gravel Ride", "Competition": "1.0"}
    assert one(ride(**gravel)).fields["workout_type"] == 11
    swim = {"Activity Type": "Swim", "Competition": "1.0"}
    assert one(ride(**swim)).fields["workout_type"] == 1
    assert one(ride(**run, **{"Long Run": "1.0"})).fields["workout_type"] == 2
    assert "workout_type" not in one(ride(**{"Competition": "0.0"})).fields


def drained(content: bytes) -> list[Entry | SkippedRow]:
    try:
        return list(opened(content))
    except UnreadableTable as exc:
        assert str(exc)
        return []


@given(st.binary(max_size=4000))
def test_any_bytes(content: bytes) -> None:
    assert drained(content) == []


GOOD = table(ENGLISH, *(ride(n, **{"Activity Description": 'a "b"\n,c'}) for n in range(1, 6)))


@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(GOOD)),
            st.integers(0, 40),
            st.binary(max_size=12)
            | st.sampled_from([b'"', b"\n", b",", b"\0", b"\r", b"\xff", b"NaN"]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_damage(cuts: list[tuple[int, int, bytes]]) -> None:
    content = GOOD
    for at, length, put in cuts:
        content = content[:at] + put + content[at + length :]
    for item in drained(content):
        assert isinstance(item, (Entry, SkippedRow))
        if isinstance(item, Entry):
            assert item.id > 0 and item.fields.get("distance", 0) <= 5_000_000
            assert all(value is not None for value in item.fields.values())


def english_date(start: datetime) -> str:
    return f"{start:%b} {start.day}, {start.year}, {start.hour % 12 or 12}:{start:%M:%S %p}"


def german_date(start: datetime) -> str:
    return f"{start:%d.%m.%Y, %H:%M:%S}"


def dutch_date(start: datetime) -> str:
    months = "jan feb mrt apr mei jun jul aug sep okt nov dec".split()
    return f"{start.day} {months[start.month - 1]} {start.year}, {start:%H:%M:%S}"


def japanese_date(start: datetime) -> str:
    return f"{start.year}年{start.month}月{start.day}日 {start:%H:%M:%S}"


#: Header, date format, and the display columns' decimal mark and grouping.
ACCOUNTS = {
    "English": (ENGLISH, english_date, ".", ","),
    "German": (GERMAN, german_date, ",", "."),
    "unknown": (UNKNOWN, dutch_date, ",", " "),
    "unknown, too": (UNKNOWN, japanese_date, ".", ","),
}
texts = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=60
).map(str.strip)
numbers = st.floats(0, 90, allow_subnormal=False)
facts_of_rows = st.fixed_dictionaries(
    {
        "name": texts,
        "description": texts,
        "private_note": texts,
        "gear_name": texts,
        "sport_type": st.sampled_from(sorted(GERMAN_SPORTS)),
        "start_date": st.datetimes(datetime(1990, 1, 2), datetime(2026, 6, 14)),
        "elapsed_time": st.integers(0, 10**6),
        "moving_time": st.integers(0, 10**6),
        "distance": st.floats(0, 5e6, allow_subnormal=False),
        "max_speed": numbers,
        "average_speed": numbers,
        "total_elevation_gain": st.floats(0, 90_000, allow_subnormal=False),
        "average_heartrate": st.floats(20, 260),
        "calories": numbers,
    }
)
WHERE = {
    **{"name": 2, "description": 4, "private_note": 10, "gear_name": 11, "moving_time": 16},
    **{"max_speed": 18, "average_speed": 19, "total_elevation_gain": 20},
    **{"average_heartrate": 31, "calories": 34},
}


def written(
    account: str, unit_m: float, number_of: int, facts: Mapping[str, Any]
) -> dict[int, Any]:
    """Make a row by position as an account of this language and unit has it."""
    _, date, mark, group = ACCOUNTS[account]
    distance = f"{facts['distance'] / unit_m:,.2f}".translate({ord(","): group, ord("."): mark})
    sport = facts["sport_type"]
    return {
        **{at: facts[name] for name, at in WHERE.items()},
        **{0: number_of, 1: date(facts["start_date"]), 5: facts["elapsed_time"], 6: distance},
        **{3: GERMAN_SPORTS[sport] if account != "English" else sport},
        **{
            15: float(facts["elapsed_time"]),
            17: facts["distance"],
            12: f"activities/{number_of}.fit",
        },
    }


@settings(max_examples=150)
@given(
    st.sampled_from(sorted(ACCOUNTS)),
    st.sampled_from([1000.0, 1609.344]),
    st.lists(facts_of_rows, min_size=1, max_size=6),
)
def test_rows_of_any_account_are_read_back(
    account: str, unit_m: float, rows: list[dict[str, Any]]
) -> None:
    header = ACCOUNTS[account][0]
    cells = [written(account, unit_m, n, row) for n, row in enumerate(rows, 1)]
    content = table(header, *cells, quoting=csv.QUOTE_ALL)
    assert opened(content).language == account.partition(",")[0]
    for n, (entry, row) in enumerate(zip(entries(content), rows, strict=True), 1):
        start = f"{row['start_date'].replace(microsecond=0).isoformat()}Z"
        expected = {**row, "start_date": start}
        assert entry.id == n and entry.file == f"activities/{n}.fit" and entry.problems == ()
        assert entry.fields == {name: value for name, value in expected.items() if value != ""}
