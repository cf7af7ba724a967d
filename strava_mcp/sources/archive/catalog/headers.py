"""The words that head the columns of activities.csv, by the language of the account.

Strava's headers grew from 10 columns to 105, but the order of the leading ones is the same in every
language. English, German and French are known from whole headers that people showed in public;
of the others the words by which they are told apart, and the order says the rest.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

#: What we read, by the names of ``Entry.fields`` where those have one. The lines of every language
#: below have the same words at the same places; ``-`` is a word that nobody has shown.
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

#: Where the leading columns stand, in every language: for people first, then in base units.
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
#: Names of the leading columns that occur twice: so the order can be told from any header.
TWINS = ((5, 15), (6, 17))


@dataclass(frozen=True)
class Language:
    """How exports of an account in this language are written.

    ``columns``: header, as ``plain`` makes it, → our name. ``mark``: of decimals. ``month_first``:
    how ``5/6/2024`` is meant where nothing in the file says. ``shown_in``: the unit of the first
    distance column where it is always the same one.
    """

    name: str
    columns: Mapping[str, str] = field(default_factory=dict)
    mark: str = ","
    month_first: bool = False
    shown_in: str | None = None


def plain(header: str) -> str:
    """A header without what varies: case, spaces, kinds of apostrophes and composed letters."""
    words = unicodedata.normalize("NFKC", header).replace("’", "'").casefold().split()
    return " ".join(words)


def _columns(words: str) -> dict[str, str]:
    names = [name for line in _lines(COLUMNS) for name in line]
    # A language may end early, but its lines are as long as those of COLUMNS up to there.
    heads = [head for line in _lines(words) for head in line]
    return {plain(head): name for head, name in zip(heads, names, strict=False) if head != "-"}


def _lines(words: str) -> list[list[str]]:
    return [[word.strip() for word in line.split("|")] for line in words.strip().splitlines()]


LANGUAGES = (
    Language("English", _columns(ENGLISH), mark=".", month_first=True),
    Language("English", _columns(BEFORE_2019), mark=".", month_first=True, shown_in="metres"),
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
    """The language that knows most of the header; UNKNOWN where none knows two of its words."""
    heads = [plain(head) for head in header]
    known = [sum(head in language.columns for head in heads) for language in LANGUAGES]
    most = max(known)
    return LANGUAGES[known.index(most)] if most >= 2 else UNKNOWN


def named(header: Sequence[str], language: Language) -> dict[str, tuple[int, ...]]:
    """Our names → the columns that the language has a word for, left to right."""
    found: dict[str, tuple[int, ...]] = {}
    for at, head in enumerate(header):
        if name := language.columns.get(plain(head)):
            found[name] = (*found.get(name, ()), at)
    return found


def places(header: Sequence[str], language: Language) -> dict[str, tuple[int, ...]]:
    """As ``named``; what the language has no word for is where it stands in every language.

    That only as long as the header ``is_in_order``.
    """
    found = named(header, language)
    if is_in_order(header, found):
        taken = {at for columns in found.values() for at in columns}
        for name, columns in POSITIONS.items():
            if name not in found and not taken & set(columns):
                found[name] = columns
    return found


def is_in_order(header: Sequence[str], found: Mapping[str, Sequence[int]]) -> bool:
    """Whether the leading columns stand where they do in every language.

    Those that occur twice must do so at their two places, and every one that is known by name
    must stand at its own.
    """
    heads = [plain(head) for head in header]
    are_twins = all(
        second < len(heads) and heads[first] and heads[first] == heads[second]
        for first, second in TWINS
    )
    return are_twins and all(
        columns[0] == POSITIONS[name][0] for name, columns in found.items() if name in POSITIONS
    )
