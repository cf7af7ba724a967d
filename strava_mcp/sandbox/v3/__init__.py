"""The operations of Strava's API v3 under ``/api/v3``, one file per resource.

The docstring of a view is the ``operationId`` in Strava's API description. ``scopes`` and
``parameters`` check requests for all of them.
"""

from strava_mcp.sandbox.v3 import (
    activities,
    athlete,
    clubs,
    retired,
    routes,
    segments,
    social,
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
    social.bp,
    streams.bp,
    subscriptions.bp,
    uploads.bp,
)
