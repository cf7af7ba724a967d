"""Pictures of the sandbox athlete, which the README shows.

``python -m strava_mcp.charts.examples`` draws them again, as of today.
"""
