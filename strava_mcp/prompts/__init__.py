"""Prompts that a person picks, and resources that a client reads."""

from strava_mcp.prompts.describe_activity import DESCRIBE_ACTIVITY
from strava_mcp.prompts.resources import RESOURCES
from strava_mcp.prompts.weekly_review import WEEKLY_REVIEW

PROMPTS = (WEEKLY_REVIEW, DESCRIBE_ACTIVITY)

__all__ = ["PROMPTS", "RESOURCES"]
