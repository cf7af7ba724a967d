"""Column headers of activities.csv, by account language.

Strava's header has grown from 10 columns to 105, but the order of the leading ones is the same in
every language. English, German and French are complete (from headers published by athletes); of the
other languages we know enough words to detect them, and find the other columns by position.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

#: The columns that are read, by the names of ``Entry.fields`` if they have one. The headers of all
#: languages below are in the same order; ``-`` is an unknown header.
COLUMNS = """
id | date | name | type | description
elapsed_time | distance | max_heartrate | suffer_score | commute
private_note | gear_name | file | athlete_weight | moving_time
max_speed | average_speed | total_elevation_gain | elev_low | elev_high
average_cadence | average_heartrate | max_watts | average_watts | calories
average_temp | total_work | perceived_exertion | sport | weighted_average_watts
grade_adjusted_distance | condition | temperature | apparent_temperature | dew_point
humidity | pressure | wind_speed | wind_gust | wind_bearing
precipitation_intensity | precipitation_probability | cloud_cover | uv_index | observation_time
bike | gear | flagged | training_load | intensity
race | long_run
"""
ENGLISH = """
Activity ID | Activity Date | Activity Name | Activity Type | Activity Description
Elapsed Time | Distance | Max Heart Rate | Relative Effort | Commute
Activity Private Note | Activity Gear | Filename | Athlete Weight | Moving Time
Max Speed | Average Speed | Elevation Gain | Elevation Low | Elevation High
Average Cadence | Average Heart Rate | Max Watts | Average Watts | Calories
Average Temperature | Total Work | Perceived Exertion | Type | Weighted Average Power
Grade Adjusted Distance | Weather Condition | Weather Temperature | Apparent Temperature | Dewpoint
Humidity | Weather Pressure | Wind Speed | Wind Gust | Wind Bearing
Precipitation Intensity | Precipitation Probability | Cloud Cover | UV Index\
 | Weather Observation Time
Bike | Gear | Flagged | Training Load | Intensity
Competition | Long Run
"""
BEFORE_2019 = """
id | date | name | type | description
elapsed_time | distance | - | - | commute
- | gear | filename
"""
GERMAN = """
Aktivitäts-ID | Aktivitätsdatum | Name der Aktivität | Aktivitätsart | Aktivitätsbeschreibung
Verstrichene Zeit | Distanz | Max. Herzfrequenz | Relative Leistung | Pendeln
Hinweis zur Privatsphäre für Aktivitäten | Aktivitätsausrüstung | Dateiname | Sportlergewicht\
 | Bewegungszeit
Höchstgeschw. | Durchschnittliche Geschwindigkeit | Höhenzunahme | Min. Höhe | Max. Höhe
Durchschnittliche Trittfrequenz | Durchschnittliche Herzfrequenz | Max. Watt\
 | Durchschnittliche Watt | Kalorien
Durchschnittliche Temperatur | Gesamtarbeit | Gefühlte Anstrengung | Art\
 | Gewichtete durchschnittliche Leistung
Auf Steigung angepasste Distanz | Wetterlage | Wetter: Temperatur | Scheinbare Temperatur | Taupunkt
Luftfeuchtigkeit | Wetter: Druck | Windgeschwindigkeit | Windböe | Windrichtung
Niederschlagsintensität | Niederschlagswahrscheinlichkeit | Wolkendecke | UV-Index\
 | Wetterbeobachtungszeit
Fahrrad | Ausrüstung | Markiert | Trainingsbelastung | Intensität
Wettbewerb | Langer Lauf
"""
FRENCH = """
ID de l'activité | Date de l'activité | Nom de l'activité | Type d'activité\
 | Description de l'activité
Temps écoulé | Distance | Fréquence cardiaque max. | Effort relatif | Déplacement-transport
Note privée sur les activités | Matériel utilisé pour l'activité | Nom du fichier\
 | Poids de l'athlète | Durée de déplacement
Vitesse max. | Vitesse moyenne | Dénivelé positif | Altitude min. | Altitude max.
Cadence moyenne | Fréquence cardiaque moyenne | Puissance max. | Puissance moyenne | Calories
Température moyenne | Effort total | Effort ressenti | Type | Puissance moyenne pondérée
Distance ajustée selon la pente | Conditions météo | Température selon les prévisions météo\
 | Température ressentie | Point de rosée
Humidité | Pression atmosphérique | Vitesse du vent | Rafale de vent | Direction du vent
Intensité des précipitations | Probabilité de précipitations | Couverture nuageuse | Indice UV\
 | Heure d'observation de la météo
Vélo | Matériel | Signalé | Charge d'entraînement | Intensité
Compétition | Sortie longue
"""
DUTCH = """
Activiteits-ID | Datum van activiteit | Naam activiteit | Activiteitstype\
 | Beschrijving van activiteit
Verstreken tijd | Afstand | Max. hartslag | - | Woon-werkverkeer
- | Uitrusting voor activiteit | Bestandsnaam | - | Beweegtijd
Max. snelheid | Gemiddelde snelheid | Totale stijging | - | -
Gemiddelde cadans | Gemiddelde hartslag | Maximaal wattage | Gemiddeld wattage | Calorieën
- | - | Ervaren inspanning
"""
POLISH = """
Identyfikator aktywności | Data aktywności | Nazwa aktywności | Rodzaj aktywności | -
Czas całkowity | Dystans | - | - | -
- | - | - | - | Czas ruchu
Maksymalna prędkość | Średnia prędkość
"""
DANISH = """
Aktivitets-id | Aktivitetsdato | Aktivitetsnavn | Aktivitetstype | -
Varighed | Distance | - | - | -
- | - | - | - | Tid i bevægelse
"""
SPANISH = """
ID de actividad | Fecha de la actividad | Nombre de la actividad | Tipo de actividad\
 | Descripción de la actividad
