"""Tokens that this server hands out: named ones by command, OAuth's by the owner's consent.

A request with a token needs ``grants`` or ``personal_tokens`` and nothing else. ``server`` and what
it lists (Authlib) is imported when a client first asks for a token.
"""
