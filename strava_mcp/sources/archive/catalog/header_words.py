"""The words of the headers of activities.csv, by account language.

English, German, French, Spanish and Dutch are complete, from headers published by athletes; of the
other languages there are the words that were seen. Columns without a known header are found by
their order (``column_order``).
"""

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
race | long_run | precipitation_type
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
Competition | Long Run | Precipitation Type
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
Wettbewerb | Langer Lauf | Niederschlagsart
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
Compétition | Sortie longue | -
"""
SPANISH = """
Id. de actividad | Fecha de la actividad | Nombre de la actividad | Tipo de actividad\
 | Descripción de la actividad
Tiempo transcurrido | Distancia | Ritmo cardíaco máx. | Esfuerzo relativo | Viaje al trabajo
Nota privada de actividad | Equipamiento de la actividad | Nombre de archivo | Peso del atleta\
 | Tiempo en movimiento
Velocidad máxima | Velocidad promedio | Desnivel positivo | Desnivel bajo | Desnivel alto
Cadencia promedio | Ritmo cardíaco promedio | Máx. de vatios | Vatios promedio | Calorías
Temperatura promedio | Esfuerzo total | Esfuerzo Percibido | Tipo | Potencia promedio ponderada
Distancia ajustada en pendientes | Condición climática | Temperatura | Sensación térmica\
 | Punto de rocío
Humedad | Presión atmosférica | Velocidad del viento | Ráfaga de viento | Dirección del viento
Intensidad de la precipitación | Probabilidad de precipitación | Nubosidad | Índice UV\
 | Tiempo de observación del clima
Bicicleta | Equipamiento | Marcado | Carga de entrenamiento | Intensidad
Competencia | Carrera larga | Tipo de precipitación
"""
DUTCH = """
Activiteits-ID | Datum van activiteit | Naam activiteit | Activiteitstype\
 | Beschrijving van activiteit
Verstreken tijd | Afstand | Max. hartslag | Vergelijkbare poging | Woon-werkverkeer
Privénotitie activiteit | Uitrusting voor activiteit | Bestandsnaam | Gewicht sporter | Beweegtijd
Max. snelheid | Gemiddelde snelheid | Totale stijging | Kleinste hoogte | Grootste hoogte
Gemiddelde cadans | Gemiddelde hartslag | Maximaal wattage | Gemiddeld wattage | Calorieën
Gemiddelde temperatuur | Totale arbeid | Ervaren inspanning | Type | Gewogen gemiddeld vermogen
Aan stijgingspercentage aangepaste afstand | Weersomstandigheden | Buitentemperatuur\
 | Gevoelstemperatuur | Dauwpunt
Vochtigheid | Luchtdruk | Windsnelheid | Windstoot | Windrichting
Neerslagintensiteit | Kans op neerslag | Bewolking | UV-index | Tijd weerbeeld
Fiets | Uitrusting | Gemeld | Trainingsbelasting | Intensiteit
Wedstrijd | Lange loop | Type neerslag
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
SPANISH_OF_SPAIN = """
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
- | Equipamento da atividade | Nome do arquivo | - | Tempo de movimentação
- | - | Ganho de elevação | - | Elevação máxima
- | - | - | - | Calorias
"""
CZECH = """
ID aktivity | Datum aktivity | Název aktivity | Typ aktivity | Popis aktivity
Uplynulý čas | Vzdálenost | Maximální tepová frekvence | Relativní úsilí | Dojíždění
Soukromá poznámka k aktivitě | Vybavení na aktivitu | Název souboru | Hmotnost sportovce\
 | Aktivní čas
Maximální rychlost | Průměrná rychlost | Nastoupaná výška | Nejnižší nadmořská výška\
 | Nejvyšší nadmořská výška
Průměrná kadence | Průměrná tepová frekvence | Maximální výkon ve wattech\
 | Průměrný výkon ve wattech | Kalorie
"""
JAPANESE = """
アクティビティID | アクティビティ実行日 | アクティビティ名 | アクティビティタイプ | -
経過時間 | 距離 | - | - | -
- | - | ファイル名 | - | 移動時間
- | - | 獲得標高 | - | -
"""
CHINESE = """
活动 ID | 活动日期 | 活动名称 | 活动类型 | 活动描述
全程耗时 | 距离 | - | - | -
- | - | 文件名 | - | -
- | - | - | - | -
- | - | 最大瓦特数 | 平均瓦特数 | -
- | - | - | - | 加权平均功率
"""
