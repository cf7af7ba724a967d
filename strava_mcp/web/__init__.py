"""HTTP: the routes, the guard in front of them, and the pages for people.

The walk of one request, ``tools/call get_activities`` posted to ``/mcp``:

1. ``wsgi`` (``aws.lambda_handler`` on Lambda) hands the request to the app that ``app`` created.
   What the steps share, such as the settings, the store and the tools, is in its ``Services``.
2. ``access_log`` starts the clock and gives the request an id.
3. ``guard.Guard.check`` lets it in or answers it: ``network_policy`` checks client address, Host
   and Origin, ``cors`` answers preflights, ``challenges`` reads the bearer token. The guard
   compares the token with AUTH_TOKEN, then has ``oauth.personal_tokens`` and ``oauth.grants`` look
   it up in the ``store``. The caller, a ``Principal``, goes to ``flask.g``; ``rate_limit`` counts
   the request.
4. ``mcp.post`` decodes the body, determines the protocol version, makes a ``Call`` and has
   ``protocol`` dispatch it (the walk goes on in ``strava_mcp.protocol``).
5. ``mcp`` turns the ``RpcResponse`` into a response: an event stream if messages precede the
   response, otherwise JSON, as here.
6. On the way back ``errors`` turns exceptions into JSON (``challenges`` those for a missing
   scope, which ``oauth.step_ups`` remembers), ``cors`` and ``errors`` add headers, and
   ``access_log`` writes the line.

Other ways in, behind the same guard:

* ``sse``, ``websocket``: the transports ``/sse`` and ``/ws``; ``stream_limit`` bounds open streams,
  ``client_socket`` what one WebSocket can make the server hold.
* ``sessions``: sessions of ``/mcp``, for servers that have them.
* ``oauth``: endpoints for OAuth clients. ``health``: ``/health``. ``webhook``: Strava's events.
* Pages: ``home`` (``/``), ``consent``, ``consent_page`` and ``refused_redirect`` (``/authorize``),
  ``connections``, ``connections_page`` and ``connection_actions``. They share ``pages``
  (rendering, forms), ``cookies``, ``browser_sessions``, ``cross_site``, ``notices``, and
  ``sign_in`` with ``strava_callback`` for signing in with Strava.
* ``training``, ``training_page`` and ``training_actions``: charts at ``/training``, for whoever is
  signed in.
* ``links``: ``/download`` and ``/upload``, which links of tools open once.
* ``authless``: the secret that ``/sse`` may need instead of a token.
* ``accept`` recognizes browsers, and ``error_pages`` shows them errors as pages.
* ``request_body``: bodies of clients that stall or send what is not HTTP.
* ``client_address``: the address that limits and logs are based on.
* ``server_url``: the server's own URL, as the client of the request knows it.
"""
