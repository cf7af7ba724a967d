"""MCP prompts, which a person picks, and resources, which a client reads.

``registry`` defines both; ``weekly_review`` and ``describe_activity`` are the prompts;
``resources`` has the resources; ``guide`` is the text of one; ``recent`` completes ids of
activities.
"""

from strava_mcp.prompts.describe_activity import DESCRIBE_ACTIVITY
from strava_mcp.prompts.resources import RESOURCES
from strava_mcp.prompts.weekly_review import WEEKLY_REVIEW

PROMPTS = (WEEKLY_REVIEW, DESCRIBE_ACTIVITY)

__all__ = ["PROMPTS", "RESOURCES"]
