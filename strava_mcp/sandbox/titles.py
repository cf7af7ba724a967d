"""Names and descriptions of activities, in several languages and scripts."""

from random import Random

from strava_mcp.sandbox.courses import BOULDER, TOKYO, Place

TITLES = {
    "Run": [
        *("Morning Run", "Limmatlauf", "Easy around the lake", "Course à pied", "Dauerlauf"),
        *("朝ラン", "Утренняя пробежка", "جري صباحي", "Lauf mit Aïcha 🏃‍♀️"),
    ],
    "TrailRun": ["Uetliberg-Grat", "Forêt et crêtes", "Trail 🌲", "山を走る", "Höhenweg"],
    "Ride": ["Afternoon Ride", "Zürichsee-Runde", "Pässefahrt", "Café ride ☕", "Велопрогулка"],
    "VirtualRide": ["Zwift - Tempus Fugit", "Zwift - Volcano Circuit", "Indoor: 3×12 min"],
    "GravelRide": ["Kiesweg ins Tösstal", "Gravel am Greifensee", "Schotter & Wald"],
    "Swim": ["Hallenbad City", "Lunch Swim", "Technik und Tempo"],
    "Hike": ["Wanderung auf den Rigi", "Randonnée en famille", "Speer über die Nordkante"],
    "Walk": ["Evening Walk", "Spaziergang", "Caminata tranquila"],
    "WeightTraining": ["Strength", "Kraft & Rumpf", "Gym"],
}
#: Names for holidays, by sport and place.
ABROAD = {
    ("Run", TOKYO): ["皇居ラン", "Jetlag jog", "朝ラン 🌅"],
    ("Hike", TOKYO): ["高尾山 ⛰️", "鎌倉アルプス"],
    ("Run", BOULDER): ["Jetlag jog", "Creek path 🌄", "Altitude!"],
    ("Hike", BOULDER): ["Up high", "Flatirons loop"],
}
INTERVALS = ["6 × 800 m", "Bahn: 5 × 1 km", "Fartlek", "Intervalle am Fluss"]
COMMUTES = {"Ride": ["Zur Arbeit 🚲", "Morning Commute"], "Walk": ["Zu Fuss zur Arbeit"]}
DESCRIPTIONS = [
    "Legs heavy, head fine.",
    "Wind from everywhere.",
    "Mit Jonas und Aïcha. Merci!",
    "Felt strong on the climbs; kept it easy otherwise.",
    "Новые кроссовки, старый маршрут.",
]


def title(sport: str, kind: str, place: Place, rng: Random) -> str:
    """A random name for an activity."""
    if kind == "commute":
        return rng.choice(COMMUTES[sport])
    if kind == "interval":
        return rng.choice(INTERVALS)
    return rng.choice(ABROAD.get((sport, place), TITLES[sport]))


def description(kind: str, rng: Random) -> str:
    """A random description; empty for most activities."""
    if kind == "race":
        return "Everything went to plan until two thirds, then it was willpower."
    return rng.choice(DESCRIPTIONS) if rng.random() < 0.3 else ""
