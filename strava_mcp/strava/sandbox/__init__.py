"""A Strava of our own: one athlete, three years of training, no real data.

It speaks Strava's API v3 as the public description has it, so that the server can be used, shown
and tested through its ordinary client with nothing configured.
"""
