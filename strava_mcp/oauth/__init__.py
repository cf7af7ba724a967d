"""OAuth 2.1 authorization server, and the personal tokens that are created by command.

- Tokens: ``grants`` (``grant``, ``grant_tokens``) and ``personal_tokens``, both looked up by
  ``token_records`` (``token_cache``); ``credentials`` generates and signs secrets, ``audience`` is
  the server that tokens are for.
- Endpoints, on Authlib: ``server`` registers ``authorization_code``, ``refresh_token``,
  ``registration`` and ``revocation``; ``request`` and ``replies`` are what goes in and out.
- Clients: ``clients``, ``client_metadata_documents`` (fetched by ``safe_fetch``, whose names
  ``dns_lookups`` resolves), ``redirects``, ``scopes``, ``resource_indicators``, ``metadata``;
  ``display_names`` (``confusables``) shows the names they give themselves, ``labels`` are what the
  owner calls them. ``step_ups``: those that called a tool beyond their scopes.
- People: ``owner``, ``athletes``, ``sign_ins``, ``csrf``, ``disconnections``; ``exact_limiter``
  limits their attempts.

Authenticating a request needs ``grants`` and ``personal_tokens`` only. ``server`` and everything
that imports Authlib is loaded when a client first asks for a token.
"""
