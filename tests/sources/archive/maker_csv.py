"""Writes activities.csv like Strava does, from entries: the inverse of the catalog's reader.

The headers are those of real exports: 103 columns in English and 101 in German (2026), and the ten
of exports before the summer of 2019. Five headers occur twice; the first is the display column.
"""

import csv
import io
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from strava_mcp.json_types import JSON
from strava_mcp.sources.archive.catalog.entry import Entry
from strava_mcp.sports import legacy_type

Wording = Literal["english", "german", "old"]
Units = Literal["kilometres", "miles"]

ENGLISH = (
    "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,"
    "Distance,Max Heart Rate,Relative Effort,Commute,Activity Private Note,Activity Gear,Filename,"
    "Athlete Weight,Bike Weight,Elapsed Time,Moving Time,Distance,Max Speed,Average Speed,"
    "Elevation Gain,Elevation Loss,Elevation Low,Elevation High,Max Grade,Average Grade,"
    "Average Positive Grade,Average Negative Grade,Max Cadence,Average Cadence,Max Heart Rate,"
    "Average Heart Rate,Max Watts,Average Watts,Calories,Max Temperature,Average Temperature,"
    "Relative Effort,Total Work,Number of Runs,Uphill Time,Downhill Time,Other Time,"
    "Perceived Exertion,Type,Start Time,Weighted Average Power,Power Count,"
    "Prefer Perceived Exertion,Perceived Relative Effort,Commute,Total Weight Lifted,From Upload,"
    "Grade Adjusted Distance,Weather Observation Time,Weather Condition,Weather Temperature,"
    "Apparent Temperature,Dewpoint,Humidity,Weather Pressure,Wind Speed,Wind Gust,Wind Bearing,"
    "Precipitation Intensity,Sunrise Time,Sunset Time,Moon Phase,Bike,Gear,"
    "Precipitation Probability,Precipitation Type,Cloud Cover,Weather Visibility,UV Index,"
    "Weather Ozone,Jump Count,Total Grit,Average Flow,Flagged,Average Elapsed Speed,Dirt Distance,"
    "Newly Explored Distance,Newly Explored Dirt Distance,Activity Count,Total Steps,Carbon Saved,"
    "Pool Length,Training Load,Intensity,Average Grade Adjusted Pace,Timer Time,Total Cycles,"
    "Recovery,With Pet,Competition,Long Run,For a Cause,With Kid,Downhill Distance,Total Sets,"
    "Total Reps,Media"
).split(",")
GERMAN = (
    "Aktivitäts-ID,Aktivitätsdatum,Name der Aktivität,Aktivitätsart,Aktivitätsbeschreibung,"
    "Verstrichene Zeit,Distanz,Max. Herzfrequenz,Relative Leistung,Pendeln,"
    "Hinweis zur Privatsphäre für Aktivitäten,Aktivitätsausrüstung,Dateiname,Sportlergewicht,"
    "Fahrradgewicht,Verstrichene Zeit,Bewegungszeit,Distanz,Höchstgeschw.,"
    "Durchschnittliche Geschwindigkeit,Höhenzunahme,Höhenunterschied,Min. Höhe,Max. Höhe,"
    "Max. Steigung,Durchschnittliche Steigung,Durchschnittliche positive Steigung,"
    "Durchschnittliche negative Steigung,Max. Tritt-/Schrittfrequenz,"
    "Durchschnittliche Trittfrequenz,Max. Herzfrequenz,Durchschnittliche Herzfrequenz,Max. Watt,"
    "Durchschnittliche Watt,Kalorien,Max. Temperatur,Durchschnittliche Temperatur,"
    "Relative Leistung,Gesamtarbeit,Anzahl Läufe,Bergaufzeit,Bergabzeit,Andere Zeit,"
    "Gefühlte Anstrengung,Art,Startzeit,Gewichtete durchschnittliche Leistung,Leistungszahl,"
    "Gefühlte Anstrengung verwenden,Gefühlte relative Leistung,Pendeln,"
    "Insgesamt gestemmtes Gewicht,Von Upload,Auf Steigung angepasste Distanz,"
    "Wetterbeobachtungszeit,Wetterlage,Wetter: Temperatur,Scheinbare Temperatur,Taupunkt,"
    "Luftfeuchtigkeit,Wetter: Druck,Windgeschwindigkeit,Windböe,Windrichtung,"
    "Niederschlagsintensität,Sonnenaufgangszeit,Sonnenuntergangszeit,Mondphase,Fahrrad,Ausrüstung,"
    "Niederschlagswahrscheinlichkeit,Niederschlagsart,Wolkendecke,Wetter: Sichtbarkeit,UV-Index,"
    "Wetter: Ozon,Sprunganzahl,Schwierigkeit insgesamt,Durchschnittlicher Flow,Markiert,"
    "Durchschnittsgeschwindigkeit im Aufzeichnungszeitraum,Auf Schotter zurückgelegte Distanz,"
    "Neu getestete Distanz,Neu getestete Schotterdistanz,Aktivitätsanzahl,Schritte insgesamt,"
    "Eingesparte CO₂-Emissionen,Pool-Länge,Trainingsbelastung,Intensität,"
    "Durchschnittliches auf Steigung angepasstes Tempo,Stoppuhr-Zeit,Zyklen gesamt,Regeneration,"
    "Mit Haustier,Wettbewerb,Langer Lauf,Für einen guten Zweck,Mit Kind,Abfahrtsdistanz,Medien"
).split(",")
OLD = "id,date,name,type,description,elapsed_time,distance,commute,gear,filename".split(",")
HEADERS: dict[Wording, list[str]] = {"english": ENGLISH, "german": GERMAN, "old": OLD}
#: The English headers of the columns after the first thirteen, by wording.
MEASURED = {
    "english": ENGLISH[13:],
    "german": [name for name in ENGLISH[13:] if name not in ("Total Sets", "Total Reps")],
}
GERMAN_SPORTS = {
    "Run": "Lauf",
    "TrailRun": "Traillauf",
    "Ride": "Radfahrt",
    "VirtualRide": "Virtuelle Radfahrt",
    "GravelRide": "Gravelfahrt",
    "Swim": "Schwimmen",
    "Hike": "Wandern",
    "Walk": "Spaziergang",
    "WeightTraining": "Gewichtstraining",
}
#: Column → field, for columns that contain the field as a decimal number.
FACTS = {
    "Athlete Weight": "athlete_weight",
    "Elapsed Time": "elapsed_time",
    "Moving Time": "moving_time",
    "Distance": "distance",
    "Max Speed": "max_speed",
    "Average Speed": "average_speed",
    "Elevation Gain": "total_elevation_gain",
    "Elevation Low": "elev_low",
    "Elevation High": "elev_high",
    "Average Cadence": "average_cadence",
    "Max Heart Rate": "max_heartrate",
    "Average Heart Rate": "average_heartrate",
    "Max Watts": "max_watts",
    "Average Watts": "average_watts",
    "Calories": "calories",
    "Average Temperature": "average_temp",
    "Relative Effort": "suffer_score",
    "Perceived Exertion": "perceived_exertion",
    "Weighted Average Power": "weighted_average_watts",
    "Commute": "commute",
    "Flagged": "flagged",
    "Timer Time": "moving_time",
}
#: The same for the keys of the field ``weather``.
WEATHER = {
    "Weather Observation Time": "observation_time",
    "Weather Condition": "condition",
    "Weather Temperature": "temperature",
    "Apparent Temperature": "apparent_temperature",
    "Humidity": "humidity",
    "Wind Speed": "wind_speed",
    "Wind Bearing": "wind_bearing",
    "Cloud Cover": "cloud_cover",
}
#: Metres per unit of the display distance, and the same for swims.
METRES = {"kilometres": (1000.0, 1.0), "miles": (1609.344, 0.9144)}


