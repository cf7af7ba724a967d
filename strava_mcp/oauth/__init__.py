"""Tokens that this server hands out."""
