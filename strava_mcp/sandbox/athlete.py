"""The sandbox's athletes: profiles and zones. All of them are invented."""

from dataclasses import dataclass

from strava_mcp.json_types import JSON
from strava_mcp.sandbox.clubs import CLUBS, summary_club


@dataclass(frozen=True)
class Athlete:
    """An athlete. ``seed`` seeds the random generators of their training.

    Zones are given by their lower bounds, in bpm and W; the last one has no upper bound. ``ftp_w``
    is what the profile says; ``usual_ftp_w``, ``threshold_speed`` (m/s for an hour on the flat)
    and ``usual_load`` (a day) are those of the body in an average week. ``focus``: the kind of
    week they train. ``races``: whether they run the races.
    """

    id: int
    seed: str
    firstname: str
    lastname: str
    sex: str
    weight_kg: float
    ftp_w: int
    heart_rate_zones: tuple[int, ...]
    power_zones: tuple[int, ...]
    focus: str
    threshold_speed: float
    usual_ftp_w: float
    w_prime_j: float
    max_power_w: float
    max_heart_rate: int
    threshold_heart_rate: int
    resting_heart_rate: int
    usual_load: float
    races: bool = True
    has_heart_rate: bool = True
    has_meter: bool = True
    has_barometer: bool = True
    watch: str = "Garmin Forerunner 955"


MIRA = Athlete(
    id=90210417,
    seed="mira",
    firstname="Mira",
    lastname="Sandström",
    sex="F",
    weight_kg=68.5,
    ftp_w=245,
    heart_rate_zones=(0, 115, 143, 157, 171),
    power_zones=(0, 135, 184, 221, 257, 294, 368),
    focus="triathlete",
    threshold_speed=3.74,
    usual_ftp_w=238.0,
    w_prime_j=15_500.0,
    max_power_w=880.0,
    max_heart_rate=188,
    threshold_heart_rate=171,
    resting_heart_rate=49,
    usual_load=33.0,
)
JONAS = Athlete(
    id=90210418,
    seed="jonas",
    firstname="Jonas",
    lastname="Meier",
    sex="M",
    weight_kg=79.0,
    ftp_w=281,
    heart_rate_zones=(0, 110, 138, 152, 166),
    power_zones=(0, 155, 211, 253, 295, 337, 422),
    focus="cyclist",
    threshold_speed=3.35,
    usual_ftp_w=275.0,
    w_prime_j=19_500.0,
    max_power_w=1080.0,
    max_heart_rate=183,
    threshold_heart_rate=166,
    resting_heart_rate=54,
    usual_load=29.5,
    races=False,
)
ANOUK = Athlete(
    id=90210419,
    seed="anouk",
    firstname="Anouk",
    lastname="Perret",
    sex="F",
    weight_kg=57.2,
    ftp_w=203,
    heart_rate_zones=(0, 119, 147, 161, 175),
    power_zones=(0, 112, 152, 183, 213, 244, 305),
    focus="runner",
    threshold_speed=3.55,
    usual_ftp_w=200.0,
    w_prime_j=12_000.0,
    max_power_w=700.0,
    max_heart_rate=192,
    threshold_heart_rate=175,
    resting_heart_rate=52,
    usual_load=34.0,
    has_heart_rate=False,
    has_meter=False,
    has_barometer=False,
    watch="Garmin Forerunner 25",
)
#: Mira is the athlete of a server with nothing configured; the others have to sign in.
ATHLETES = {athlete.id: athlete for athlete in (MIRA, JONAS, ANOUK)}


def summary_athlete(athlete: Athlete) -> JSON:
    """An athlete as a SummaryAthlete."""
    return {
        "id": athlete.id,
        "username": f"{athlete.seed}_sandbox",
        "resource_state": 2,
        "firstname": athlete.firstname,
        "lastname": athlete.lastname,
        "bio": "Invented athlete of the sandbox.",
        "city": "Zürich",
        "state": "Zürich",
        "country": "Switzerland",
        "sex": athlete.sex,
        "premium": True,
        "summit": True,
        "created_at": "2016-03-14T09:12:33Z",
        "updated_at": "2026-01-02T08:00:00Z",
        "badge_type_id": 1,
        "weight": athlete.weight_kg,
        "profile_medium": "https://example.com/athletes/medium.jpg",
        "profile": "https://example.com/athletes/large.jpg",
        "friend": None,
        "follower": None,
    }


def detailed_athlete(athlete: Athlete, weight_kg: float, gear: list[JSON]) -> JSON:
    """An athlete as a DetailedAthlete. ``gear``: their bikes and shoes (SummaryGear)."""
    return {
        **summary_athlete(athlete),
        "resource_state": 3,
        "weight": weight_kg,
        "follower_count": 61,
        "friend_count": 58,
        "mutual_friend_count": 0,
        "athlete_type": 1,
        "date_preference": "%d/%m/%Y",
        "measurement_preference": "meters",
        "ftp": athlete.ftp_w,
        "clubs": [summary_club(club) for club in CLUBS],
        "bikes": [item for item in gear if item["id"].startswith("b")],
        "shoes": [item for item in gear if item["id"].startswith("g")],
    }


def zone_ranges(lower_bounds: tuple[int, ...]) -> list[JSON]:
    """Zones as ZoneRange objects; the last has a ``max`` of -1, which means none."""
    upper_bounds = [*lower_bounds[1:], -1]
    pairs = zip(lower_bounds, upper_bounds, strict=True)
    return [{"min": low, "max": high} for low, high in pairs]


def zones(athlete: Athlete) -> JSON:
    """An athlete's heart-rate and power zones (Zones)."""
    return {
        "heart_rate": {"custom_zones": True, "zones": zone_ranges(athlete.heart_rate_zones)},
        "power": {"zones": zone_ranges(athlete.power_zones)},
    }
