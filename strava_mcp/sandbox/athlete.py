"""Who the sandbox's athletes are: profile, zones, clubs. Invented, every bit of it."""

from dataclasses import dataclass

from strava_mcp.json_types import JSON


@dataclass(frozen=True)
class Athlete:
    """One athlete. ``seed``: what their training grows from.

    Zones are lower bounds, in bpm and W; one ends where the next begins, the last one never.
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
)
#: Mira is whose data the sandbox serves unasked; the others sign in.
ATHLETES = {athlete.id: athlete for athlete in (MIRA, JONAS, ANOUK)}

CLUBS: list[JSON] = [
    {
        "id": 8157001,
        "resource_state": 3,
        "name": "Limmat Läufer*innen",
        "profile_medium": "https://example.com/clubs/8157001/medium.jpg",
        "cover_photo": None,
        "cover_photo_small": None,
        "sport_type": "running",
        "activity_types": ["Run", "Hike"],
        "city": "Zürich",
        "state": "Zürich",
        "country": "Switzerland",
        "private": False,
        "member_count": 143,
        "featured": False,
        "verified": False,
        "url": "limmat-laeuferinnen",
        "membership": "member",
        "admin": False,
        "owner": False,
        "following_count": 23,
    }
]


def summary_club(club: JSON) -> JSON:
    """A club as a SummaryClub."""
    told = ("membership", "admin", "owner", "following_count")
    return {k: v for k, v in club.items() if k not in told} | {"resource_state": 2}


def summary_athlete(athlete: Athlete) -> JSON:
    """An athlete (SummaryAthlete)."""
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
    """An athlete (DetailedAthlete). ``gear``: what they own (SummaryGear)."""
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


def ranges(bounds: tuple[int, ...]) -> list[JSON]:
    """Bounds as Strava's ZoneRange list; -1 is no upper end."""
    ends = [*(bound for bound in bounds[1:]), -1]
    return [{"min": low, "max": high} for low, high in zip(bounds, ends, strict=True)]


def zones(athlete: Athlete) -> JSON:
    """Heart-rate and power zones (Zones)."""
    return {
        "heart_rate": {"custom_zones": True, "zones": ranges(athlete.heart_rate_zones)},
        "power": {"zones": ranges(athlete.power_zones)},
    }
