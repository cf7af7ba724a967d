"""The names that Strava displays for its sport types, in the languages of exports.

Every type is also recognized by its own name (``TrailRun``, ``Trail Run``). No word stands for two
sports. English is complete; German, French and Dutch have the words seen in exports, the other
languages those of common sports.
"""

#: Sport type → its words in all languages, separated by ``|``.
WORDS = {
    "AlpineSki": "Ski Alpin | Alpinski | Skifahren | Alpineskiën | Esquí alpino | Sci alpino\
 | Esqui alpino | Utförsåkning | Narciarstwo alpejskie | Sjezdové lyžování",
    "BackcountrySki": "Skitour | Skitouren | Skitourengehen | Ski de randonnée | Toerskiën\
 | Esquí de travesía | Sci alpinismo | Topptur",
    "Badminton": "",
    "Basketball": "Basket",
    "Canoeing": "Canoe | Kanufahrt | Kanufahren | Canoë | Kanoën | Canotaje | Canoa | Canoagem",
    "Cricket": "",
    "Crossfit": "",
    "Dance": "Tanzen | Danse | Dansen | Baile | Danza | Dança",
    "EBikeRide": "E-Bike-Fahrt | E-Bike-Radfahrt | Sortie à vélo électrique | Vélo électrique\
 | E-fietsrit | Fietsrit e-bike | Bicicleta eléctrica | Giro in e-bike | Pedalada com e-bike\
 | Jízda na elektrokole",
    "Elliptical": "Ellipsentrainer | Crosstrainer | Vélo elliptique | Elíptica | Ellittica",
    "EMountainBikeRide": "E-Mountainbike-Fahrt | Sortie à VTT électrique\
 | VTT électrique | E-mountainbikerit",
    "Golf": "",
    "GravelRide": "Gravelfahrt | Gravelbike-Fahrt | Sortie en gravel | Gravel\
 | Gravelrit | Gravelfietsrit | Giro in gravel | Pedalada de gravel",
    "Handcycle": "Handbike | Handbike-Fahrt | Vélo à main",
    "HighIntensityIntervalTraining": "HIIT",
    "Hike": "Wanderung | Wandern | Randonnée | Hiken | Senderismo | Escursione | Escursionismo\
 | Trilha | Vandring | Vandretur | Fottur | Wędrówka | ハイキング | 徒步 | 健行 | 하이킹 | Pěší turistika\
 | Turistika",
    "IceSkate": "Ice Skating | Eislaufen | Patinage sur glace | Schaatsen | Patinaje sobre hielo",
    "InlineSkate": "Inline Skating | Inlineskaten | Roller | Patin à roues alignées\
 | Patinaje en línea | Pattinaggio in linea",
    "Kayaking": "Kajakfahren | Kajak | Kayak | Kajakken | Kayakken | Caiaque",
    "Kitesurf": "Kitesurfing | Kitesurfen",
    "MountainBikeRide": "Mountainbikefahrt | Mountainbiken | Sortie à VTT\
 | VTT | Mountainbikerit | Bicicleta de montaña | Giro in mountain bike | Jízda na horském kole",
    "NordicSki": "Langlauf | Ski nordique | Ski de fond | Langlaufen | Esquí nórdico\
 | Sci nordico | Sci di fondo | Längdskidåkning | Langrenn | Běžecké lyžování",
    "Padel": "Pádel | Padel-Tennis",
    "PhysicalTherapy": "Physiotherapie | Kinésithérapie | Fisioterapia",
    "Pickleball": "",
    "Pilates": "",
    "Racquetball": "",
    "Ride": "Radfahrt | Radfahren | Sortie à vélo | Sortie vélo | Vélo | Fietsrit | Fietsen\
 | Vuelta en bicicleta | Vuelta ciclista | Paseo en bicicleta | Bicicleta | Ciclismo\
 | Giro in bici | Pedalada | Cykeltur | Cykling | Sykkeltur | Sykling | Jazda | Jazda na rowerze\
 | ライド | 骑行 | 騎乘 | 라이딩 | Велозаезд | Jízda",
    "RockClimbing": "Rock Climb | Klettern | Escalade | Rotsklimmen | Escalada | Arrampicata",
    "RollerSki": "Rollski | Ski à roulettes | Rolskiën",
    "Rowing": "Rudern | Aviron | Rameur | Roeien | Remo | Canottaggio",
    "Run": "Lauf | Laufen | Course à pied | Course | Hardloopsessie | Hardlopen | Carrera | Corsa\
 | Corrida | Löpning | Löpningspass | Løb | Løbetur | Løpetur | Løping | Bieg | Bieganie | ラン\
 | ランニング | 跑步 | 달리기 | Забег | Бег | Běh",
    "Sail": "Sailing | Segeln | Voile | Zeilen | Vela",
    "Skateboard": "Skateboarding | Skateboarden | Planche à roulettes",
    "Snowboard": "Snowboarding | Snowboarden | Planche à neige",
    "Snowshoe": "Snowshoeing | Schneeschuhwanderung | Schneeschuhwandern | Raquettes | Raquette\
 | Sneeuwschoenwandelen | Raquetas de nieve | Ciaspole",
    "Soccer": "Football (Soccer) | Football | Fußball | Voetbal | Fútbol | Calcio",
    "Squash": "",
    "StairStepper": "Stair Climber | Treppensteigen | Simulateur d'escalier | Stepper",
    "StandUpPaddling": "Stand Up Paddle | SUP | Paddle | Suppen",
    "Surfing": "Surf | Surfen | Wellenreiten",
    "Swim": "Schwimmen | Natation | Zwemmen | Zwemsessie | Natación | Nado | Nuoto | Natação\
 | Simning | Svømning | Svømming | Pływanie | スイム | 水泳 | 游泳 | 수영 | Заплыв | Плавание | Plavání",
    "TableTennis": "Tischtennis | Tennis de table | Tafeltennis | Tenis de mesa | Ping-pong",
    "Tennis": "Tenis | Tênis",
    "TrailRun": "Traillauf | Trail | Course en sentier | Trailhardlopen\
 | Carrera de montaña | Trail Running | Corsa sui sentieri | Corrida em trilha | Terränglöpning\
 | Trailový běh | トレイルラン | 越野跑",
    "Velomobile": "Vélomobile | Velomobiel",
    "VirtualRide": "Virtuelle Radfahrt | Virtuelles Radfahren | Virtuelle Fahrt\
 | Sortie à vélo virtuelle | Vélo virtuel | Virtuele fietsrit | Ciclismo virtual\
 | Vuelta en bicicleta virtual | Giro virtuale | Pedalada virtual | Virtuell cykeltur\
 | Virtuel cykeltur | Virtuell sykkeltur | Wirtualna jazda | バーチャルライド | 虚拟骑行\
 | 虛擬騎乘 | 가상 라이딩 | Virtuální jízda",
    "VirtualRow": "Virtual Rowing | Virtuelles Rudern | Aviron virtuel | Virtueel roeien",
    "VirtualRun": "Virtueller Lauf | Course à pied virtuelle | Course virtuelle\
 | Virtuele hardloopsessie | Carrera virtual | Corsa virtuale | Corrida virtual",
    "Volleyball": "Volley | Volleybal | Voleibol | Pallavolo",
    "Walk": "Spaziergang | Gehen | Marche | Wandeling | Wandelen | Caminata | Camminata\
 | Caminhada | Promenad | Gåtur | Spacer | ウォーキング | 步行 | 걷기 | Прогулка | Ходьба\
 | Chůze | Procházka",
    "WeightTraining": "Krafttraining | Gewichtstraining | Entraînement aux poids | Musculation\
 | Krachttraining | Entrenamiento con pesas | Allenamento con i pesi | Treinamento com peso\
 | Treino com pesos | Styrketräning | Styrketræning | Styrketrening | Trening siłowy\
 | ウェイトトレーニング | 力量训练 | 重量訓練 | 웨이트 트레이닝 | Posilování | Musculação",
    "Wheelchair": "Rollstuhl | Rollstuhlfahrt | Fauteuil roulant | Rolstoel | Silla de ruedas",
    "Windsurf": "Windsurfing | Windsurfen | Planche à voile",
    "Workout": "Training | Entraînement | Entrenamiento | Allenamento | Treino | Träning | Træning\
 | Trening | ワークアウト | 训练 | 訓練 | 운동 | Тренировка | Trénink | Cvičení",
    "Yoga": "ヨガ | 瑜伽 | 요가 | Йога | Jóga",
}


def _normalize(words: str) -> str:
    return "".join(char for char in words.casefold() if char.isalnum())


_SPORTS = {
    _normalize(word): sport
    for sport, words in WORDS.items()
    for word in (sport, *words.split("|"))
    if word.strip()
}


def sport_from_words(words: str) -> str | None:
    """Return the sport type (API v3, SportType) for the words of an export; None if unknown.

    Case, spaces and hyphens are ignored: ``E-Bike Ride`` is ``EBikeRide``.
    """
    return _SPORTS.get(_normalize(words))
