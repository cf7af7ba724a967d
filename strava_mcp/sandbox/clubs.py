"""The club that every athlete of the sandbox is a member of."""

from strava_mcp.json_types import JSON

#: Fields that only a DetailedClub has.
DETAILS = ("membership", "admin", "owner", "following_count")
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
    """The SummaryClub of a DetailedClub."""
    return {k: v for k, v in club.items() if k not in DETAILS} | {"resource_state": 2}