def activities_csv(entries: Iterable[Entry], wording: Wording, units: Units) -> bytes:
    """Write the whole file, one row per entry. ``units``: of the display distance."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADERS[wording])
    for entry in entries:
        writer.writerow(_old_row(entry) if wording == "old" else _row(entry, wording, units))
    return text.getvalue().encode()


def _old_row(entry: Entry) -> list[Any]:
    facts = entry.fields
    return [
        *(entry.id, _date(facts, "old"), facts["name"], legacy_type(facts["sport_type"])),
        *(facts.get("description"), facts["elapsed_time"], float(facts["distance"])),
        *(_word(facts["commute"]), facts.get("gear_name"), entry.file),
    ]


def _row(entry: Entry, wording: Wording, units: Units) -> list[Any]:
    facts, measured = entry.fields, _measured(entry)
    swims = facts["sport_type"] == "Swim"
    distance = f"{facts['distance'] / METRES[units][swims]:.{0 if swims else 2}f}"
    leading = [
        *(entry.id, _date(facts, wording), facts["name"], _sport(facts, wording)),
        *(facts.get("description"), facts["elapsed_time"]),
        distance.replace(".", ",") if wording == "german" else distance,
        *(facts.get("max_heartrate"), facts.get("suffer_score"), _word(facts["commute"])),
        *(facts.get("private_note"), facts.get("gear_name"), entry.file),
    ]
    return leading + [measured.get(name) for name in MEASURED[wording]]


def _measured(entry: Entry) -> dict[str, Any]:
    """Return the values after the leading columns: base units, always with a decimal point."""
    facts = entry.fields
    columns: dict[str, Any] = {name: _number(facts.get(key)) for name, key in FACTS.items()}
    weather = facts.get("weather", {})
    columns |= {name: _number(weather.get(key)) for name, key in WEATHER.items()}
    columns["From Upload"] = _number(entry.file is not None)
    if gear_id := facts.get("gear_id"):
        columns["Bike" if gear_id.startswith("b") else "Gear"] = float(gear_id[1:])
    if "kilojoules" in facts:
        columns["Total Work"] = 1000 * facts["kilojoules"]  # joules, as real exports have it
    columns["Competition"] = 1.0 if facts.get("workout_type") == 1 else None
    columns["Long Run"] = 1.0 if facts.get("workout_type") == 2 else None
    columns["Media"] = "|".join(facts.get("media", ()))
    return columns


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _word(value: bool) -> str:
    return "true" if value else "false"


def _date(facts: JSON, wording: Wording) -> str:
    """Format the start in UTC as in an account of this language."""
    start = datetime.fromisoformat(facts["start_date"])
    if wording == "old":
        return f"{start:%Y-%m-%d %H:%M:%S}"
    if wording == "german":
        return f"{start:%d.%m.%Y, %H:%M:%S}"
    return f"{start:%b} {start.day}, {start.year}, {start.hour % 12 or 12}:{start:%M:%S %p}"


def _sport(facts: JSON, wording: Wording) -> str:
    sport: str = facts["sport_type"]
    if wording == "german":
        return GERMAN_SPORTS[sport]
    return re.sub("(?<=[a-z])(?=[A-Z])", " ", sport)
