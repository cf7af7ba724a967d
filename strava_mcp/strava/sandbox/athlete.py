"""Who the sandbox athlete is: profile, gear, zones, clubs. Invented, every bit of it."""

from typing import Any

JSON = dict[str, Any]

ATHLETE_ID = 90210417
FTP_W = 245
WEIGHT_KG = 68.5

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


def summary_athlete() -> JSON:
    """The athlete (SummaryAthlete)."""
    return {
        "id": ATHLETE_ID,
        "username": "mira_sandbox",
        "resource_state": 2,
        "firstname": "Mira",
        "lastname": "Sandström",
        "bio": "Invented athlete of the sandbox.",
        "city": "Zürich",
        "state": "Zürich",
        "country": "Switzerland",
        "sex": "F",
        "premium": True,
        "summit": True,
        "created_at": "2016-03-14T09:12:33Z",
        "updated_at": "2026-01-02T08:00:00Z",
        "badge_type_id": 1,
        "weight": WEIGHT_KG,
        "profile_medium": "https://example.com/athletes/medium.jpg",
        "profile": "https://example.com/athletes/large.jpg",
        "friend": None,
        "follower": None,
    }


def detailed_athlete(weight_kg: float, gear: list[JSON]) -> JSON:
    """The athlete (DetailedAthlete). ``gear``: what they own (SummaryGear)."""
    return {
        **summary_athlete(),
        "resource_state": 3,
        "weight": weight_kg,
        "follower_count": 61,
        "friend_count": 58,
        "mutual_friend_count": 0,
        "athlete_type": 1,
        "date_preference": "%d/%m/%Y",
        "measurement_preference": "meters",
        "ftp": FTP_W,
        "clubs": [summary_club(club) for club in CLUBS],
        "bikes": [item for item in gear if item["id"].startswith("b")],
        "shoes": [item for item in gear if item["id"].startswith("g")],
    }


#: Lower bounds; a zone ends where the next begins, the last one never.
HEART_RATE_ZONES = (0, 115, 143, 157, 171)
POWER_ZONES = (0, 135, 184, 221, 257, 294, 368)


def ranges(bounds: tuple[int, ...]) -> list[JSON]:
    """Bounds as Strava's ZoneRange list; -1 is no upper end."""
    ends = [*(bound for bound in bounds[1:]), -1]
    return [{"min": low, "max": high} for low, high in zip(bounds, ends, strict=True)]


def zones() -> JSON:
    """Heart-rate and power zones (Zones)."""
    return {
        "heart_rate": {"custom_zones": True, "zones": ranges(HEART_RATE_ZONES)},
        "power": {"zones": ranges(POWER_ZONES)},
    }
