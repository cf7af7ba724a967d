"""Strava's live API, and the sandbox through the very same client."""