Tiempo transcurrido | Distancia | - | - | -
- | - | Nombre del archivo | - | Tiempo en movimiento
"""
ITALIAN = """
ID attività | Data dell'attività | Nome dell'attività | Tipo di attività | Descrizione dell'attività
Tempo trascorso | Distanza | - | - | -
- | - | Nome del file | - | Tempo in movimento
"""
PORTUGUESE = """
ID da atividade | Data da atividade | Nome da atividade | Tipo de atividade | Descrição da atividade
Tempo decorrido | Distância | - | - | -
- | - | Nome do arquivo | - | Tempo de movimentação
"""

#: Positions of the leading columns in every language; of two, the second is in base units.
POSITIONS: Mapping[str, tuple[int, ...]] = {
    **{"id": (0,), "date": (1,), "name": (2,), "type": (3,), "description": (4,)},
    **{"elapsed_time": (5, 15), "distance": (6, 17), "max_heartrate": (7, 30)},
    **{"suffer_score": (8, 37), "commute": (9,), "private_note": (10,), "gear_name": (11,)},
    **{"file": (12,), "athlete_weight": (13,), "moving_time": (16,), "max_speed": (18,)},
    **{"average_speed": (19,), "total_elevation_gain": (20,), "elev_low": (22,)},
    **{"elev_high": (23,), "average_cadence": (29,), "average_heartrate": (31,)},
    **{"max_watts": (32,), "average_watts": (33,), "calories": (34,), "average_temp": (36,)},
    **{"total_work": (38,)},
}
#: Positions of duplicate columns, by which the usual order is recognized in any language.
DUPLICATE_COLUMNS = ((5, 15), (6, 17))


@dataclass(frozen=True)
class Language:
    """The conventions of exports in a language.

    ``columns``: header, as ``normalize`` returns it, → our name. ``month_first``: whether
    ``5/6/2024`` is in May if no date of the file shows it. ``distance_unit``: the unit of the first
    distance column if it is always the same.
    """

    name: str
    columns: Mapping[str, str] = field(default_factory=dict)
    decimal_mark: str = ","
    month_first: bool = False
    distance_unit: str | None = None


def normalize(header: str) -> str:
    """Remove what varies in headers: case, spaces, kinds of apostrophes and composed characters."""
    words = unicodedata.normalize("NFKC", header).replace("’", "'").casefold().split()
    return " ".join(words)


def _columns(words: str) -> dict[str, str]:
    names = [name for line in _lines(COLUMNS) for name in line]
    # The list of a language may be shorter than COLUMNS.
    heads = [head for line in _lines(words) for head in line]
    return {normalize(head): name for head, name in zip(heads, names, strict=False) if head != "-"}


def _lines(words: str) -> list[list[str]]:
    return [[word.strip() for word in line.split("|")] for line in words.strip().splitlines()]


LANGUAGES = (
    Language("English", _columns(ENGLISH), decimal_mark=".", month_first=True),
    Language(
        "English", _columns(BEFORE_2019), decimal_mark=".", month_first=True, distance_unit="metres"
    ),
    Language("German", _columns(GERMAN)),
    Language("French", _columns(FRENCH)),
    Language("Dutch", _columns(DUTCH)),
    Language("Polish", _columns(POLISH)),
    Language("Danish", _columns(DANISH)),
    Language("Spanish", _columns(SPANISH)),
    Language("Italian", _columns(ITALIAN)),
    Language("Portuguese", _columns(PORTUGUESE)),
)
UNKNOWN = Language("unknown")


def detect_language(header: Sequence[str]) -> Language:
    """Return the language with the most matching headers; UNKNOWN if none has two."""
    heads = [normalize(head) for head in header]
    matches = [sum(head in language.columns for head in heads) for language in LANGUAGES]
    best = max(matches)
    return LANGUAGES[matches.index(best)] if best >= 2 else UNKNOWN


def columns_by_name(header: Sequence[str], language: Language) -> dict[str, tuple[int, ...]]:
    """Return the positions of the columns whose headers are known, by our name, left to right."""
    positions: dict[str, tuple[int, ...]] = {}
    for at, head in enumerate(header):
        if name := language.columns.get(normalize(head)):
            positions[name] = (*positions.get(name, ()), at)
    return positions


def locate_columns(header: Sequence[str], language: Language) -> dict[str, tuple[int, ...]]:
    """Like ``columns_by_name``, plus columns with unknown headers at their usual positions.

    Those only if the header ``has_usual_order``.
    """
    positions = columns_by_name(header, language)
    if has_usual_order(header, positions):
        taken = {at for columns in positions.values() for at in columns}
        for name, columns in POSITIONS.items():
            if name not in positions and not taken & set(columns):
                positions[name] = columns
    return positions


def has_usual_order(header: Sequence[str], positions: Mapping[str, Sequence[int]]) -> bool:
    """Whether duplicate columns, and all columns found by name, are at their usual positions."""
    heads = [normalize(head) for head in header]
    has_duplicates = all(
        second < len(heads) and heads[first] and heads[first] == heads[second]
        for first, second in DUPLICATE_COLUMNS
    )
    return has_duplicates and all(
        columns[0] == POSITIONS[name][0] for name, columns in positions.items() if name in POSITIONS
    )
