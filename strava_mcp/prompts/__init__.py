"""MCP prompts, which a person picks, and resources, which a client reads.

``registry`` defines both. The prompts are ``weekly_review``, ``season_review``,
``race_preparation``, ``session_review`` and ``describe_activity``; ``periods`` and ``activity_ids``
check their arguments. ``resources`` has the resources; ``guide`` is the text of one.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from strava_mcp.prompts.registry import Prompt, Resource


def load_prompts() -> "tuple[Prompt, ...]":
    """Import all prompts: no server needs them before a client asks."""
    from strava_mcp.prompts.describe_activity import DESCRIBE_ACTIVITY
    from strava_mcp.prompts.race_preparation import RACE_PREPARATION
    from strava_mcp.prompts.season_review import SEASON_REVIEW
    from strava_mcp.prompts.session_review import SESSION_REVIEW
    from strava_mcp.prompts.weekly_review import WEEKLY_REVIEW

    return (WEEKLY_REVIEW, SEASON_REVIEW, RACE_PREPARATION, SESSION_REVIEW, DESCRIBE_ACTIVITY)


def load_resources() -> "tuple[Resource, ...]":
    """Import all resources."""
    from strava_mcp.prompts.resources import RESOURCES

    return RESOURCES
