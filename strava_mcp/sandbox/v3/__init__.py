"""The operations of Strava's API v3, one file a noun, under ``/api/v3``."""

from strava_mcp.sandbox.v3 import (
    activities,
    athlete,
    clubs,
    retired,
    routes,
    segments,
    streams,
    subscriptions,
    uploads,
)

BLUEPRINTS = (
    activities.bp,
    athlete.bp,
    clubs.bp,
    retired.bp,
    routes.bp,
    segments.bp,
    streams.bp,
    subscriptions.bp,
    uploads.bp,
)
