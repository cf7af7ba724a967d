"""Labels: what the owner calls a grant, to tell apart several of the same app."""

from strava_mcp.errors import StravaMcpError
from strava_mcp.oauth.confusables import is_invisible

MAX_LENGTH = 60


class InvalidLabel(StravaMcpError):
    """The label is too long, or has characters that nobody can see."""


def parse(text: str) -> str:
    """Check a label; empty for none. Raises InvalidLabel."""
    if len(text) > MAX_LENGTH:
        raise InvalidLabel(
            f"A label has at most {MAX_LENGTH} characters; this one has {len(text)}."
        )
    if any(map(is_invisible, text)):
        raise InvalidLabel("A label has visible characters only, in one line. Type it again.")
    return " ".join(text.split())
